"""Dense search: exact inner product over unit vectors, by FAISS, behind one class."""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from retriever.errors import IndexMismatch, StorageFailed


class DenseIndex:
    """Vectors of passages, row i being passage i; read-only once built."""

    def __init__(self, index: "faiss.IndexFlatIP") -> None:
        self._index = index
        self.vectors: NDArray[np.float32] = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d).reshape(
            index.ntotal, index.d
        )

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> "DenseIndex":
        """The index of vectors of length one, shape (n, dimension). Raises ValueError for any other."""
        if not np.isfinite(vectors).all() or (abs(np.linalg.norm(vectors, axis=1) - 1) > 1e-3).any():
            raise ValueError("every vector must be finite and of length one")
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def write(self, path: Path) -> None:
        """Writes FAISS's own file format. Raises StorageFailed."""
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:  # FAISS reports a full disk so
            raise StorageFailed(
                f"{path.name} cannot be written below {path.parent.name}: is the disk full?"
            ) from error

    @classmethod
    def from_bytes(cls, content: bytes, *, dimension: int, rows: int) -> "DenseIndex":
        """The index from verified bytes. Raises IndexMismatch where it is not what the manifest says."""
        index = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
        found = (type(index).__name__, index.metric_type, index.d, index.ntotal)
        expected = ("IndexFlatIP", faiss.METRIC_INNER_PRODUCT, dimension, rows)
        if found != expected:
            raise IndexMismatch(
                f"the vectors are {found}, the manifest says {expected}; run `footnoted ingest` again"
            )
        return cls(index)

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
        scores, rows = self._index.search(query.reshape(1, -1), top_k, params=parameters)
        found = rows[0] >= 0  # FAISS pads with -1, which would pick the last passage
        order = np.lexsort((rows[0][found], -scores[0][found]))
        return scores[0][found][order], rows[0][found][order]

    def scores_of(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Cosine of the question and each of these rows, shape (len(rows),)."""
        scores: NDArray[np.float32] = self.vectors[rows] @ query
        return scores
