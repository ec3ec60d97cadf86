"""Dense search: exact inner product over unit vectors, by FAISS, behind one class.

A large index is scanned in bytes, a quarter of the memory traffic, and what that finds is scored by the vectors.
How far bytes and vectors can differ is known, so the result is proven to be that of a scan of the vectors.
"""

import errno
import io
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from retriever.contents import array_of_npy, npy_bytes
from retriever.errors import IndexMismatch

COARSE_FILES = ("coarse.faiss", "coarse.steps.npy")
COARSE_FROM = 8_192
"""Rows from which a search looks at bytes first; below, a scan of the vectors is as quick."""
_WIDENING = 4
"""The first look takes so many times as many rows as are wanted, each further one so many times more."""
_LARGEST = 127
_BLOCK = 8_192
_FILE_HEADER = struct.Struct("<4siqqq?iQ")
"""Kind, dimension, rows, two unused numbers, whether it is trained, metric, and how many floats follow."""
_KIND = b"IxFI"
_NOT_AS_MANIFEST = "which is not what the manifest says; run `footnoted ingest` again"
_ROUNDING = 1e-5
"""More than adding up a few hundred products in float32 can lose."""


class DenseIndex:
    """Vectors of passages, row i being passage i; read-only once built."""

    def __init__(self, index: "faiss.IndexFlatIP", coarse: "_Coarse | None" = None) -> None:
        self._index = index
        self.vectors: NDArray[np.float32] = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d).reshape(
            index.ntotal, index.d
        )
        self.vectors.flags.writeable = False  # writing to memory that is shared and sealed ends the process
        if coarse is None and index.ntotal >= COARSE_FROM:
            coarse = _Coarse.of(self.vectors)
        self._coarse = coarse
        self.bytes_per_passage = index.d * (5 if self._coarse is not None else 4)
        """What a passage takes in memory: four bytes a dimension, and one where they are looked at first."""

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
            code = errno.ENOSPC if os.strerror(errno.ENOSPC) in str(error) else errno.EIO
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
    ) -> "DenseIndex":
        """The index from verified bytes; a view is used where it lies, and has to stay.

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
        index = _read_index(content)
        found = (type(index).__name__, index.metric_type, index.d, index.ntotal)
        expected = ("IndexFlatIP", faiss.METRIC_INNER_PRODUCT, dimension, rows)
        if found != expected:
            raise IndexMismatch(
                f"the vectors are {found}, the manifest says {expected}; run `footnoted ingest` again"
            )
        return cls(index, None if coarse is None else _Coarse.from_files(coarse))

    def coarse_files(self) -> dict[str, bytes]:
        """What a search looks at first, as the files COARSE_FILES; none where the index is too small for it."""
        return {} if self._coarse is None else self._coarse.files()

    def search(
        self, query: NDArray[np.float32], *, top_k: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores and rows of the nearest passages, best first, ties by row; `allowed` (n,) limits the rows.

        `query` has shape (dimension,). Fewer than `top_k` come back where fewer are allowed.
        """
        faiss.omp_set_num_threads(1)  # a setting of each thread; two were slower on one question
        parameters = None
        reach = self._index.ntotal
        if allowed is not None:
            reach = int(np.count_nonzero(allowed))
            bitmap = np.packbits(allowed, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bitmap))
        top_k = min(top_k, reach)
        if top_k <= 0:
            return np.zeros(0, np.float32), np.zeros(0, np.int64)
        rows = self._nearest(query, top_k=top_k, reach=reach, parameters=parameters)
        scores = self.scores_of(query, rows)
        order = np.lexsort((rows, -scores))[:top_k]
        return scores[order], rows[order]

    def scores_of(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosine of the question and each of these rows, shape (len(rows),)."""
        return cosines(self.vectors[rows], query)

    def _nearest(
        self, query: NDArray[np.float32], *, top_k: int, reach: int, parameters: Any
    ) -> NDArray[np.int64]:
        """The rows of the `top_k` nearest passages in no order, and of all that are as near as the last."""
        looked_at = _WIDENING * top_k
        while self._coarse is not None and looked_at * _WIDENING <= reach:
            coarse, rows, error = self._coarse.search(query, top_k=looked_at, parameters=parameters)
            scores = self.scores_of(query, rows)
            if float(np.abs(scores - coarse).max()) > error:
                break  # not what was worked out: believe the vectors
            wanted = np.partition(scores, looked_at - top_k)[looked_at - top_k]
            if coarse[-1] + error < wanted:
                nearest: NDArray[np.int64] = rows[scores >= wanted]
                return nearest
            looked_at *= _WIDENING
        _, found = self._index.search(query.reshape(1, -1), top_k, params=parameters)
        return np.asarray(found[0][found[0] >= 0])  # FAISS pads with -1, which would pick the last passage


def cosines(vectors: NDArray[np.float32], query: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inner product of each row with the query, shape (len(vectors),); a row's does not depend on the others.

    numpy's own loop: the matrix product would wake a thread for each core, which costs more than these few rows.
    """
    found: NDArray[np.float32] = np.einsum("ij,j->i", vectors, query)
    return found


def _read_index(content: bytes | memoryview) -> Any:
    if isinstance(content, bytes):
        return faiss.read_index(faiss.PyCallbackIOReader(io.BytesIO(content).read))  # spares a copy of it all
    view = np.frombuffer(content, dtype=np.uint8)
    index = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(view), view.size))
    index.referenced_objects = [view]  # FAISS keeps the address alone
    return index


class _Coarse:
    """The vectors as signed bytes, each dimension to a scale of its own."""

    def __init__(self, index: "faiss.IndexScalarQuantizer", step: NDArray[np.float32], lost: float) -> None:
        """`lost` is the length of what the bytes of a vector lost, at most."""
        self._index = index
        self._step = step
        self._lost = lost

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> "_Coarse":
        """The bytes of these vectors."""
        largest = np.maximum(vectors.max(axis=0), -vectors.min(axis=0))
        step = (np.maximum(largest, 1e-12) / _LARGEST).astype(np.float32)
        index = faiss.IndexScalarQuantizer(
            vectors.shape[1], faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        )
        furthest = 0.0
        for start in range(0, len(vectors), _BLOCK):
            block = vectors[start : start + _BLOCK]
            as_bytes = np.rint(block / step)
            index.add(as_bytes)
            as_bytes *= step
            as_bytes -= block
            furthest = max(furthest, float(np.einsum("ij,ij->i", as_bytes, as_bytes).max()))
        return cls(index, step, furthest**0.5)

    @classmethod
    def from_files(cls, files: Mapping[str, memoryview]) -> "_Coarse":
        """What `files` gave, used where it lies."""
        index, steps = (files[name] for name in COARSE_FILES)
        *step, lost = array_of_npy(steps).tolist()
        return cls(_read_index(index), np.array(step, dtype=np.float32), lost)

    def files(self) -> dict[str, bytes]:
        """The bytes in FAISS's own format; the steps, and after them what is lost, as float64."""
        written = faiss.serialize_index(self._index).tobytes()
        steps = npy_bytes(np.append(self._step.astype(np.float64), self._lost))
        return dict(zip(COARSE_FILES, (written, steps), strict=True))

    def search(
        self, query: NDArray[np.float32], *, top_k: int, parameters: Any
    ) -> tuple[NDArray[np.float32], NDArray[np.int64], float]:
        """Scores and rows of what looks nearest, best first, and by how much any row's score may be wrong.

        By the inequality of Cauchy and Schwarz: what the bytes of a vector lost changes its score by no more than
        the length of that loss times the length of the query; the same holds for the bytes of the query, where
        FAISS makes whole numbers of whatever it is given.
        """
        stepped = query * self._step
        unit = max(float(np.abs(stepped).max()), 1e-30) / _LARGEST
        as_bytes = np.rint(stepped / unit).astype(np.float32)
        scores, rows = self._index.search(as_bytes.reshape(1, -1), top_k, params=parameters)
        of_query = float(np.linalg.norm((as_bytes * unit - stepped) / self._step)) * (1 + self._lost)
        return scores[0] * unit, rows[0], self._lost * float(np.linalg.norm(query)) + of_query + _ROUNDING
