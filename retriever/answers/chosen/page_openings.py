"""Page openings: the first passages of the pages found, for a message that only names what someone has."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from retriever.index import Index
from retriever.query import Hit

PAGES = 3
"""Of so many of the pages that were found, the best first."""
BROUGHT = 2
"""So many passages of each: a page's title and its list of contents may fill the first."""


def page_openings(hits: Sequence[Hit], index: Index, *, behind: int) -> list[Hit]:
    """The first passages of the best hits' pages that were not found themselves, ranked from behind that rank on.

    Each stands as near to the message as the hit that led to it.
    """
    known = {hit.passage.passage_id for hit in hits}
    pages: dict[str, Hit] = {}
    for hit in hits:
        pages.setdefault(hit.document.document_id, hit)
    found: list[Hit] = []
    for hit in islice(pages.values(), PAGES):
        for passage in islice(index.passages_of(hit.document.document_id), BROUGHT):
            if passage.passage_id not in known:
                rank = behind + len(found) + 1
                found.append(replace(hit, passage=passage, rank=rank, lexical=None, also_in=()))
    return found
