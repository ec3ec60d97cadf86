"""Hits: the best candidates of a search, the same text once and no document more often than it may."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from retriever.index import Index
from retriever.query import Hit, Query

READ_ON = 5
"""So many further passages are kept for an answer,"""
PAGES_READ_ON = 2
"""of the pages of so many first hits."""


def hits_of(
    query: Query,
    index: Index,
    rows: NDArray[np.int64],
    scores: NDArray[np.float64],
    parts: Mapping[str, NDArray[np.float32]],
    allowed: NDArray[np.bool_] | None,
) -> tuple[Hit, ...]:
    """The first `top_k` candidates that may stand beside those before them, ranked from 1.

    `rows` are best first; `scores` and each of `parts` have their shape and order. `allowed` says of each passage
    whether it may be found, None for all of them.
    """
    hits: list[Hit] = []
    seen: set[int] = set()
    of_document: dict[int, int] = {}
    for place, row in enumerate(rows.tolist()):
        if len(hits) == query.top_k:
            break
        same, document = int(index.first_same[row]), int(index.document_of_row[row])
        if same in seen or of_document.get(document, 0) >= query.max_per_document:
            continue
        seen.add(same)
        of_document[document] = of_document.get(document, 0) + 1
        passage = index.passage(row)
        hits.append(
            Hit(
                rank=len(hits) + 1,
                passage=passage,
                document=index.documents[document],
                score=float(scores[place]),
                dense=_part(parts, "dense", place),
                lexical=_part(parts, "body", place),
                also_in=tuple(index.passage(other, text=passage.text) for other in _copies(index, row, allowed)),
            )
        )
    return tuple(hits)


def hits_behind(
    hits: Sequence[Hit],
    query: Query,
    index: Index,
    rows: NDArray[np.int64],
    scores: NDArray[np.float64],
    parts: Mapping[str, NDArray[np.float32]],
    allowed: NDArray[np.bool_] | None,
) -> tuple[Hit, ...]:
    """The next best candidates of the first hits' pages that are no hits, ranked from behind the last hit on.

    The other arguments are those that the hits were made of.
    """
    known = {hit.passage.passage_id for hit in hits}
    pages = {index.place_of(hit.document.document_id) for hit in hits[:PAGES_READ_ON]}
    of_pages = np.flatnonzero(np.isin(index.document_of_row[rows], list(pages)))[: len(hits) + READ_ON]
    found = hits_of(
        replace(query, top_k=of_pages.size, max_per_document=max(1, of_pages.size)),
        index,
        rows[of_pages],
        scores[of_pages],
        {name: one[of_pages] for name, one in parts.items()},
        allowed,
    )
    new = [hit for hit in found if hit.passage.passage_id not in known][:READ_ON]
    return tuple(replace(hit, rank=len(hits) + place) for place, hit in enumerate(new, start=1))


def _copies(index: Index, row: int, allowed: NDArray[np.bool_] | None) -> Sequence[int]:
    """The other passages of exactly the same text, among those that the filters let through."""
    same = index.copies(row)
    if allowed is not None:
        same = same[allowed[same]]
    return [other for other in same.tolist() if other != row]


def _part(parts: Mapping[str, NDArray[np.float32]], name: str, place: int) -> float | None:
    return float(parts[name][place]) if name in parts else None
