"""Dense search: inner product over unit vectors, by FAISS, behind one class; exact unless cells are asked for.

A large index is scanned in bytes, a quarter of the memory traffic, and what that finds is scored by the vectors.
How far bytes and vectors can differ is known, so the result is proven to be that of a scan of the vectors.
"""

import errno
import os
import struct
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from retriever.errors import IndexMismatch
from retriever.search.byte_scan import ByteScan
from retriever.search.coarse import Approximation, Coarse, index_in

COARSE_FROM = 8_192
"""Rows from which a search looks at bytes first; below, a scan of the vectors is as quick."""
_WIDENING = 4
"""The first look takes so many times as many rows as are wanted, each further one so many times more."""
_FILE_HEADER = struct.Struct("<4siqqq?iQ")
"""Kind, dimension, rows, two unused numbers, whether it is trained, metric, and how many floats follow."""
_KIND = b"IxFI"
_NOT_AS_MANIFEST = "which is not what the manifest says; run `footnoted ingest` again"
_OF_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
APPROXIMATE_FROM = 1_000_000
"""Rows from which `auto` looks into the nearest cells only."""
_FEW = 8
"""A filter that leaves less than one row in so many is searched exactly: the nearest cells might hold none."""


class DenseSearch(StrEnum):
    """How far a search of a large index looks."""

    EXACT = "exact"
    """At every vector."""
    AUTO = "auto"
    """At every vector below APPROXIMATE_FROM, from there on into the nearest cells."""
    APPROXIMATE = "approximate"
    """Into the nearest cells, wherever the index is large enough to be looked at in bytes."""

    def has_cells(self, rows: int) -> bool:
        """Whether an index of so many rows is divided into cells."""
        least = {DenseSearch.AUTO: APPROXIMATE_FROM, DenseSearch.APPROXIMATE: COARSE_FROM}.get(self)
        return least is not None and rows >= least


class DenseIndex:
    """Vectors of passages, row i being passage i; read-only once built."""

    def __init__(
        self, index: "faiss.IndexFlatIP", coarse: Coarse | None = None, *, in_cells: bool = False
    ) -> None:
        self._index = index
        self.vectors: NDArray[np.float32] = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d).reshape(
            index.ntotal, index.d
        )
        self.vectors.flags.writeable = False  # writing to memory that is shared and sealed ends the process
        if coarse is None and index.ntotal >= COARSE_FROM:
            coarse = Coarse.in_cells(self.vectors) if in_cells else Coarse.of(self.vectors)
        self._coarse = coarse
        self.bytes_per_passage = index.d * (5 if self._coarse is not None else 4) + (
            8 if self.approximation else 0
        )
        """What a passage takes in memory: four bytes a dimension, one where they are looked at first, its number
        where it lies in a cell."""

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> "DenseIndex":
        """The index of vectors of length one, shape (n, dimension). Raises ValueError for any other."""
        if not np.isfinite(vectors).all() or (abs(np.linalg.norm(vectors, axis=1) - 1) > 1e-3).any():
            raise ValueError("every vector must be finite and of length one")
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def write(self, path: Path) -> None:
        """Writes FAISS's own file format. Raises OSError."""
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            # FAISS tells the system's error by its words alone.
            code = next((each for each in _OF_WRITING if os.strerror(each) in str(error)), errno.EIO)
            raise OSError(code, os.strerror(code)) from error
        # FAISS does not look whether closing its file succeeded, which is when the last bytes are written.
        if path.stat().st_size != _FILE_HEADER.size + self._index.ntotal * self._index.d * 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    @classmethod
    def from_bytes(
        cls,
        content: bytes | memoryview,
        *,
        dimension: int,
        rows: int,
        coarse: Mapping[str, memoryview] | None = None,
        dense_search: DenseSearch = DenseSearch.EXACT,
    ) -> "DenseIndex":
        """The index from verified bytes, which are used where they lie.

        `coarse` is what `coarse_files` gave, to spare making it again. Raises IndexMismatch where the index is not
        what the manifest says. FAISS would ask for as much memory as the header declares, so that is read first.
        """
        if len(content) != _FILE_HEADER.size + rows * dimension * 4:
            raise IndexMismatch(f"the vectors take {len(content):,} bytes, {_NOT_AS_MANIFEST}")
        kind, declared_dimension, declared_rows, *_, declared_floats = _FILE_HEADER.unpack_from(content)
        if (kind, declared_dimension, declared_rows, declared_floats) != (
            _KIND, dimension, rows, rows * dimension,
        ):  # fmt: skip
            raise IndexMismatch(f"the vectors are {declared_rows:,} of {declared_dimension}, {_NOT_AS_MANIFEST}")
        index = index_in(content)
        found = (type(index).__name__, index.metric_type, index.d, index.ntotal)
        expected = ("IndexFlatIP", faiss.METRIC_INNER_PRODUCT, dimension, rows)
        if found != expected:
            raise IndexMismatch(
                f"the vectors are {found}, the manifest says {expected}; run `footnoted ingest` again"
            )
        if coarse is not None:
            return cls(index, Coarse.from_files(coarse))
        return cls(index, in_cells=dense_search.has_cells(rows))

    @property
    def approximation(self) -> Approximation | None:
        """What is known of how much a search misses; None where it misses nothing."""
        return None if self._coarse is None else self._coarse.approximation

    def coarse_files(self) -> dict[str, bytes]:
        """What a search looks at first, as the files COARSE_FILES; none where the index is too small for it."""
        return {} if self._coarse is None else self._coarse.files()

    def looks(self, queries: NDArray[np.float32]) -> Sequence[ByteScan | None]:
        """What `search` begins with, for several questions at once, shape (m, dimension): it reads all vectors.

        None for each where they are to be searched for one by one.
        """
        looks = None if self._coarse is None else self._coarse.looks(queries)
        return [None] * len(queries) if looks is None else looks

    def search(
        self,
        query: NDArray[np.float32],
        *,
        top_k: int,
        allowed: NDArray[np.bool_] | None,
        look: ByteScan | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores and rows of the nearest passages, best first, ties by row; `allowed` (n,) limits the rows.

        `query` has shape (dimension,), `look` is what `looks` gave for it, to spare looking again. Fewer than
        `top_k` come back where fewer are allowed.
        """
        reach = self._index.ntotal if allowed is None else int(np.count_nonzero(allowed))
        top_k = min(top_k, reach)
        if top_k <= 0:
            return np.zeros(0, np.float32), np.zeros(0, np.int64)
        if look is None:
            (look,) = self.looks(query.reshape(1, -1))
        found = None if look is None else self._nearest_of(look, query, top_k=top_k, allowed=allowed)
        scores, rows = found or self._nearest(query, top_k=top_k, reach=reach, allowed=allowed)
        order = np.lexsort((rows, -scores))[:top_k]
        return scores[order], rows[order]

    def scores_of(
        self,
        query: NDArray[np.float32],
        rows: NDArray[np.int64],
        *,
        known: tuple[NDArray[np.float32], NDArray[np.int64]] | None = None,
    ) -> NDArray[np.float32]:
        """Cosine of the question and each of these rows, shape (len(rows),).

        `known` is what `search` gave for the question; its rows are all among `rows`, which are ascending then.
        """
        if known is None:
            return cosines(self.vectors.take(rows, axis=0), query)
        place = np.searchsorted(rows, known[1])
        is_left = np.ones(len(rows), dtype=np.bool_)
        is_left[place] = False
        scores = np.empty(len(rows), dtype=np.float32)
        scores[place] = known[0]
        scores[is_left] = self.scores_of(query, rows[is_left])
        return scores

    def _nearest_of(
        self, look: ByteScan, query: NDArray[np.float32], *, top_k: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]] | None:
        """Scores and rows of the `top_k` nearest passages in no order, and of all that are as near as the last.

        None where a look tells too little, or not what was worked out: then the vectors are to be believed.
        """
        coarse, rows = look.near(top_k, allowed)
        if len(rows) * _WIDENING > self._index.ntotal:
            return None
        scores = self.scores_of(query, rows)
        if float(np.abs(scores - coarse).max()) > look.error:
            return None
        is_near = scores >= np.partition(scores, len(rows) - top_k)[len(rows) - top_k]
        return scores[is_near], rows[is_near]

    def _nearest(
        self, query: NDArray[np.float32], *, top_k: int, reach: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """The same by FAISS.

        Of the nearest cells alone, where the index has cells, they hold that many, and no filter leaves but few.
        """
        faiss.omp_set_num_threads(1)  # a setting of each thread; two were slower on one question
        selector = None if allowed is None else faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        everywhere = self.approximation is None or reach * _FEW < self._index.ntotal
        looked_at = _WIDENING * top_k
        while self._coarse is not None and looked_at * _WIDENING <= reach:
            coarse, rows, error = self._coarse.search(
                query, top_k=looked_at, selector=selector, everywhere=everywhere
            )
            if len(rows) < top_k:
                everywhere = True  # never twice: all cells hold as many as are looked at
                continue
            is_all = len(rows) < looked_at
            last = coarse[-1]
            # What lies further behind than both may be wrong cannot be among those that are wanted.
            may_be_wanted = int(np.count_nonzero(coarse >= coarse[top_k - 1] - 2 * error))
            coarse, rows = coarse[:may_be_wanted], rows[:may_be_wanted]
            scores = self.scores_of(query, rows)
            if float(np.abs(scores - coarse).max()) > error:
                break  # not what was worked out: believe the vectors
            wanted = np.partition(scores, len(rows) - top_k)[len(rows) - top_k]
            if is_all or last + error < wanted:
                is_near = scores >= wanted
                return scores[is_near], rows[is_near]
            looked_at *= _WIDENING
        parameters = None if selector is None else faiss.SearchParameters(sel=selector)
        _, found = self._index.search(query.reshape(1, -1), top_k, params=parameters)
        rows = np.asarray(found[0][found[0] >= 0])  # FAISS pads with -1, which would pick the last passage
        return self.scores_of(query, rows), rows


def cosines(vectors: NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inner product of each row with the query, shape (len(vectors),); a row's does not depend on the others.

    numpy's own loop: the matrix product would wake a thread for each core, which costs more than these few rows.
    """
    found: NDArray[np.float32] = np.einsum("ij,j->i", vectors, query)
    return found
