"""List quotes: lists and tables with what introduces them, and the items of a list that stand alone."""

import re
from collections.abc import Sequence

from retriever.answers.quotable.dictionary_form import is_glossed, without_label
from retriever.answers.quotable.list_levels import as_far_as_fits, begins_before, lead_in
from retriever.answers.quotable.name_lines import is_title
from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.read_passage import ReadPassage
from retriever.answers.quotable.standing_alone import (
    ends,
    is_nameless,
    is_statement,
    is_whole,
    leans_on_another,
    points_elsewhere,
)
from retriever.answers.quotable.units import Unit, UnitKind, item_sentences
from retriever.late_pattern import late_pattern

MAX_LIST_CHARS = 900
MAX_ITEM_CHARS = 500
MAX_ITEM_SENTENCES = 4

_CONTENTS = late_pattern(
    r"key points|on this page|contents|in this section|related (?:pages|links)", re.IGNORECASE
)
_INTRODUCES = late_pattern(
    r"\b(?:following|below|include[sd]?|including|such as|these|this|ways?|steps?|tips|types|kinds|several|many"
    r"|some|reasons|factors|examples)\b",
    re.IGNORECASE,
)
_PRESENTS = late_pattern(r"(?:here|below) are\b", re.IGNORECASE)
_ADVISES = late_pattern(r"\b(?:ways|tips|steps|suggestions|things)\b.*\b(?:to|for|help|you)\b", re.IGNORECASE)
_FORBIDS = late_pattern(
    r"\b(?:if|when|unless|until|avoid|not|never|don[’']t|stop|without|less|risk of|questions?|ask)\b",
    re.IGNORECASE,
)
_CONDITION = late_pattern(
    r"\b(?:if|when|unless|until|before|after|during|while|avoid|not|never|don[’']t|stop|without|only|less"
    r"|risk of)\b",
    re.IGNORECASE,
)


def item_alone(read: ReadPassage, item: Unit) -> Quote | None:
    """An item that stands alone, whole but for its marker: one that defines a term, or is prose of its own.

    Prose belongs to what introduces the list where that is left open ("It may cause:") or sets a condition.
    """
    sentences = item_sentences(read.text, item, language=read.language)
    start, end = sentences[0].start_char, sentences[-1].end_char
    is_named = without_label(read.text[start:end]) != read.text[start:end]
    # What follows a definition goes into its use.
    sentences = sentences[: 1 if is_named and end - start > MAX_ITEM_CHARS else MAX_ITEM_SENTENCES]
    end = sentences[-1].end_char
    said = read.text[start:end]
    if len(said) > MAX_ITEM_CHARS or leans_on_another(said) or not is_whole(said):
        return None
    if not (is_named or is_glossed(said)) and (len(sentences) == 1 or _is_left_open(read, item)):
        return None
    return read.quote(start, end, core=start, units=len(sentences))


def row_alone(read: ReadPassage, row: Unit) -> Quote | None:
    """A row of a table that says in sentences of its own what its first cell names; None for other rows."""
    label, tab, said = read.said(row).partition("\t")
    is_prose = bool(label.strip() and tab) and is_statement(said.strip()) and not leans_on_another(said.strip())
    if not is_prose or len(said) > MAX_ITEM_CHARS:
        return None
    return read.quote(row.start_char, row.end_char, core=row.start_char)


def whole_list(read: ReadPassage, place: int) -> Quote | None:
    """The list or table that begins here, with what introduces it; None where that is not in the passage."""
    opening = read.inside[place]
    if opening.kind is UnitKind.HEADING or not place or begins_before(read.units, opening):
        return None
    first = _beginning(read, place)
    if first is None:
        return None
    start_char = read.inside[first].start_char
    last = as_far_as_fits(read.text, read.units, read.inside, place, end_char=start_char + MAX_LIST_CHARS)
    if last < place:
        return None
    end_char = read.inside[last].end_char
    return read.quote(
        start_char,
        end_char,
        core=opening.start_char,
        units=place - first,
        is_list=True,
        continues=any(unit.block == opening.block and unit.start_char >= end_char for unit in read.units),
    )


def _beginning(read: ReadPassage, place: int) -> int | None:
    """The place from which on a list is quoted that begins here; None where nothing introduces it."""
    opening, before = read.inside[place], read.inside[place - 1]
    introduction = read.said(before)
    items = [read.said(unit) for unit in read.inside[place:] if unit.block == opening.block]
    if before.kind is UnitKind.SENTENCE:
        if points_elsewhere(introduction) and not _PRESENTS.match(introduction):
            return None
        if not _introduces(read, before, items):
            return None
        first = read.antecedent(place - 1)
        if first is None and place > 1 and read.inside[place - 2].kind is UnitKind.HEADING:
            return place - 2  # it speaks of what its heading names
        return _whose(read, first) if first == place - 1 and first and is_nameless(introduction) else first
    if before.kind is not UnitKind.HEADING or _CONTENTS.match(introduction) or all(map(is_title, items)):
        return None
    return place - 1


def _whose(read: ReadPassage, first: int) -> int:
    """The place of what says whose treatment or symptoms a list holds, right before its introduction, if there."""
    before = read.inside[first - 1]
    said = read.said(before)
    if before.kind is UnitKind.HEADING and not _CONTENTS.match(said):
        return first - 1
    if before.kind is not UnitKind.SENTENCE or before.block != read.inside[first].block or not is_statement(said):
        return first
    found = read.antecedent(first - 1)
    return first if found is None else found


def _introduces(read: ReadPassage, before: Unit, items: Sequence[str]) -> bool:
    """Whether the sentence before a list belongs to it: it is left open, or speaks of a list, or both are prose.

    Else it may be a caption, the end of a text that links to other pages follow, or what stands between two parts
    of one list.
    """
    said = read.said(before)
    if not ends(said):
        return True
    if len(items) == 1:
        return False
    first = next(place for place, unit in enumerate(read.units) if unit.block == before.block)
    if first and read.units[first - 1].kind in (UnitKind.ITEM, UnitKind.ROW):
        return False
    return _INTRODUCES.search(said) is not None or all(map(ends, items))


def _is_left_open(read: ReadPassage, item: Unit) -> bool:
    """Whether the items of a list complete what introduces it, or hold only where that does, or nothing does."""
    before = lead_in(read.text, read.units, item)
    if before is None:
        return True
    said = read.said(before)
    if _ADVISES.search(said):
        return _FORBIDS.search(said) is not None
    is_closed = not said.endswith(":") if before.kind is UnitKind.HEADING else ends(said)
    return not is_closed or _CONDITION.search(said) is not None
