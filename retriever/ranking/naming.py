"""Naming: how far a question has the words by which the collection calls its pages and sections."""

import re

import numpy as np
from numpy.typing import NDArray

from retriever.index import Index
from retriever.questions.question import FACET_TERMS, question_weights
from retriever.search.analyze import terms

NAMED_FROM, NAMED_WHOLLY = 0.4, 0.6
"""The share of a sentence, by idf mass, in one title with its headings, from which a page begins to count as
named, and from which it does so wholly. Who asks for a thing by name comes near 1, who describes it near .3."""
_SENTENCES = re.compile(r"(?<=[.?!])\s+")


def named(question: str, index: Index, rows: NDArray[np.int64]) -> float:
    """How far a question names what one of these rows is called by title and headings, 0 to 1.

    The sentence that names most tells: in the others people tell their story. Words that only say which side of a
    subject is asked do not count; a question of these alone is taken to name its page.
    """
    weights = {term: idf for term, idf in question_weights(question, index).items() if term not in FACET_TERMS}
    of_term = {term: place for place, term in enumerate(weights)}
    sentences = [question, *_SENTENCES.split(question)]
    mass = np.zeros((len(sentences), len(of_term)))
    for number, sentence in enumerate(sentences):
        for term in terms(sentence):
            if term in of_term:
                mass[number, of_term[term]] = weights[term]
    told = mass.sum(axis=1)
    if not told.any() or not len(rows):
        return 1.0
    held = np.stack([index.headings.holds(term, rows) for term in weights])
    share = float(((mass @ held).max(axis=1) / np.maximum(told, 1e-12)).max())
    return min(max((share - NAMED_FROM) / (NAMED_WHOLLY - NAMED_FROM), 0.0), 1.0)
