"""Title fit: how far a page's name and a question are about different things."""

from collections import Counter
from collections.abc import Collection, Sequence
from math import log
from urllib.parse import unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

from retriever.analyze import is_short_for, terms
from retriever.document import Metadata
from retriever.question import FACET_TERMS, holds

FULL_MASS = 8.0
"""The idf mass, in nats, from which a name counts as being about something else altogether."""
EVERYWHERE = 0.3
"""A term in this share of the names says nothing of a page (the site's name, the field's)."""
ADDRESS_PARTS = 2
"""How many of the last parts of an address name the page; those before name parts of the site."""


def page_name(metadata: Metadata) -> str:
    """The title, and the last words of the address.

    An address often says what a title leaves to the reader: "adult" of a page that is not on children, or the
    name that a disease had when the page was made.
    """
    if metadata.url is None:
        return metadata.title
    parts = [part for part in urlsplit(metadata.url).path.split("/") if part]
    return " ".join((metadata.title, *(unquote(part) for part in parts[-ADDRESS_PARTS:])))


class TitleFit:
    """The names of a collection's pages (see `page_name`), ready to be held against questions."""

    def __init__(self, names: Sequence[str]) -> None:
        of_name = [frozenset(terms(name)) for name in names]
        having = Counter(term for several in of_name for term in several)
        self._mass = {
            term: log(1 + len(names) / count)
            for term, count in having.items()
            if count <= EVERYWHERE * len(names) and term not in FACET_TERMS
        }
        self._names = [
            {term: self._mass[term] for term in sorted(several) if term in self._mass} for several in of_name
        ]

    def misfit(self, question: str, documents: NDArray[np.int32]) -> NDArray[np.float64]:
        """How far each document is named for something else, 0 to 2, shape (len(documents),).

        Up to 1 for what the name holds and the question does not ("childhood" where nobody asked about children),
        up to 1 for what the question holds, and some page's name, but not this one's ("adult"). `documents` are
        places in the names.
        """
        asked = {term: self._mass[term] for term in terms(question) if term in self._mass}
        known: dict[int, float] = {}
        for document in documents.tolist():
            if document not in known:
                name = self._names[document]
                unasked = sum(weight for term, weight in name.items() if not _is_asked(term, asked))
                unnamed = sum(weight for term, weight in asked.items() if not holds(name, term))
                known[document] = min(1.0, unasked / FULL_MASS) + min(1.0, unnamed / FULL_MASS)
        return np.array([known[document] for document in documents.tolist()], dtype=np.float64)


def _is_asked(term: str, asked: Collection[str]) -> bool:
    return term in asked or any(is_short_for(short, term) for short in asked)
