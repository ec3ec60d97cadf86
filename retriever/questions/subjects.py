"""What the pages of a collection are about, by their titles: which words name a subject."""

from collections import defaultdict
from collections.abc import Callable, Iterable

import numpy as np

from retriever.index import Index
from retriever.questions.question import FACET_TERMS
from retriever.search.analyze import terms

SHORTEST_UNKNOWN = 4
"""Letters of the shortest word that is taken for a name because no page holds it."""
MIN_TITLE_SHARE = 0.5


class Subjects:
    """The subjects of one open generation. Safe to share between threads."""

    def __init__(self, titles: Iterable[str], *, is_known: Callable[[str], bool]) -> None:
        """`is_known` says whether any passage holds a word."""
        self._titles = [frozenset(terms(title)) for title in titles]
        self._with: dict[str, list[int]] = defaultdict(list)
        for place, title in enumerate(self._titles):
            for term in title - FACET_TERMS:
                self._with[term].append(place)
        self._is_known = is_known

    @classmethod
    def of(cls, index: Index) -> "Subjects":
        """Reads the titles of all pages once."""
        return cls(
            (document.prefix_title for document in index.documents),
            is_known=lambda word: bool(np.any(index.body.search(word))),
        )

    def names(self, word: str) -> bool:
        """Whether a word stands in the title of some page, or in no page at all, as an unknown name does."""
        found = terms(word)
        if any(term in self._with for term in found):
            return True
        return len(word) >= SHORTEST_UNKNOWN and word.isalpha() and not self._is_known(word)

    def heads_a_page(self, phrase: str) -> bool:
        """Whether some page is about just this: its words make up half of the page's title or more."""
        wanted = frozenset(terms(phrase)) - FACET_TERMS
        if not wanted:
            return False
        places = set.intersection(*(set(self._with.get(term, ())) for term in wanted))
        return any(len(wanted) >= MIN_TITLE_SHARE * len(self._titles[place]) for place in places)
