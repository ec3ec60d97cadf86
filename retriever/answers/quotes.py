"""Quotes: the stretches of a passage that may be shown alone, because they say there what they say on the page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retriever.answers.answer_forms import is_glossed, without_label
from retriever.answers.levels import as_far_as_fits, begins_before, inner_end, lead_in
from retriever.answers.names import is_title, names_follow
from retriever.answers.sentences import Unit, UnitKind, item_sentences, section_units
from retriever.answers.standing import (
    ends,
    is_label,
    is_nameless,
    is_statement,
    is_whole,
    leans_on_another,
    leans_on_heading,
    points_elsewhere,
)
from retriever.document import Section
from retriever.query import Hit
from retriever.ranking.boilerplate import is_reference_list

MAX_LIST_CHARS = 900
MAX_ITEM_CHARS = 500
MAX_ITEM_SENTENCES = 4
_MAX_ANTECEDENTS = 2
_HEADING_WORDS = 4
"""A heading of fewer words is a name, whatever it ends with."""

_CONTENTS = re.compile(r"key points|on this page|contents|in this section|related (?:pages|links)", re.IGNORECASE)
_INTRODUCES = re.compile(
    r"\b(?:following|below|include[sd]?|including|such as|these|this|ways?|steps?|tips|types|kinds|several|many"
    r"|some|reasons|factors|examples)\b",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(r"\b(?:following|below|these (?:are|include)|steps|tips)\b", re.IGNORECASE)
_PRESENTS = re.compile(r"(?:here|below) are\b", re.IGNORECASE)
_LATER_NUMBER = re.compile(r"\(?(?:[2-9]|[1-9]\d+|[b-zB-Z])[.)]")
_ADVISES = re.compile(r"\b(?:ways|tips|steps|suggestions|things)\b.*\b(?:to|for|help|you)\b", re.IGNORECASE)
_FORBIDS = re.compile(
    r"\b(?:if|when|unless|until|avoid|not|never|don[’']t|stop|without|less|risk of|questions?|ask)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|when|unless|until|before|after|during|while|avoid|not|never|don[’']t|stop|without|only|less"
    r"|risk of)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of one hit's passage that stands alone, verbatim and contiguous.

    `core_start_char` is where the part that was looked for begins: what stands before it is a lead-in, or the
    sentence that a pronoun refers to. `units` counts its sentences, a list with its lead-in as one.
    `continues` says that its list goes on behind the passage.
    """

    hit: Hit
    start_char: int
    end_char: int
    core_start_char: int
    units: int
    is_list: bool
    continues: bool
    text: str


def quotes_of(hit: Hit, text: str, section: Section, *, language: str | None = None) -> list[Quote]:
    """Every stretch of the hit's passage that may be quoted; `text` is the reading text, `section` the passage's.

    No quote is a part of a sentence, a question, a pointer to another page or to a publication, or a list without
    what introduces it. A heading that is a whole sentence may be quoted as one, and so may an item of a list that
    does not depend on what introduces it.
    """
    if is_reference_list(hit.passage.text, hit.passage.headings):
        return []
    units = section_units(text, section, language=language)
    inside = [
        unit
        for unit in units
        if hit.passage.start_char <= unit.start_char and unit.end_char <= hit.passage.end_char
    ]
    quotes: list[Quote] = []
    for place, unit in enumerate(inside):
        said = text[unit.start_char : unit.end_char]
        if names_follow(text, inside, place):
            quotes.append(_of_units(hit, text, inside, place, place + 1))
            continue
        if unit.kind is UnitKind.SENTENCE or (unit.kind is UnitKind.HEADING and _is_sentence(said)):
            sentence = _sentence(hit, text, inside, place)
            quotes += [] if sentence is None else [sentence]
            continue
        if unit.kind is UnitKind.ITEM:
            alone = _item(hit, text, units, unit, language=language)
            below = _inner_list(hit, text, units, inside, place, language=language)
            quotes += [found for found in (alone, below) if found is not None]
        if place and inside[place - 1].block == unit.block and inside[place - 1].kind is unit.kind:
            continue  # the first of its list or table speaks for all of it
        found = _list(hit, text, units, inside, place)
        quotes += [] if found is None else [found]
    return quotes


def _is_sentence(heading: str) -> bool:
    return len(heading.split()) >= _HEADING_WORDS and ends(heading)


def _sentence(hit: Hit, text: str, inside: Sequence[Unit], place: int) -> Quote | None:
    """A sentence with those before it that it leans on; None where it cannot stand alone even so."""
    unit = inside[place]
    if not is_statement(text[unit.start_char : unit.end_char]):
        return None
    first = _antecedent(text, inside, place)
    if first is None:
        return None
    return _of_units(hit, text, inside, first, place)


def _of_units(hit: Hit, text: str, inside: Sequence[Unit], first: int, last: int) -> Quote:
    """The units from one to another as a quote, the last of which was looked for."""
    start, end = inside[first].start_char, inside[last].end_char
    return _quote(hit, text, start, end, core=inside[last].start_char, units=last - first + 1)


def _quote(
    hit: Hit,
    text: str,
    start: int,
    end: int,
    *,
    core: int,
    units: int = 1,
    is_list: bool = False,
    continues: bool = False,
) -> Quote:
    return Quote(hit, start, end, core, units, is_list, continues, text[start:end])


def _antecedent(text: str, inside: Sequence[Unit], place: int) -> int | None:
    """The place of the sentence with which a quote that ends here must begin; None where there is none."""
    first = place
    while leans_on_another(text[inside[first].start_char : inside[first].end_char]):
        before = inside[first - 1] if first else None
        if before is not None and before.kind is UnitKind.HEADING:
            said = text[before.start_char : before.end_char]
            return first - 1 if _is_sentence(said) and not leans_on_another(said) else None
        if before is None or before.kind is not UnitKind.SENTENCE or before.block != inside[first].block:
            return None
        first -= 1
        if place - first > _MAX_ANTECEDENTS:
            return None
        if not is_whole(text[before.start_char : before.end_char]):
            return None
    return _named(text, inside, first)


def _named(text: str, inside: Sequence[Unit], first: int) -> int | None:
    """The place of the name that a sentence belongs to: its paragraph's label, or its heading; else its own.

    None where it needs a name and the passage does not hold it.
    """
    unit = inside[first]
    needs_name = unit.kind is UnitKind.SENTENCE and leans_on_heading(text[unit.start_char : unit.end_char])
    before = inside[first - 1] if first else None
    if before is not None:
        name = text[before.start_char : before.end_char]
        if before.kind is UnitKind.HEADING:
            return first - 1 if needs_name and not name.endswith("?") else first
        if before.kind is UnitKind.SENTENCE and before.block == unit.block:
            if is_label(name):
                return first - 1
            if needs_name and is_whole(name):
                return _named(text, inside, first - 1)
    return None if needs_name else first


def _whose(text: str, inside: Sequence[Unit], first: int) -> int:
    """The place of what says whose treatment or symptoms a list holds, right before its introduction, if there."""
    before = inside[first - 1]
    said = text[before.start_char : before.end_char]
    if before.kind is UnitKind.HEADING and not _CONTENTS.match(said):
        return first - 1
    if before.kind is not UnitKind.SENTENCE or before.block != inside[first].block or not is_statement(said):
        return first
    found = _antecedent(text, inside, first - 1)
    return first if found is None else found


def _item(hit: Hit, text: str, units: Sequence[Unit], item: Unit, *, language: str | None) -> Quote | None:
    """An item that stands alone, whole but for its marker: one that defines a term, or is prose of its own.

    Prose belongs to what introduces the list where that is left open ("It may cause:") or sets a condition.
    """
    sentences = item_sentences(text, item, language=language)
    start, end = sentences[0].start_char, sentences[-1].end_char
    is_named = without_label(text[start:end]) != text[start:end]
    # What follows a definition goes into its use.
    sentences = sentences[: 1 if is_named and end - start > MAX_ITEM_CHARS else MAX_ITEM_SENTENCES]
    end = sentences[-1].end_char
    said = text[start:end]
    if len(said) > MAX_ITEM_CHARS or leans_on_another(said) or not is_whole(said):
        return None
    if not (is_named or is_glossed(said)) and (len(sentences) == 1 or _is_left_open(text, units, item)):
        return None
    return _quote(hit, text, start, end, core=start, units=len(sentences))


def _inner_list(
    hit: Hit, text: str, units: Sequence[Unit], inside: Sequence[Unit], place: int, *, language: str | None
) -> Quote | None:
    """The list below an item that defines a term, with the item as what introduces it; None for other items."""
    item, last = inside[place], inner_end(inside, place)
    if last == place:
        return None
    start = item_sentences(text, item, language=language)[0].start_char
    said = text[start : item.end_char]
    rest = without_label(said)
    if (rest == said and not is_glossed(said)) or leans_on_another(rest):
        return None
    last = as_far_as_fits(text, units, inside[: last + 1], place + 1, start + MAX_LIST_CHARS)
    if last <= place:
        return None
    end, core = inside[last].end_char, inside[place + 1].start_char
    goes_on = units[inner_end(units, units.index(item))].end_char > end
    return _quote(hit, text, start, end, core=core, is_list=True, continues=goes_on)


def _is_left_open(text: str, units: Sequence[Unit], item: Unit) -> bool:
    """Whether the items of a list complete what introduces it, or hold only where that does, or nothing does."""
    before = lead_in(text, units, item)
    if before is None:
        return True
    said = text[before.start_char : before.end_char]
    if _ADVISES.search(said):
        return _FORBIDS.search(said) is not None
    is_closed = not said.endswith(":") if before.kind is UnitKind.HEADING else ends(said)
    return not is_closed or _CONDITION.search(said) is not None


def _list(hit: Hit, text: str, units: Sequence[Unit], inside: Sequence[Unit], place: int) -> Quote | None:
    """The list or table that begins here, with what introduces it; None where that is not in the passage."""
    opening = inside[place]
    if opening.kind is UnitKind.HEADING or not place or begins_before(units, opening):
        return None
    before = inside[place - 1]
    introduction = text[before.start_char : before.end_char]
    items = [text[unit.start_char : unit.end_char] for unit in inside[place:] if unit.block == opening.block]
    first: int | None = place - 1
    if before.kind is UnitKind.SENTENCE:
        if (points_elsewhere(introduction) and not _PRESENTS.match(introduction)) or not _introduces(
            text, units, before, items
        ):
            return None
        first = _antecedent(text, inside, place - 1)
        if first is None and place > 1 and inside[place - 2].kind is UnitKind.HEADING:
            first = place - 2  # it speaks of what its heading names
        if first == place - 1 and first and is_nameless(introduction):
            first = _whose(text, inside, first)
    elif before.kind is not UnitKind.HEADING or _CONTENTS.match(introduction) or all(map(is_title, items)):
        return None
    if first is None:
        return None
    last = as_far_as_fits(text, units, inside, place, inside[first].start_char + MAX_LIST_CHARS)
    if last < place:
        return None
    start_char, end_char = inside[first].start_char, inside[last].end_char
    return _quote(
        hit,
        text,
        start_char,
        end_char,
        core=opening.start_char,
        units=place - first,
        is_list=True,
        continues=any(unit.block == opening.block and unit.start_char >= end_char for unit in units),
    )


def _introduces(text: str, units: Sequence[Unit], before: Unit, items: Sequence[str]) -> bool:
    """Whether the sentence before a list belongs to it: it is left open, or speaks of a list, or both are prose.

    Else it may be a caption, the end of a text that links to other pages follow, or what stands between two parts
    of one list: after another list, only a sentence that announces this one belongs to it.
    """
    said = text[before.start_char : before.end_char]
    if not ends(said) or _ANNOUNCES.search(said):
        return True
    if len(items) == 1 or _LATER_NUMBER.match(items[0]):
        return False
    first = next(place for place, unit in enumerate(units) if unit.block == before.block)
    if first and units[first - 1].kind in (UnitKind.ITEM, UnitKind.ROW):
        return False
    return _INTRODUCES.search(said) is not None or all(map(ends, items))
