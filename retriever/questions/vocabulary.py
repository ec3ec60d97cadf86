"""The words of a collection: which documents hold each."""

import numpy as np
from numpy.typing import NDArray

from retriever.index import Index
from retriever.search.lexical import LexicalField


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
        self.spelling = index.spelling
