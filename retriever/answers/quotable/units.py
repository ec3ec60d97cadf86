"""Units: the smallest parts of a reading text that may be quoted, each with its exact span.

A sentence of running text, an item of a list and a row of a table are units, and so is a heading; a paragraph with
a number and a question before it is running text below a heading. Sentence ends come from sentencex (Wikimedia,
MIT): of those tried it is the one that is kept up, gives exact offsets, loses nothing and is fast. Where it is in
doubt we join: two sentences quoted together are whole, half a sentence never is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from sentencex import get_sentence_boundaries

from retriever.document import Document, Section

DEFAULT_LANGUAGE = "en"
LONGEST_ABBREVIATION = 16
_SECTIONS_KEPT = 64
"""Several passages of one section are read for an answer, one after the other."""
_BLOCK_BREAK = re.compile(r"\n[^\S\n]*\n\s*")
_ITEM = re.compile(r"[^\S\n]*(?:[-*+•◦▪‣–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])[^\S\n]+\S")
_LINE = re.compile(r"[^\n]+")
_MARKER = re.compile(r"[^\S\n]*(?:[-*+•◦▪‣–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])[^\S\n]+")
_NUMBERED_QUESTION = re.compile(r"[^\S\n]*\d{1,3}[.)][^\S\n]+[^\n.!?]{3,200}\?(?=\s|\Z)")
_BEFORE_NUMBER = re.compile(
    r"(?:^|[\s(])(?:approx|ca|no|nos|fig|figs|eq|ref|refs|vol|pp?|ch|sec|vs|max|min)\.\s*\Z", re.IGNORECASE
)
_OPENING = re.compile(r"[\"'“‘«(\[¿¡*_]*")


class UnitKind(StrEnum):
    """What a unit is in its page."""

    HEADING = "heading"
    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Unit:
    """A span of the reading text, white space at its ends trimmed. Units are in order and never overlap.

    `block` numbers the paragraphs, lists and tables of the section from 0: sentences of one paragraph share it,
    and so do the items of one list. `level` is how far an item is set in: those of an inner list more than others.
    """

    kind: UnitKind
    start_char: int
    end_char: int
    block: int
    level: int = 0


@lru_cache(maxsize=_SECTIONS_KEPT)
def section_units(text: str, section: Section, *, language: str | None = None) -> tuple[Unit, ...]:
    """The units of one section of a reading text; every character that is not white space lies in exactly one.

    A sentence that runs over a line break inside its paragraph stays whole.
    """
    units: list[Unit] = []
    blocks = list(_spans_between(_BLOCK_BREAK, text, section.start_char, section.end_char))
    titles = _heading_blocks(text, blocks, section)
    for number, (start, end) in enumerate(blocks):
        if number < titles:
            units.append(Unit(UnitKind.HEADING, start, end, number))
        elif "\t" in text[start:end]:
            units += [Unit(UnitKind.ROW, s, e, number) for s, e in _lines(text, start, end)]
        else:
            units += _running_text_and_items(text, start, end, number, language or DEFAULT_LANGUAGE)
    return tuple(units)


def section_of(document: Document, position: int) -> Section:
    """The section of a document that a place in its reading text lies in."""
    place = bisect_right(document.sections, position, key=lambda section: section.start_char) - 1
    return document.sections[place]


def units_around(document: Document, text: str, position: int) -> tuple[Unit, ...]:
    """The units of the section that a place in a document's reading text lies in."""
    return section_units(text, section_of(document, position), language=document.metadata.language)


def sentence_spans(
    text: str, start_char: int, end_char: int, *, language: str = DEFAULT_LANGUAGE
) -> list[tuple[int, int]]:
    """The sentences of a stretch of running text, in order, as spans of `text` without outer white space."""
    return [
        (start_char + start, start_char + end)
        for start, end in _cached_spans(text[start_char:end_char], language.partition("-")[0].lower())
    ]


@lru_cache(maxsize=4_096)
def _cached_spans(paragraph: str, language: str) -> tuple[tuple[int, int], ...]:
    """The spans in a paragraph; the pages that answer most questions are few, so they are remembered."""
    spans: list[tuple[int, int]] = []
    for found in get_sentence_boundaries(language, paragraph):
        start, end = found["start_index"], found["end_index"]
        if spans and not _may_begin(paragraph, spans[-1], start):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    trimmed = (_trimmed(paragraph, start, end) for start, end in spans)
    return tuple((start, end) for start, end in trimmed if start < end)


def is_item(line: str) -> bool:
    """Whether a line begins with the mark of an item of a list."""
    return _ITEM.match(line) is not None


def item_sentences(text: str, item: Unit, *, language: str | None = None) -> list[Unit]:
    """The sentences of one item of a list, without its marker, as units of the item's block."""
    marker = _MARKER.match(text, item.start_char, item.end_char)
    start = marker.end() if marker else item.start_char
    spans = sentence_spans(text, start, item.end_char, language=language or DEFAULT_LANGUAGE)
    return [Unit(UnitKind.SENTENCE, first, last, item.block) for first, last in spans]


def _may_begin(paragraph: str, previous: tuple[int, int], start: int) -> bool:
    """Whether a sentence may begin here, after the one before it."""
    before = paragraph[max(previous[0], previous[1] - LONGEST_ABBREVIATION) : previous[1]]
    following = paragraph[start : start + 60].lstrip()
    after = following[_OPENING.match(following).end() :] if following else ""  # type: ignore[union-attr]
    if not after or not before.strip():
        return False
    return not after[0].islower() and not (after[0].isdigit() and _BEFORE_NUMBER.search(before))


def _heading_blocks(text: str, blocks: list[tuple[int, int]], section: Section) -> int:
    """How many blocks at the section's beginning are headings: all up to the one that says its own heading."""
    if not section.headings:
        return 0
    wanted = " ".join(section.headings[-1].split())
    last = 0
    for number, (start, end) in enumerate(blocks):
        if " ".join(text[start:end].split()) == wanted:
            last = number + 1
        elif number >= last + len(section.headings) + 1:
            break
    return last


def _running_text_and_items(text: str, start: int, end: int, number: int, language: str) -> Iterator[Unit]:
    """The units of one block: sentences up to its first item, then items with the lines that go on with them."""
    question = _NUMBERED_QUESTION.match(text, start, end)
    if question is not None and not _ITEM.match(text, text.find("\n", start, end) + 1 or end, end):
        yield Unit(UnitKind.HEADING, start, question.end(), number)
        start = question.end()
    items: list[tuple[int, int]] = []
    prose_end = end
    for line_start, line_end in _lines(text, start, end):
        if _ITEM.match(text, _line_start(text, line_start, start), line_end):
            prose_end = min(prose_end, line_start)
            items.append((line_start, line_end))
        elif items:
            items[-1] = (items[-1][0], line_end)
    for sentence_start, sentence_end in sentence_spans(text, start, prose_end, language=language):
        yield Unit(UnitKind.SENTENCE, sentence_start, sentence_end, number)
    for item_start, item_end in items:
        level = item_start - _line_start(text, item_start, start)
        yield Unit(UnitKind.ITEM, item_start, item_end, number, level)


def _line_start(text: str, position: int, floor: int) -> int:
    return max(floor, text.rfind("\n", 0, position) + 1)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _LINE.finditer(text, start, end):
        first, last = _trimmed(text, *match.span())
        if first < last:
            yield first, last


def _spans_between(separator: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    position = start
    for match in separator.finditer(text, start, end):
        first, last = _trimmed(text, position, match.start())
        if first < last:
            yield first, last
        position = match.end()
    first, last = _trimmed(text, position, end)
    if first < last:
        yield first, last


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
