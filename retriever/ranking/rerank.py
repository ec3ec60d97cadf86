"""The second stage: a re-ranker reads the question with each of the best candidates and orders these."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retriever.index import Index
from retriever.search.fuse import scale

RERANKED = 30
"""How many candidates are read again: a re-ranker takes as long as the encoder does, for every one of them."""


class Reranker(Protocol):
    """Judges pairs of question and passage. Safe to share between threads."""

    @property
    def name(self) -> str:
        """What it was asked for by."""

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each text answers the question, shape (len(texts),); larger is better, on any scale."""


def reranked(
    question: str, rows: NDArray[np.int64], fused: NDArray[np.float64], *, index: Index, reranker: Reranker
) -> NDArray[np.float64]:
    """The scores after the second stage, in the order of `rows`, 0 to 1.

    The best `RERANKED` candidates by `fused` take the upper half of the scale, in the order of the re-ranker; the
    others keep their order in the lower half. Each is read with its page's title and its headings before it.
    """
    best = np.lexsort((rows, -fused))[:RERANKED]
    texts = []
    for row in rows[best].tolist():
        passage = index.passage(row)
        title = index.documents[int(index.document_of_row[row])].prefix_title
        texts.append(" > ".join(dict.fromkeys((title, *passage.headings))) + "\n" + passage.text)
    scores = fused / 2
    scores[best] = 0.5 + scale(reranker.score(question, texts)) / 2
    return np.round(scores, 9)
