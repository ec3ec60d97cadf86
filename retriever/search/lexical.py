"""Lexical search: BM25 over one field of the passages, exact and deterministic."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, count
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from retriever.search.analyze import analysis, term_of, terms, words
from retriever.store.contents import array_of_npy, npy_bytes

K1 = 1.2
B = 0.75
_ARRAYS = ("data", "indices", "indptr")


@dataclass(frozen=True, slots=True)
class Counted:
    """Texts as numbered terms: the number of every term, and the terms of each text in their order."""

    vocabulary: Mapping[str, int]
    rows: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class KnownTerms:
    """The terms of texts that were counted before: of text i the `numbers` from `bounds[i]` to `bounds[i + 1]`."""

    vocabulary: Sequence[str]
    bounds: NDArray[np.int64]
    numbers: NDArray[np.int32]

    def of(self, row: int) -> list[int]:
        """The terms of one text in their order, as places in `vocabulary`."""
        numbers: list[int] = self.numbers[self.bounds[row] : self.bounds[row + 1]].tolist()
        return numbers


class TermCounter:
    """Takes texts apart one after the other; terms are numbered in the order in which they first stand."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        """`known` are the terms of an earlier count, by which a text may be given."""
        self.vocabulary: dict[str, int] = {}
        """The number of every term so far."""
        # A collection has millions of words and few different ones: each spelling is folded and stemmed once.
        self._number_of_word = _NumberOfWord(self.vocabulary)
        self._number_of_known = _NumberOfKnown(self.vocabulary, known)

    def count(self, text: str | Sequence[int]) -> list[int]:
        """The numbers of a text's terms (those that `terms` gives), in their order.

        A text whose terms are known may be given as these: as places in `known`.
        """
        if not isinstance(text, str):
            return [self._number_of_known[place] for place in text]
        row = [number for word in words(text) if (number := self._number_of_word[word]) is not None]
        # A text of stop words alone keeps them, which no single word can tell.
        return row or [self.vocabulary.setdefault(term, len(self.vocabulary)) for term in terms(text)]


def count_terms(texts: Iterable[str | Sequence[int]], known: Sequence[str] = ()) -> Counted:
    """The terms of each text, or of its terms as places in `known`, all counted in one go."""
    counter = TermCounter(known)
    return Counted(counter.vocabulary, [counter.count(text) for text in texts])


def terms_file(counted: Counted) -> bytes:
    """The terms of every text for a later `known_terms`: MessagePack, numbers as little-endian int32."""
    counts = np.fromiter((len(row) for row in counted.rows), dtype="<i4", count=len(counted.rows))
    numbers = np.fromiter(chain.from_iterable(counted.rows), dtype="<i4", count=int(counts.sum()))
    return msgspec.msgpack.encode(_TermsFile(analysis(), counts.tobytes(), numbers.tobytes()))


def known_terms(content: bytes | memoryview, vocabulary: Mapping[str, int]) -> KnownTerms | None:
    """What `terms_file` kept, with the vocabulary of its field; None where another analysis counted them."""
    file = msgspec.msgpack.decode(content, type=_TermsFile)
    if file.analysis != analysis():
        return None
    counts, numbers = (np.frombuffer(column, dtype="<i4") for column in (file.counts, file.numbers))
    return KnownTerms(tuple(vocabulary), np.cumsum([0, *counts.tolist()], dtype=np.int64), numbers)


class _TermsFile(msgspec.Struct, frozen=True):
    analysis: str
    counts: bytes
    numbers: bytes


class _NumberOfWord(dict[str, int | None]):
    """The number of the term that a word becomes, None for a stop word; a new term gets the next number."""

    def __init__(self, vocabulary: dict[str, int]) -> None:
        self._vocabulary = vocabulary

    def __missing__(self, word: str) -> int | None:
        term = term_of(word)
        number = None if term is None else self._vocabulary.setdefault(term, len(self._vocabulary))
        self[word] = number
        return number


class _NumberOfKnown(dict[int, int]):
    """The number of a term that was known by another; a new term gets the next number."""

    def __init__(self, vocabulary: dict[str, int], known: Sequence[str]) -> None:
        self._vocabulary = vocabulary
        self._known = known

    def __missing__(self, place: int) -> int:
        number = self._vocabulary.setdefault(self._known[place], len(self._vocabulary))
        self[place] = number
        return number


class LexicalField:
    """BM25 scores of every row of one field. Rows are numbered from 0 in the order they were given.

    Scoring is Lucene's variant, which is never negative.
    Source: Kamphuis et al., "Which BM25 do you mean?" (ECIR 2020); computed eagerly by bm25s (Lù, 2024).
    """

    def __init__(self, scores: Mapping[str, NDArray[Any]], vocabulary: Mapping[str, int], rows: int) -> None:
        """`scores` in columns, one a term: `indices[indptr[t]:indptr[t + 1]]` are its rows, ascending, `data` the
        scores that it gives them.
        """
        self.rows = rows
        self.numbers = vocabulary
        """The number of every term, ascending from 0 in this order."""
        self._scores = scores
        self._data, self.row_of_posting, self.bounds = (scores[name] for name in _ARRAYS)

    @classmethod
    def build(cls, counted: "Counted") -> "LexicalField":
        """The field over these texts, one row each."""
        import bm25s  # brings scipy along, which what only searches does without

        vocabulary, rows = counted.vocabulary, counted.rows
        if not vocabulary:
            empty = {
                "data": np.zeros(0, np.float32),
                "indices": np.zeros(0, np.int32),
                "indptr": np.zeros(1, np.int32),
            }
            return cls(empty, {}, len(rows))
        engine = bm25s.BM25(method="lucene", k1=K1, b=B, backend="numpy", auto_compile=False)
        engine.index((rows, dict(vocabulary)), create_empty_token=False, show_progress=False)
        return cls({name: engine.scores[name] for name in _ARRAYS}, vocabulary, len(rows))

    def search(self, question: str) -> NDArray[np.float32]:
        """The BM25 score of every row, shape (rows,); zero where no term of the question stands."""
        scores = np.zeros(self.rows, dtype=np.float32)
        for term in dict.fromkeys(terms(question)):
            postings = self._postings(term)
            np.add.at(scores, self.row_of_posting[postings], self._data[postings])  # half the time of `+=`
        return scores

    def rows_with(self, term: str) -> int:
        """How many rows hold a term."""
        return len(self._data[self._postings(term)])

    def often(self, least: float) -> Iterator[str]:
        """The terms that at least so many rows hold, by number."""
        return compress(self.numbers, (np.diff(self.bounds) >= least).tolist())

    def rows_of(self, term: str) -> NDArray[np.int32]:
        """The rows that hold a term, ascending."""
        rows: NDArray[np.int32] = self.row_of_posting[self._postings(term)]
        return rows

    def best_rows(self, term: str, count: int) -> NDArray[np.int32]:
        """Of the rows that hold a term the `count` that score highest by it, best first, ties by row."""
        rows = self.rows_of(term)
        best: NDArray[np.int32] = rows[np.lexsort((rows, -self._data[self._postings(term)]))[:count]]
        return best

    def holds(self, term: str, rows: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Whether a term stands in each of these rows, shape (len(rows),)."""
        having = self.row_of_posting[self._postings(term)]
        if not having.size:
            return np.zeros(len(rows), dtype=np.bool_)
        place = having.searchsorted(rows.astype(having.dtype, copy=False))  # else all of `having` is converted
        found: NDArray[np.bool_] = having.take(place, mode="clip") == rows
        return found

    def each_held(self, terms: Iterable[str], rows: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Which of these terms stand in which of these rows, shape (terms, len(rows))."""
        held = [self.holds(term, rows) for term in terms]
        return np.stack(held) if held else np.zeros((0, len(rows)), dtype=np.bool_)

    def files(self, name: str) -> dict[str, bytes]:
        """The field as files, by name: three arrays and the vocabulary."""
        written = {f"{name}.{array}.npy": npy_bytes(self._scores[array]) for array in _ARRAYS}
        written[f"{name}.vocabulary.json"] = msgspec.json.encode([self.rows, list(self.numbers)])
        return written

    @classmethod
    def from_files(cls, name: str, read: Callable[[str], bytes | memoryview]) -> "LexicalField":
        """The field from the files of that name; `read` gives a file's verified bytes."""
        scores = {array: array_of_npy(read(f"{name}.{array}.npy")) for array in _ARRAYS}
        rows, words = msgspec.json.decode(read(f"{name}.vocabulary.json"), type=tuple[int, list[str]])
        return cls(scores, dict(zip(words, count(), strict=False)), rows)

    def _postings(self, term: str) -> slice:
        number = self.numbers.get(term)
        return slice(0, 0) if number is None else slice(int(self.bounds[number]), int(self.bounds[number + 1]))
