"""Kinds: words that a collection's page names narrow in many ways, such as the cancer of "rectal cancer".

A page on colon cancer holds nearly every word of a question on rectal cancer. What tells that it is a neighbour is
that its name narrows the same kind by another word.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from retriever.questions.question import FACET_TERMS
from retriever.search.analyze import term_of, words

MIN_NARROWED = 4
"""Different words that stand right before a kind, in the names of the collection's pages, make it one."""

_BREAK = re.compile(r"\s[-–—]\s|[^\w\s-]+")


class Kinds:
    """The kinds of one collection. Safe to share between threads."""

    def __init__(self, names: Iterable[str]) -> None:
        """Reads the names of all pages once, see `page_name`."""
        named = [phrase for name in names for phrase in phrases(name, without=FACET_TERMS)]
        before: dict[str, set[str]] = defaultdict(set)
        for phrase in named:
            for one, other in pairwise(phrase):
                if one != other:
                    before[other].add(one)
        self._before = {kind: narrow for kind, narrow in before.items() if len(narrow) >= MIN_NARROWED}
        self._kinds = frozenset(self._before)
        self._narrows: dict[str, set[str]] = defaultdict(set)
        for phrase in named:
            if last := self._last_kind(phrase):
                self._narrows[phrase[last]].update(phrase[:last])

    def narrowing(
        self, phrase: Sequence[str], *, headed: Collection[str] = (), passage: str = ""
    ) -> Sequence[str]:
        """The terms of a phrase that narrow its last kind: "soft" and "tissu" of "soft tissue sarcoma".

        Not what stands above a passage (`headed`) where no page's name and nothing in the passage has it before
        that kind: "ct" of "ct lung screening", where a heading is called after the scan.
        """
        last = self._last_kind(phrase)
        if not last or not any(term in headed for term in phrase[:last]):
            return phrase[:last]
        narrows = set(self._narrows.get(phrase[last], ()))
        for said in phrases(passage, without=FACET_TERMS):
            narrows.update(*(said[:place] for place, term in enumerate(said) if term == phrase[last]))
        return [term for term in phrase[:last] if term in narrows or term not in headed]

    def _last_kind(self, phrase: Sequence[str]) -> int:
        return max((place for place, term in enumerate(phrase) if term in self._kinds), default=0)

    def narrowed(self, text: str) -> Mapping[str, frozenset[str]]:
        """Each kind that a text names with the words of page names that narrow it right there, if any do."""
        found: dict[str, frozenset[str]] = {}
        for phrase in phrases(text, without=FACET_TERMS):
            for narrowing, kind in pairwise(phrase):
                if narrowing in self._before.get(kind, ()):
                    found[kind] = found.get(kind, frozenset()) | {narrowing}
        return found


def phrases(text: str, *, without: Collection[str]) -> Iterator[list[str]]:
    """The terms of a text that stand right beside each other, stretch by stretch.

    A stop word, a number, a term of `without` and any punctuation but a hyphen end a stretch.
    """
    for stretch in _BREAK.split(text):
        found: list[str] = []
        for word in words(stretch):
            term = term_of(word)
            if term is not None and term not in without and not term.isdigit():
                found.append(term)
            elif found:
                yield found
                found = []
        if found:
            yield found
