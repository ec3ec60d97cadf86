"""Quotes of hits: every stretch that may be shown alone, because it says there what it says on the page."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from retriever.answers.quotable.list_quotes import item_alone, row_alone, whole_list
from retriever.answers.quotable.name_lines import names_follow
from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.read_passage import ReadPassage, is_sentence
from retriever.answers.quotable.standing_alone import is_statement
from retriever.answers.quotable.units import UnitKind, section_of, section_units
from retriever.document import Section
from retriever.index import Index
from retriever.query import Hit
from retriever.ranking.boilerplate import is_reference_list


def all_quotes(hits: Sequence[Hit], index: Index) -> list[Quote]:
    """What may be quoted of each hit, and of hits that adjoin the lists that their border divides."""
    quotes: list[Quote] = []
    sections: dict[tuple[str, int], list[Hit]] = defaultdict(list)
    for hit in hits:
        section = section_of(hit.document, hit.passage.start_char)
        sections[hit.document.document_id, section.start_char].append(hit)
        quotes += quotes_of(hit, index.reading_text(hit.document.document_id), section)
    for together in sections.values():
        quotes += _divided_lists(together, index)
    return quotes


def quotes_of(hit: Hit, text: str, section: Section) -> list[Quote]:
    """Every stretch of the hit's passage that may be quoted; `text` is the reading text, `section` the passage's.

    No quote is a part of a sentence, a question, a pointer to another page or to a publication, or a list without
    what introduces it. A heading that is a whole sentence may be quoted as one, and so may an item of a list that
    does not depend on what introduces it.
    """
    if is_reference_list(hit.passage.text, hit.passage.headings):
        return []
    language = hit.document.metadata.language
    units = section_units(text, section, language=language)
    inside = [
        unit
        for unit in units
        if hit.passage.start_char <= unit.start_char and unit.end_char <= hit.passage.end_char
    ]
    read = ReadPassage(hit, text, units, inside, language)
    return [quote for place in range(len(inside)) for quote in _ending_at(read, place)]


def _ending_at(read: ReadPassage, place: int) -> Iterator[Quote]:
    """The quotes that are looked for at one unit of a passage."""
    unit = read.inside[place]
    if names_follow(read.text, read.inside, place):
        yield read.quote_of_units(place, place + 1)
        return
    if unit.kind is UnitKind.SENTENCE or (unit.kind is UnitKind.HEADING and is_sentence(read.said(unit))):
        first = read.antecedent(place) if is_statement(read.said(unit)) else None
        if first is not None:
            yield read.quote_of_units(first, place)
        return
    found: list[Quote | None] = []
    if unit.kind is UnitKind.ITEM:
        found.append(item_alone(read, unit))
    if unit.kind is UnitKind.ROW:
        found.append(row_alone(read, unit))
    before = read.inside[place - 1] if place else None
    if before is None or before.block != unit.block or before.kind is not unit.kind:
        found.append(whole_list(read, place))  # the first of a list or table speaks for all of it
    yield from (quote for quote in found if quote is not None)


def _divided_lists(hits: Sequence[Hit], index: Index) -> Iterator[Quote]:
    """The lists of a section that begin in one of the hits and go on in the next, every part of them in a hit."""
    if len(hits) == 1:
        return
    document = hits[0].document
    text = index.reading_text(document.document_id)
    section = section_of(document, hits[0].passage.start_char)
    for run in _runs(hits, text):
        best = min(run, key=lambda hit: hit.rank)
        start, end = run[0].passage.start_char, run[-1].passage.end_char
        whole = replace(best, passage=replace(best.passage, start_char=start, end_char=end, text=text[start:end]))
        for quote in quotes_of(whole, text, section):
            if quote.is_list and not any(_is_inside(quote, hit) for hit in run):
                yield quote


def _runs(hits: Sequence[Hit], text: str) -> Iterator[list[Hit]]:
    """The hits of one section that adjoin, in the order of the page: two or more with no word between them."""
    run: list[Hit] = []
    in_order = sorted(hits, key=lambda hit: hit.passage.start_char)
    for one, following in pairwise(in_order):
        run = run or [one]
        if text[one.passage.end_char : following.passage.start_char].strip():
            if len(run) > 1:
                yield run
            run = []
        else:
            run.append(following)
    if len(run) > 1:
        yield run


def _is_inside(quote: Quote, hit: Hit) -> bool:
    return hit.passage.start_char <= quote.start_char and quote.end_char <= hit.passage.end_char
