"""A ranking carried on to documents that no question gets to see: those of no candidate, by their best cosine."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from retriever.index import Index


def nearest_others(
    index: Index, vector: NDArray[np.float32], *, without: Collection[str], most: int
) -> list[tuple[int, float]]:
    """Row and cosine of the best passage of each document that is not in `without` (document ids), best first.

    `most` documents at most. `vector` is that of the question, shape (dimension,). Equal cosines in the order of
    the documents.
    """
    if not len(index.document_of_row):
        return []
    cosines = index.dense.vectors @ vector
    starts = np.flatnonzero(np.diff(index.document_of_row, prepend=-1))  # rows ascend by document
    bounds = [*starts.tolist(), len(cosines)]
    best = np.maximum.reduceat(cosines, starts)
    others: list[tuple[int, float]] = []
    for place in np.argsort(-best, kind="stable").tolist():
        if len(others) >= most:
            break
        start, end = bounds[place : place + 2]
        if index.documents[int(index.document_of_row[start])].document_id not in without:
            row = start + int(np.argmax(cosines[start:end]))
            others.append((row, float(cosines[row])))
    return others
