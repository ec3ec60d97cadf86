"""Quotes: the stretches of a passage that may be shown alone, because they say there what they say on the page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retriever.answer_forms import is_glossed
from retriever.boilerplate import is_reference_list
from retriever.document import Section
from retriever.query import Hit
from retriever.sentences import Unit, UnitKind, item_sentences, section_units
from retriever.standing import ends, is_statement, is_whole, leans_on_another, points_elsewhere

MAX_LIST_CHARS = 900
MAX_ITEM_CHARS = 500
_MAX_ANTECEDENTS = 2
_HEADING_WORDS = 4
"""A heading of fewer words is a name, whatever it ends with."""

_CONTENTS = re.compile(r"key points|on this page|contents|in this section|related (?:pages|links)", re.IGNORECASE)
_INTRODUCES = re.compile(
    r"\b(?:following|below|include[sd]?|including|such as|these|this|ways?|steps?|tips|types|kinds|several|many"
    r"|some|reasons|factors|examples)\b",
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
        if unit.kind is UnitKind.SENTENCE or (unit.kind is UnitKind.HEADING and _is_sentence(said)):
            sentence = _sentence(hit, text, inside, place)
            quotes += [] if sentence is None else [sentence]
            continue
        if unit.kind is UnitKind.ITEM:
            alone = _item(hit, text, units, unit, language=language)
            quotes += [] if alone is None else [alone]
        if place and inside[place - 1].block == unit.block and inside[place - 1].kind is unit.kind:
            continue  # the first of its list or table speaks for all of it
        found = _list(hit, text, units, inside, place)
        if found is not None:
            quotes.append(found)
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
    start = inside[first].start_char
    return Quote(
        hit=hit,
        start_char=start,
        end_char=unit.end_char,
        core_start_char=unit.start_char,
        units=place - first + 1,
        is_list=False,
        continues=False,
        text=text[start : unit.end_char],
    )


def _antecedent(text: str, inside: Sequence[Unit], place: int) -> int | None:
    """The place of the sentence with which a quote that ends here must begin; None where there is none."""
    first = place
    while leans_on_another(text[inside[first].start_char : inside[first].end_char]):
        before = inside[first - 1] if first else None
        if before is None or before.kind is not UnitKind.SENTENCE or before.block != inside[first].block:
            return None
        first -= 1
        if place - first > _MAX_ANTECEDENTS:
            return None
        if not is_whole(text[before.start_char : before.end_char]):
            return None
    return first


def _item(hit: Hit, text: str, units: Sequence[Unit], item: Unit, *, language: str | None) -> Quote | None:
    """An item that stands alone, whole but for its marker: one that defines a term, or is prose of its own.

    Prose belongs to what introduces the list where that is left open ("It may cause:") or sets a condition.
    """
    sentences = item_sentences(text, item, language=language)
    start, end = sentences[0].start_char, sentences[-1].end_char
    said = text[start:end]
    if len(said) > MAX_ITEM_CHARS or leans_on_another(said) or not is_whole(said):
        return None
    if not is_glossed(said) and (len(sentences) == 1 or _is_left_open(text, units, item)):
        return None
    return Quote(
        hit=hit,
        start_char=start,
        end_char=end,
        core_start_char=start,
        units=len(sentences),
        is_list=False,
        continues=False,
        text=said,
    )


def _is_left_open(text: str, units: Sequence[Unit], item: Unit) -> bool:
    """Whether the items of a list complete what introduces it, or hold only where that does, or nothing does."""
    first = next(place for place, unit in enumerate(units) if unit.block == item.block and unit.kind is item.kind)
    if not first:
        return True
    before = units[first - 1]
    said = text[before.start_char : before.end_char]
    is_closed = not said.endswith(":") if before.kind is UnitKind.HEADING else ends(said)
    return not is_closed or _CONDITION.search(said) is not None


def _list(hit: Hit, text: str, units: Sequence[Unit], inside: Sequence[Unit], place: int) -> Quote | None:
    """The list or table that begins here, with what introduces it; None where that is not in the passage."""
    opening = inside[place]
    if opening.kind is UnitKind.HEADING or not place or _begins_before(units, opening):
        return None
    last = place
    while last + 1 < len(inside) and inside[last + 1].block == opening.block:
        last += 1
    before = inside[place - 1]
    introduction = text[before.start_char : before.end_char]
    first: int | None = place - 1
    if before.kind is UnitKind.SENTENCE:
        items = [text[unit.start_char : unit.end_char] for unit in inside[place : last + 1]]
        if points_elsewhere(introduction) or not _introduces(text, units, before, items):
            return None
        first = _antecedent(text, inside, place - 1)
    elif before.kind is not UnitKind.HEADING or _CONTENTS.match(introduction):
        return None
    if first is None or inside[last].end_char - inside[first].start_char > MAX_LIST_CHARS:
        return None
    start_char, end_char = inside[first].start_char, inside[last].end_char
    return Quote(
        hit=hit,
        start_char=start_char,
        end_char=end_char,
        core_start_char=opening.start_char,
        units=place - first,
        is_list=True,
        continues=any(unit.block == opening.block and unit.start_char >= end_char for unit in units),
        text=text[start_char:end_char],
    )


def _introduces(text: str, units: Sequence[Unit], before: Unit, items: Sequence[str]) -> bool:
    """Whether the sentence before a list belongs to it: it is left open, or speaks of a list, or both are prose.

    Else it may be a caption between two lists, or the end of a text that links to other pages follow.
    """
    said = text[before.start_char : before.end_char]
    if not ends(said) or _INTRODUCES.search(said):
        return True
    place = units.index(before)
    return all(map(ends, items)) and not (place and units[place - 1].kind is UnitKind.ITEM)


def _begins_before(units: Sequence[Unit], opening: Unit) -> bool:
    """Whether the list of this unit has others before it, outside of the passage."""
    return any(
        unit.block == opening.block and unit.kind is opening.kind and unit.start_char < opening.start_char
        for unit in units
    )
