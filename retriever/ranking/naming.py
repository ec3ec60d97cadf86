"""Naming: how far a question has the words by which the collection calls its pages and sections."""

import re
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from retriever.search.analyze import terms

NAMED_FROM, NAMED_WHOLLY = 0.4, 0.6
"""The share of a sentence, by idf mass, in one title with its headings, from which a page begins to count as
named, and from which it does so wholly. Who asks for a thing by name comes near 1, who describes it near .3."""
_SENTENCES = re.compile(r"(?<=[.?!])\s+")


def named(question: str, weights: Mapping[str, float], holds: NDArray[np.bool_]) -> float:
    """How far a question names what one of the candidates is called by title and headings, 0 to 1.

    `weights` are the question's `subject_weights`, `holds` says which of them stand in title and headings of which
    candidate, shape (terms, candidates). The sentence that names most tells: in the others people tell their
    story. A question that only says which side of a subject it asks for is taken to name its page.
    """
    of_term = {term: place for place, term in enumerate(weights)}
    sentences = [question, *_SENTENCES.split(question)]
    mass = np.zeros((len(sentences), len(of_term)))
    for number, sentence in enumerate(sentences):
        for term in terms(sentence):
            if term in of_term:
                mass[number, of_term[term]] = weights[term]
    told = mass.sum(axis=1)
    if not told.any() or not holds.size:
        return 1.0
    share = float(((mass @ holds).max(axis=1) / np.maximum(told, 1e-12)).max())
    return min(max((share - NAMED_FROM) / (NAMED_WHOLLY - NAMED_FROM), 0.0), 1.0)
