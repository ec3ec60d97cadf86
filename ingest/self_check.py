"""The last look at a generation before it is published: it opens, and its passages can be found in it."""

import numpy as np

from retriever.errors import IndexRefused
from retriever.index import Index
from retriever.search.analyze import terms
from retriever.store.generation import VerifiedGeneration

SAMPLE = 64


def self_check(generation: VerifiedGeneration) -> None:
    """Opens the generation as a server would, and looks for a sample of its passages. Raises IndexRefused."""
    index = Index(generation)
    finds = _finds_by_vector if index.manifest.has_vectors else _finds_by_words
    for row in range(0, index.manifest.passages, max(1, index.manifest.passages // SAMPLE)):
        if not finds(index, row):
            raise IndexRefused(f"{index.generation} does not find its own passage {row}; nothing is published")


def _finds_by_vector(index: Index, row: int) -> bool:
    scores, rows = index.dense.search(index.dense.vectors[row], top_k=1, allowed=None)
    own = index.dense.scores_of(index.dense.vectors[row], np.array([row]))[0]
    return len(rows) == 1 and bool(scores[0] >= own - 1e-3)


def _finds_by_words(index: Index, row: int) -> bool:
    text = index.passage(row).text
    return not terms(text) or bool(index.body.search(text)[row] > 0)
