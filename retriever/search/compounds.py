"""Compounds: what is one word in a question and two in the collection, or the other way round."""

import re
from collections.abc import Callable
from itertools import islice

import numpy as np

from retriever.method_cache import remembering
from retriever.search.analyze import STOP_WORDS, terms
from retriever.search.lexical import LexicalField
from retriever.search.usage import USAGE_TIMES, is_usage

SHORTEST_PART = 4
"""Letters of the shortest second part of a word that is written apart: "gall bladder"."""
TEXTS_READ = 24
"""Passages that are read for whether two words stand beside each other; of more, so many are taken evenly."""
_PARTICLES = frozenset((
    "about", "across", "along", "apart", "around", "away", "back", "behind", "down", "over", "round", "through",
    "under",
))  # fmt: skip
"""What follows a verb without being one with it, though some noun is written so: "turn over" and "turnover"."""
_NO_HALF = STOP_WORDS | {"non"}
"""What begins no word that is written apart; "non" is one with the next word in every term."""
_KEPT = 4_096

_WITH_NUMBER = re.compile(r"([a-z]{2,6})(\d{1,3})", re.IGNORECASE)
_NUMBERED = re.compile(r"\b([a-z]{2,6})[ -](\d{1,3})\b", re.IGNORECASE)
_BESIDE = re.compile(rf"\b([^\W\d_]{{3,}})[ -](?=([^\W\d_]{{{SHORTEST_PART},}})\b)")


class Compounds:
    """How one generation writes what is joined or apart. Safe to share between threads."""

    def __init__(
        self, body: LexicalField, headings: LexicalField, text_of: Callable[[int], str], *, least: float
    ) -> None:
        """`text_of` gives the text of a row, its title and headings included; in fewer than `least` passages a way
        of writing counts for nothing."""
        self._body = body
        self._headings = headings
        self._text_of = text_of
        self._least = least
        self._is_one = remembering(self._is_one_word, most=_KEPT)

    def parted(self, word: str) -> str:
        """The word, or its letters and its number apart where the collection mostly writes them so."""
        parts = _WITH_NUMBER.fullmatch(word)
        if parts is None:
            return word
        rows = len(self._rows_of_both(parts[1], parts[2]))
        is_apart = is_usage(rows, than=self._rows_with(word), least=self._least)
        return f"{parts[1]}-{parts[2]}" if is_apart else word

    def joined(self, question: str) -> str:
        """The question with a name and its number, and two halves of a word, as the collection has them.

        "BRCA 1" becomes "BRCA1", and "gall bladder" the gallbladder of the pages: by the passages with either.
        """

        def numbered(found: re.Match[str]) -> str:
            one = found[1] + found[2]
            apart = len(self._rows_of_both(found[1], found[2]))
            return one if is_usage(self._rows_with(one), than=apart, least=self._least) else found[0]

        def together(found: re.Match[str]) -> str:
            return found[1] if self._is_one((found[1].lower(), found[2].lower())) else found[0]

        return _BESIDE.sub(together, _NUMBERED.sub(numbered, question))

    def _is_one_word(self, halves: tuple[str, str]) -> bool:
        one, other = halves
        rows = 0 if one in _NO_HALF or other in _PARTICLES else self._rows_of_whole(one, other)
        return rows >= self._least and not self._stand_beside(one, other, more_than=rows / USAGE_TIMES)

    def _rows_of_whole(self, one: str, other: str) -> int:
        """The passages with both as one word, unless its stem is a half's: "after" is that of "aftereating"."""
        whole = terms(one + other)
        return 0 if whole in (terms(one), terms(other)) else self._rows_with(one + other)

    def _stand_beside(self, one: str, other: str, *, more_than: float) -> bool:
        """Whether more passages than that hold two words in a row, by a part of those that hold both."""
        rows = self._rows_of_both(one, other)
        read = rows[:: -(-len(rows) // TEXTS_READ) or 1]
        beside = re.compile(rf"\b{one}[ -]{other}", re.IGNORECASE)
        enough = int(more_than * len(read) / (len(rows) or 1)) + 1
        found = (row for row in read if beside.search(self._text_of(row)))
        return len(list(islice(found, enough))) == enough

    def _rows_of_both(self, one: str, other: str) -> list[int]:
        first, second = (self._body.rows_of(terms(part)[0]) for part in (one, other))
        rows: list[int] = np.intersect1d(first, second, assume_unique=True).tolist()
        return rows

    def _rows_with(self, word: str) -> int:
        (term, *_) = terms(word)
        return max(self._body.rows_with(term), self._headings.rows_with(term))
