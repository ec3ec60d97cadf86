"""The first look of a dense search: the vectors as signed bytes, all of them or those of the nearest cells.

Cells are FAISS's inverted lists: groups of vectors around centres. Looking into the nearest alone is quicker, and
may miss a vector that lies beyond their edge; how many are missed is measured when the cells are made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from math import log2
from typing import Any

import faiss
import msgspec
import numpy as np
from numpy.typing import NDArray

from retriever.search.byte_products import LARGEST, ZERO, ByteProducts
from retriever.search.byte_scan import ByteScan, highest_of_groups
from retriever.store.contents import array_of_npy, npy_bytes

COARSE_FILES = ("coarse.faiss", "coarse.steps.npy", "coarse.json")
RECALL_WANTED = 0.97
RECALL_DEPTH = 100
_SAMPLE = 200
_POINTS_PER_CELL, _ROUNDS, _SEED = 32, 5, 1234
_BLOCK = 8_192
_IN_CACHE = 256
"""Vectors made bytes at a time: they stay in the cache from one step to the next, which halves the time."""
_ROUNDING = 1e-5
"""More than adding up a few hundred products in float32 can lose."""
_PRODUCTS_AT_ONCE = 2**22
"""Four bytes each: a large index is looked at for fewer questions at once."""


@dataclass(frozen=True, slots=True)
class Approximation:
    """How many cells there are, into how many a search looks, and which share of the 100 nearest it finds.

    The share is the mean over `sample` vectors of the collection itself, each searched for as a question.
    """

    cells: int
    probed: int
    recall_at_100: float
    sample: int


@dataclass(frozen=True, slots=True)
class _Measured:
    lost: float
    approximation: Approximation | None


class Coarse:
    """The vectors as signed bytes, each dimension to a scale of its own."""

    def __init__(self, index: Any, step: NDArray[np.float32], measured: _Measured) -> None:
        self._index = index
        self._step = step
        self._measured = measured
        self._lost = measured.lost
        """The length of what the bytes of a vector lost, at most."""

    @classmethod
    def of(cls, vectors: NDArray[np.float32]) -> "Coarse":
        """The bytes of these vectors, shape (n, dimension), in one row."""
        index = faiss.IndexScalarQuantizer(
            vectors.shape[1], faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        )
        step = _step_of(vectors)
        codes = np.empty(vectors.shape, dtype=np.uint8)
        furthest = 0.0
        for rows in _blocks(vectors):
            numbers, lost = _numbers_of(vectors[rows], step)
            codes[rows] = numbers + ZERO
            furthest = max(furthest, lost)
        index.add_sa_codes(codes)
        return cls(index, step, _Measured(furthest**0.5, None))

    @classmethod
    def in_cells(cls, vectors: NDArray[np.float32]) -> "Coarse":
        """The bytes of these vectors in cells, with as many probed as find RECALL_WANTED of the nearest.

        The same vectors give the same cells on the same kind of processor.
        """
        faiss.omp_set_num_threads(1)
        step, dimension = _step_of(vectors), vectors.shape[1]
        centres = _centres(vectors)
        nearest = faiss.IndexFlatIP(dimension)
        nearest.add(centres)
        # The question comes to it with each dimension multiplied by its step.
        quantizer = faiss.IndexFlatIP(dimension)
        quantizer.add(centres / step)
        index = faiss.IndexIVFScalarQuantizer(
            quantizer,
            dimension,
            len(centres),
            faiss.ScalarQuantizer.QT_8bit_direct_signed,
            faiss.METRIC_INNER_PRODUCT,
            False,
        )
        index.train(np.zeros((len(centres), dimension), dtype=np.float32))  # bytes as they are: nothing to learn
        furthest = 0.0
        for start in range(0, len(vectors), _BLOCK):
            block = vectors[start : start + _BLOCK]
            numbers, lost = _numbers_of(block, step)
            cells = np.ascontiguousarray(nearest.search(block, 1)[1].ravel())
            rows = np.arange(start, start + len(block), dtype=np.int64)
            index.add_core(len(block), *(faiss.swig_ptr(array) for array in (numbers, rows, cells)))
            furthest = max(furthest, lost)
        lost = furthest**0.5
        made = cls(index, step, _Measured(lost, Approximation(len(centres), len(centres), 1.0, 0)))
        return cls(index, step, _Measured(lost, made._measured_on(vectors)))

    @classmethod
    def from_files(cls, files: Mapping[str, memoryview]) -> "Coarse":
        """What `files` gave, used where it lies."""
        index, steps, measured = (files[name] for name in COARSE_FILES)
        return cls(index_in(index), array_of_npy(steps), msgspec.json.decode(measured, type=_Measured))

    @property
    def approximation(self) -> Approximation | None:
        """What is known of the cells; None where all vectors are looked at."""
        return self._measured.approximation

    def files(self) -> dict[str, bytes]:
        """The bytes in FAISS's own format, the steps, and what was measured."""
        written = (
            faiss.serialize_index(self._index).tobytes(),
            npy_bytes(self._step),
            msgspec.json.encode(asdict(self._measured)),
        )
        return dict(zip(COARSE_FILES, written, strict=True))

    def search(
        self, query: NDArray[np.float32], *, top_k: int, selector: Any, everywhere: bool
    ) -> tuple[NDArray[np.float32], NDArray[np.int64], float]:
        """Scores and rows of what looks nearest, best first, and by how much any row's score may be wrong.

        Fewer than `top_k` where the cells that were looked into hold fewer; `everywhere` looks into all.

        FAISS makes whole numbers of whatever it is given as a question.
        """
        (numbers,), (unit,), (error,) = self._as_numbers(query.reshape(1, -1))
        scores, rows = self._index.search(
            numbers.reshape(1, -1), top_k, params=self._parameters(selector, everywhere)
        )
        found = rows[0] >= 0  # FAISS pads with -1
        return scores[0][found] * unit, rows[0][found], float(error)

    def looks(self, queries: NDArray[np.float32]) -> Sequence[ByteScan] | None:
        """A look at all vectors for each of these questions, shape (m, dimension), all at once.

        None where there are cells, or where this processor cannot: then each is searched for alone.
        """
        if self._products is None:
            return None
        most = max(1, _PRODUCTS_AT_ONCE // self._index.ntotal)
        return [
            look
            for start in range(0, len(queries), most)
            for look in self._looks(self._products, queries[start : start + most])
        ]

    def _looks(self, by: ByteProducts, queries: NDArray[np.float32]) -> list[ByteScan]:
        numbers, units, errors = self._as_numbers(queries)
        products = by.with_questions(numbers)
        groups = highest_of_groups(products)
        zeros = ZERO * numbers.sum(axis=1)
        each = zip(zeros.tolist(), units.tolist(), errors.tolist(), strict=True)
        return [ByteScan(products, groups, column, *one) for column, one in enumerate(each)]

    @cached_property
    def _products(self) -> ByteProducts | None:
        if self.approximation is not None:
            return None
        codes = faiss.rev_swig_ptr(self._index.codes.data(), self._index.codes.size())
        return ByteProducts.of(codes.reshape(-1, self._index.d))

    def _as_numbers(
        self, queries: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """The whole numbers that stand for questions, what one of them counts, and the error of any row's score.

        By the inequality of Cauchy and Schwarz: what the bytes of a vector lost changes its score by no more than
        the length of that loss times the length of the query; the same holds for the bytes of the query.
        """
        stepped = queries * self._step
        units = np.maximum(np.abs(stepped).max(axis=1), 1e-30) / LARGEST
        numbers = np.rint(stepped / units[:, np.newaxis]).astype(np.float32)
        lost = (numbers * units[:, np.newaxis] - stepped) / self._step
        of_queries = np.linalg.norm(lost, axis=1) * (1 + self._lost)
        rounding = _ROUNDING + units * np.spacing(np.float32(255 * LARGEST * queries.shape[1]))
        return numbers, units, self._lost * np.linalg.norm(queries, axis=1) + of_queries + rounding

    def _parameters(self, selector: Any, everywhere: bool) -> Any:
        if self.approximation is None:
            return None if selector is None else faiss.SearchParameters(sel=selector)
        probed = self.approximation.cells if everywhere else self.approximation.probed
        if selector is None:
            return faiss.SearchParametersIVF(nprobe=probed)
        return faiss.SearchParametersIVF(nprobe=probed, sel=selector)

    def _measured_on(self, vectors: NDArray[np.float32]) -> Approximation:
        """The fewest cells to probe, a power of two, that find RECALL_WANTED of what all cells hold nearest."""
        cells = self._measured.approximation.cells if self._measured.approximation is not None else 1
        sample = vectors[:: max(1, len(vectors) // _SAMPLE)][:_SAMPLE]
        exact = [self._found(query, Approximation(cells, cells, 1.0, 0)) for query in sample]
        approximation = Approximation(cells, max(1, cells // 128), 0.0, len(sample))
        while True:
            shares = [
                len(nearest & self._found(query, approximation)) / max(1, len(nearest))
                for query, nearest in zip(sample, exact, strict=True)
            ]
            recall = sum(shares) / len(shares)
            if recall >= RECALL_WANTED or approximation.probed * 2 > cells:
                return replace(approximation, recall_at_100=round(recall, 4))
            approximation = replace(approximation, probed=approximation.probed * 2)

    def _found(self, query: NDArray[np.float32], approximation: Approximation) -> set[int]:
        probing = Coarse(self._index, self._step, _Measured(self._lost, approximation))
        return set(probing.search(query, top_k=RECALL_DEPTH, selector=None, everywhere=False)[1].tolist())


def index_in(content: bytes | memoryview) -> Any:
    """A FAISS index from its bytes; a view is used where it lies."""
    view = np.frombuffer(content, dtype=np.uint8)
    index = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(view), view.size))
    index.referenced_objects = [view]  # FAISS keeps the address alone
    return index


def _blocks(vectors: NDArray[np.float32]) -> Iterator[slice]:
    return (slice(start, start + _IN_CACHE) for start in range(0, len(vectors), _IN_CACHE))


def _step_of(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    largest = np.full(vectors.shape[1], 1e-12, dtype=np.float32)
    for rows in _blocks(vectors):
        np.maximum(largest, np.abs(vectors[rows]).max(axis=0), out=largest)
    return largest / np.float32(LARGEST)


def _numbers_of(block: NDArray[np.float32], step: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """The whole numbers that stand for these vectors, and the square of the most that one of them lost."""
    numbers = np.rint(block / step)
    lost = numbers * step - block
    return numbers, float(np.einsum("ij,ij->i", lost, lost).max())


def _centres(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The centres of about twice the square root of n cells, a power of two, of length one."""
    cells = 2 ** round(log2(2 * len(vectors) ** 0.5))
    points = np.ascontiguousarray(vectors[:: max(1, len(vectors) // (cells * _POINTS_PER_CELL))])
    means = faiss.Kmeans(
        vectors.shape[1],
        cells,
        niter=_ROUNDS,
        spherical=True,
        seed=_SEED,
        min_points_per_centroid=1,
        max_points_per_centroid=2 * _POINTS_PER_CELL,
    )
    means.train(points)
    centres: NDArray[np.float32] = means.centroids
    return centres
