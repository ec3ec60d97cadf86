"""Title fit: how far a page's name and a question are about different things."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Sequence
from functools import lru_cache
from math import log
from urllib.parse import unquote, urlsplit

import numpy as np
from numpy.typing import NDArray

from retriever.document import Metadata
from retriever.questions.question import FACET_TERMS
from retriever.search.analyze import is_short_for, terms

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
    return _page_name(metadata.title, metadata.url)


@lru_cache(maxsize=4_096)
def _page_name(title: str, url: str | None) -> str:
    if url is None:
        return title
    parts = [part for part in urlsplit(url).path.split("/") if part]
    return " ".join((title, *(unquote(part) for part in parts[-ADDRESS_PARTS:])))


class TitleFit:
    """The names of a collection's pages (see `page_name`), ready to be held against questions."""

    def __init__(self, names: Sequence[str]) -> None:
        of_name = [frozenset(terms(name)) for name in names]
        having = Counter(term for several in of_name for term in several)
        mass = {
            term: log(1 + len(names) / count)
            for term, count in having.items()
            if count <= EVERYWHERE * len(names) and term not in FACET_TERMS
        }
        self._terms = sorted(mass)
        self._mass = np.array([mass[term] for term in self._terms], dtype=np.float64)
        # The names that hold term i lie from bounds[i] to bounds[i + 1].
        number_of = {term: number for number, term in enumerate(self._terms)}
        held = [(number_of[term], name) for name, its in enumerate(of_name) for term in its if term in number_of]
        numbers, self._names = np.array(sorted(held), dtype=np.int64).reshape(-1, 2).T
        self._bounds = np.searchsorted(numbers, np.arange(len(self._terms) + 1)).tolist()
        self._told = np.bincount(self._names, weights=self._mass[numbers], minlength=len(names))

    def misfit(self, question: str, documents: NDArray[np.int32]) -> NDArray[np.float64]:
        """How far each document is named for something else, 0 to 2, shape (len(documents),).

        Up to 1 for what the name holds and the question does not ("childhood" where nobody asked about children),
        up to 1 for what the question holds, and some page's name, but not this one's ("adult"). `documents` are
        places in the names.
        """
        asked, named = np.zeros((2, len(self._told)))
        wanted, counted = 0.0, 0
        for term in sorted(set(terms(question))):
            first, last = self._meant_by(term)
            if first == len(self._terms) or self._terms[first] != term:
                continue  # names no page
            wanted += self._mass[first]
            named[self._names_with(first, last)] += self._mass[first]
            for number in range(max(first, counted), last):
                asked[self._names_with(number, number + 1)] += self._mass[number]
            counted = max(counted, last)  # what is short for a longer term comes before it, and holds it
        unasked, unnamed = self._told[documents] - asked[documents], wanted - named[documents]
        found: NDArray[np.float64] = np.minimum(unasked / FULL_MASS, 1) + np.minimum(unnamed / FULL_MASS, 1)
        return found

    def _names_with(self, first: int, last: int) -> NDArray[np.int64]:
        """The names that hold the terms from `first` to before `last`, as often as they do."""
        names: NDArray[np.int64] = self._names[self._bounds[first] : self._bounds[last]]
        return names

    def _meant_by(self, term: str) -> tuple[int, int]:
        """From which to before which of the names' terms a question's term stands for: itself, and what it is
        short for, which follow it in the alphabet."""
        first = bisect_left(self._terms, term)
        last = first
        while last < len(self._terms) and (self._terms[last] == term or is_short_for(term, self._terms[last])):
            last += 1
        return first, last

    def unasked(self, name: str, asked: Collection[str]) -> float:
        """The share of a name's idf mass on terms that are not among those asked, 0 where it says nothing."""
        told = foreign = 0.0
        for term in dict.fromkeys(terms(name)):
            place = bisect_left(self._terms, term)
            if place < len(self._terms) and self._terms[place] == term:
                told += float(self._mass[place])
                if term not in asked and not any(is_short_for(short, term) for short in asked):
                    foreign += float(self._mass[place])
        return foreign / told if told else 0.0
