"""Hits: the best candidates of a search, the same text once and no document more often than it may."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retriever.index import Index
from retriever.query import Hit, Query


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


def _copies(index: Index, row: int, allowed: NDArray[np.bool_] | None) -> Sequence[int]:
    """The other passages of exactly the same text, among those that the filters let through."""
    same = index.copies(row)
    if allowed is not None:
        same = same[allowed[same]]
    return [other for other in same.tolist() if other != row]


def _part(parts: Mapping[str, NDArray[np.float32]], name: str, place: int) -> float | None:
    return float(parts[name][place]) if name in parts else None
