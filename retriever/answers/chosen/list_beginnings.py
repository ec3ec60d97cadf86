"""List beginnings: where a passage begins amid a list or ends before one, its lead-in and its first items."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from retriever.answers.quotable.units import Unit, UnitKind, units_around
from retriever.index import Index
from retriever.query import Hit

LOOKED_AT = 3
"""So many of the first hits are looked at."""
BROUGHT = 2
"""So many passages of a list come along: what introduces it, and its first items."""


def list_beginnings(hits: Sequence[Hit], index: Index, *, behind: int) -> list[Hit]:
    """Passages that begin the lists which the first hits go on with or introduce, ranked from behind that rank on.

    Each stands as near to the question as the hit that led to it: it is the same list.
    """
    known = {hit.passage.passage_id for hit in hits}
    found: list[Hit] = []
    for hit in hits[:LOOKED_AT]:
        for one in _beginning(hit, index):
            if one.passage.passage_id not in known:
                known.add(one.passage.passage_id)
                found.append(replace(one, rank=behind + len(found) + 1))
    return found


def _beginning(hit: Hit, index: Index) -> Iterator[Hit]:
    text = index.reading_text(hit.document.document_id)
    units = units_around(hit.document, text, hit.passage.start_char)
    lead = _lead_in(units, hit.passage.start_char)
    is_amid = lead is not None and lead.start_char < hit.passage.start_char
    if not is_amid and not _ends_before_items(units, hit.passage.end_char):
        return
    passages = index.passages_of(hit.document.document_id)
    if lead is not None and is_amid:
        between = (
            passage
            for passage in passages
            if passage.end_char > lead.start_char and passage.start_char < hit.passage.start_char
        )
        for passage in islice(between, BROUGHT):
            yield replace(hit, passage=passage, lexical=None, also_in=())
    if _ends_before_items(units, hit.passage.end_char):
        behind = (passage for passage in passages if passage.start_char >= hit.passage.end_char)
        for passage in islice(behind, 1):
            yield replace(hit, passage=passage, lexical=None, also_in=())


def _ends_before_items(units: Sequence[Unit], position: int) -> bool:
    """Whether what stands right before a place in a section introduces a list that begins there."""
    behind = next((place for place, unit in enumerate(units) if unit.start_char >= position), 0)
    return behind > 0 and units[behind].kind is UnitKind.ITEM and units[behind - 1].kind is not UnitKind.ITEM


def _lead_in(units: Sequence[Unit], position: int) -> Unit | None:
    """What stands before the list that a place in a section is amid, or where it begins; None without a list."""
    at = next((place for place, unit in enumerate(units) if unit.start_char >= position), None)
    if at is None or units[at].kind is not UnitKind.ITEM:
        return None
    first = next(place for place, unit in enumerate(units) if unit.block == units[at].block)
    first = next(place for place in range(first, at + 1) if units[place].kind is UnitKind.ITEM)
    return units[first - 1] if first else None
