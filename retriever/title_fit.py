"""Title fit: how much a page's title names that the question does not ask about."""

from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from retriever.analyze import terms
from retriever.question import FACET_TERMS

FULL_MASS = 8.0
"""The idf mass, in nats, from which a title counts as being about something else altogether."""
EVERYWHERE = 0.3
"""A term in this share of the titles says nothing of a page (the site's name, the field's)."""


class TitleFit:
    """The titles of a collection, ready to be held against questions."""

    def __init__(self, titles: Sequence[str]) -> None:
        of_title = [frozenset(terms(title)) for title in titles]
        having = Counter(term for several in of_title for term in several)
        mass = {
            term: log(1 + len(titles) / count)
            for term, count in having.items()
            if count <= EVERYWHERE * len(titles) and term not in FACET_TERMS
        }
        self._titles = [
            tuple((term, mass[term]) for term in sorted(several) if term in mass) for several in of_title
        ]

    def unasked(self, question: str, documents: NDArray[np.int32]) -> NDArray[np.float64]:
        """The part of each document's title that the question does not name, 0 to 1, shape (len(documents),).

        "Childhood" in the title counts against a page when a question does not say it. `documents` are places in
        the titles.
        """
        asked = frozenset(terms(question))
        known: dict[int, float] = {}
        for document in documents.tolist():
            if document not in known:
                mass = sum(weight for term, weight in self._titles[document] if term not in asked)
                known[document] = min(1.0, mass / FULL_MASS)
        return np.array([known[document] for document in documents.tolist()], dtype=np.float64)
