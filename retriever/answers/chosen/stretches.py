"""Stretches: what was chosen, as stretches that each lie in one passage."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retriever.answers.quotable.quote import Quote
from retriever.index import Index
from retriever.query import Hit

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A verbatim stretch of one hit's passage that goes into the answer; `text` is `reading_text[start:end]`.

    `indent` is how far the item that it begins with is set in on its page.
    """

    hit: Hit
    start_char: int
    end_char: int
    text: str
    continues: bool
    indent: int = 0


def joined(quotes: Sequence[Quote], hits: Sequence[Hit], index: Index) -> tuple[Chosen, ...]:
    """The chosen quotes by passage, the best passage first; those that touch in a paragraph become one.

    A list that a border divides gives one stretch for each of its passages.
    """
    chosen: list[Chosen] = []
    for rank in dict.fromkeys(quote.hit.rank for quote in quotes):
        of_rank = sorted((one for one in quotes if one.hit.rank == rank), key=lambda quote: quote.start_char)
        text = index.reading_text(of_rank[0].hit.document.document_id)
        stretches: list[Chosen] = []
        for quote in of_rank:
            start, end = quote.start_char, quote.end_char
            if stretches and _touch(text, stretches[-1].end_char, start):
                before = stretches.pop()
                start, end = before.start_char, max(before.end_char, end)
            stretches.append(Chosen(quote.hit, start, end, text[start:end], quote.continues))
        for stretch in stretches:
            chosen += _by_passage(stretch, hits, text)
    return tuple(chosen)


def _by_passage(stretch: Chosen, hits: Sequence[Hit], text: str) -> Iterator[Chosen]:
    """A stretch cut where its passages end, each part with the hit that holds it."""
    document_id = stretch.hit.document.document_id
    own = [hit for hit in hits if hit.rank == stretch.hit.rank]
    others = sorted(
        (hit for hit in hits if hit.document.document_id == document_id), key=lambda hit: hit.passage.start_char
    )
    start = stretch.start_char
    whole = [hit for hit in own if hit.passage.start_char <= start and stretch.end_char <= hit.passage.end_char]
    for hit in whole or others:
        first, last = max(start, hit.passage.start_char), min(stretch.end_char, hit.passage.end_char)
        if first > start and text[start:first].strip():
            continue  # a later passage that the stretch does not come to
        said = text[first:last]
        if first >= last or not said.strip():
            continue
        first += len(said) - len(said.lstrip())
        last -= len(said) - len(said.rstrip())
        is_last = last == stretch.end_char
        before = text[text.rfind("\n", 0, first) + 1 : first]
        indent = 0 if before.strip() else len(before)
        yield Chosen(hit, first, last, text[first:last], stretch.continues and is_last, indent)
        start = last


def _touch(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return not between.strip() and not _BLANK_LINE.search(between)
