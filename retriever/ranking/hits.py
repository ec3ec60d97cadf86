"""Hits: the best candidates of a search, the same text once and no document more often than it may."""

from collections import Counter
from collections.abc import Mapping, Sequence

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
    places = _places(index, rows, top_k=query.top_k, max_per_document=query.max_per_document)
    return tuple(
        _hit(index, rows, scores, parts, allowed, place=place, rank=rank)
        for rank, place in enumerate(places, start=1)
    )


def hits_behind(
    hits: Sequence[Hit],
    index: Index,
    rows: NDArray[np.int64],
    scores: NDArray[np.float64],
    parts: Mapping[str, NDArray[np.float32]],
    allowed: NDArray[np.bool_] | None,
) -> tuple[Hit, ...]:
    """The next best candidates of the first hits' pages that are no hits, ranked from behind the last hit on.

    The other arguments are those that the hits were made of.
    """
    known = {index.row_of(hit.passage) for hit in hits}
    documents = index.document_of_row[rows]
    is_of_pages = np.zeros(len(rows), dtype=np.bool_)
    for hit in hits[:PAGES_READ_ON]:
        is_of_pages |= documents == index.place_of(hit.document.document_id)
    of_pages = np.flatnonzero(is_of_pages)[: len(hits) + READ_ON]
    found = [of_pages[place] for place in _places(index, rows[of_pages])]
    new = [place for place in found if int(rows[place]) not in known][:READ_ON]
    return tuple(
        _hit(index, rows, scores, parts, allowed, place=int(place), rank=rank)
        for rank, place in enumerate(new, start=len(hits) + 1)
    )


def _places(
    index: Index, rows: NDArray[np.int64], *, top_k: int | None = None, max_per_document: int | None = None
) -> list[int]:
    """Where among these rows those stand that may follow one another, at most `top_k` of them."""
    places: list[int] = []
    seen: set[int] = set()
    of_document: Counter[int] = Counter()
    each = zip(index.first_same[rows].tolist(), index.document_of_row[rows].tolist(), strict=True)
    for place, (same, document) in enumerate(each):
        if len(places) == top_k:
            break
        if same in seen or of_document[document] == max_per_document:
            continue
        seen.add(same)
        of_document[document] += 1
        places.append(place)
    return places


def _hit(
    index: Index,
    rows: NDArray[np.int64],
    scores: NDArray[np.float64],
    parts: Mapping[str, NDArray[np.float32]],
    allowed: NDArray[np.bool_] | None,
    *,
    place: int,
    rank: int,
) -> Hit:
    row = int(rows[place])
    passage = index.passage(row)
    return Hit(
        rank=rank,
        passage=passage,
        document=index.documents[int(index.document_of_row[row])],
        score=float(scores[place]),
        dense=_part(parts, "dense", place),
        lexical=_part(parts, "body", place),
        also_in=tuple(index.passage(other) for other in _copies(index, row, allowed)),
    )


def _copies(index: Index, row: int, allowed: NDArray[np.bool_] | None) -> Sequence[int]:
    """The other passages of exactly the same text, among those that the filters let through."""
    same = index.copies(row)
    if allowed is not None:
        same = same[allowed[same]]
    return [other for other in same.tolist() if other != row]


def _part(parts: Mapping[str, NDArray[np.float32]], name: str, place: int) -> float | None:
    return float(parts[name][place]) if name in parts else None
