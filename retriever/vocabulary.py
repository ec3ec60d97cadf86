"""The words of a collection: which documents hold each, and which known word a misspelt one was meant to be."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retriever.index import Index
from retriever.lexical import LexicalField

SHORTEST_CORRECTED = 6
"""Letters of the shortest word that may be a typing error: too many shorter ones are one letter apart."""
_EDGE = 3


class Postings:
    """For every term of one lexical field: the documents that hold it, and in how many passages of each."""

    def __init__(self, field: LexicalField, document_of_row: NDArray[np.int32]) -> None:
        """Reads the field once; rows ascend by document."""
        bounds = field.bounds[: len(field.numbers) + 1].astype(np.int64)
        documents = document_of_row[field.row_of_posting[: bounds[-1]]]
        # A term's rows ascend, so its postings in one document stand together: a pair begins where either changes.
        begins = np.ones(documents.size, dtype=np.bool_)
        np.not_equal(documents[1:], documents[:-1], out=begins[1:])
        begins[bounds[:-1][bounds[:-1] < documents.size]] = True
        starts = np.flatnonzero(begins)
        self.numbers = field.numbers
        self._bounds = np.searchsorted(starts, bounds)
        self._documents = documents[starts]
        self._passages = np.diff(starts, append=documents.size).astype(np.int32)

    def of(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The places of the documents that hold a term, ascending, and the number of passages in each."""
        number = self.numbers.get(term)
        if number is None:
            return self._documents[:0], self._passages[:0]
        found = slice(self._bounds[number], self._bounds[number + 1])
        return self._documents[found], self._passages[found]


class Vocabulary:
    """The words of one generation. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        """Reads both lexical fields once."""
        self.body = Postings(index.body, index.document_of_row)
        self.headings = Postings(index.headings, index.document_of_row)

    @cached_property
    def _words_at(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """The longer words by their ends. Made for the first unknown word: a start need not wait for it."""
        words_at: dict[tuple[str, str], list[str]] = defaultdict(list)
        for word in {**self.body.numbers, **self.headings.numbers}:
            if len(word) >= SHORTEST_CORRECTED - 1:
                for edge in _edges(word):
                    words_at[edge].append(word)
        return words_at

    def knows(self, term: str) -> bool:
        """Whether any passage, title or heading holds the term."""
        return term in self.body.numbers or term in self.headings.numbers

    def meant(self, term: str) -> str:
        """The term itself where it is known or nothing is near it, else the known term that is one edit away.

        Of several the one in most passages. A number is never corrected.
        Source: Damerau, "A technique for computer detection and correction of spelling errors" (1964): four of
        five misspelt words are one edit away from the right one.
        """
        if self.knows(term) or len(term) < SHORTEST_CORRECTED or not term.isalpha():
            return term
        near = {
            word for edge in _edges(term) for word in self._words_at.get(edge, ()) if one_edit_apart(term, word)
        }
        return min(near, key=lambda word: (-int(self.body.of(word)[1].sum()), word), default=term)


def one_edit_apart(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two neighbours exchanged, make one word the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    if len(one) > len(other):
        one, other = other, one
    at = next((place for place, letter in enumerate(one) if letter != other[place]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    exchanged = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return exchanged or one[at + 1 :] == other[at + 1 :]


def _edges(word: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The two ends of a word; one edit leaves one of them as it is, in a word of at least twice that length."""
    return (word[:_EDGE], ""), ("", word[-_EDGE:])
