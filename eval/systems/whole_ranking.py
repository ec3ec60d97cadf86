"""A ranking carried on to documents that no question gets to see: those of no candidate, by their best cosine."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from eval.systems.system import Found
from retriever.index import Index

BELOW = 3.0
"""Taken off a cosine, so that what is carried on scores less than everything that was ranked."""


def carried_on(
    index: Index, vector: NDArray[np.float32], *, without: Collection[str], most: int
) -> tuple[Found, ...]:
    """The best passage of each document that is not in `without` (document ids), best first, `most` at most.

    `vector` is that of the question, shape (dimension,). Equal scores in the order of the documents.
    """
    if not len(index.document_of_row) or most <= 0:
        return ()
    cosines = index.dense.vectors @ vector
    starts = np.flatnonzero(np.diff(index.document_of_row, prepend=-1))  # rows ascend by document
    best = np.maximum.reduceat(cosines, starts)
    found: list[Found] = []
    for place in np.argsort(-best, kind="stable").tolist():
        start = int(starts[place])
        if index.documents[int(index.document_of_row[start])].document_id in without:
            continue
        end = int(starts[place + 1]) if place + 1 < len(starts) else len(cosines)
        row = start + int(np.argmax(cosines[start:end]))
        passage = index.passage(row)
        found.append(
            Found(
                document_id=passage.document_id,
                score=float(cosines[row]) - BELOW,
                source_start_char=passage.source_start_char,
                source_end_char=passage.source_end_char,
                start_char=passage.start_char,
                end_char=passage.end_char,
                text=passage.text,
                headings=passage.headings,
                dense=float(cosines[row]),
            )
        )
        if len(found) == most:
            break
    return tuple(found)
