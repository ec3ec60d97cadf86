"""A large index is looked at in bytes first; what is found is what a look at all vectors finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retriever.search import coarse
from retriever.search.coarse import Coarse
from retriever.search.dense import COARSE_FROM, DenseIndex

ROWS = COARSE_FROM + 300


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    """The same directions at length one."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def clustered(seed: int, *, dimension: int, spread: float) -> NDArray[np.float32]:
    """Vectors around a few centres, as passages are; the smaller the spread, the nearer to ties."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(20, dimension))
    return unit(centres[random.integers(0, 20, ROWS)] + spread * random.normal(size=(ROWS, dimension)))


def brute_force(
    vectors: NDArray[np.float32], query: NDArray[np.float32], top_k: int, allowed: NDArray[np.bool_]
) -> list[int]:
    """The rows of the best, ties by row."""
    scores = np.where(allowed, np.einsum("ij,j->i", vectors, query), np.float32(-9))
    order: list[int] = np.lexsort((np.arange(len(scores)), -scores)).tolist()
    return order[: min(top_k, int(allowed.sum()))]


@settings(max_examples=12)
@given(
    seed=st.integers(0, 2**32 - 1),
    dimension=st.sampled_from([16, 20, 384]),
    spread=st.sampled_from([0.01, 0.3, 3.0]),
    top_k=st.sampled_from([1, 7, 100]),
    length=st.sampled_from([1.0, 0.001, 40.0]),
    share=st.sampled_from([1.0, 0.5, 0.02, 0.002]),
    by_faiss=st.booleans(),
)
def test_the_best_of_a_large_index_are_those_of_brute_force(
    seed: int, dimension: int, spread: float, top_k: int, length: float, share: float, by_faiss: bool
) -> None:
    vectors = clustered(seed, dimension=dimension, spread=spread)
    random = np.random.default_rng(seed + 1)
    query = np.asarray(length * (vectors[5] + 0.1 * random.normal(size=dimension)), dtype=np.float32)
    allowed = random.random(ROWS) < share
    index = DenseIndex.build(vectors)
    if by_faiss:
        searched_one_by_one(index)
    _, rows = index.search(query, top_k=top_k, allowed=None if share == 1.0 else allowed)
    assert rows.tolist() == brute_force(vectors, query, top_k, allowed)


def test_questions_that_are_looked_at_together_find_what_each_finds_alone() -> None:
    vectors = clustered(6, dimension=384, spread=1.0)
    index, alone = DenseIndex.build(vectors), DenseIndex.build(vectors)
    searched_one_by_one(alone)
    questions = unit(vectors[:16] + 0.02 * np.random.default_rng(7).normal(size=(16, 384)))
    for question, look in zip(questions, index.looks(questions), strict=True):
        scores, rows = index.search(question, top_k=100, allowed=None, look=look)
        expected_scores, expected_rows = alone.search(question, top_k=100, allowed=None)
        assert rows.tolist() == expected_rows.tolist()
        assert scores.tobytes() == expected_scores.tobytes()
        if look is not None:  # what is found is right even where a look tells nothing: it has to tell this
            coarse_scores, near = look.near(100, None)
            assert set(rows.tolist()) <= set(near.tolist())
            assert len(near) < ROWS / 4
            assert np.abs(coarse_scores - vectors[near] @ question).max() < look.error < 0.05


def test_a_large_index_is_looked_at_for_fewer_questions_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clustered(8, dimension=32, spread=1.0)
    index = DenseIndex.build(vectors)
    (once, *_) = index.looks(vectors[:3])
    monkeypatch.setattr(coarse, "_PRODUCTS_AT_ONCE", 2 * ROWS)
    several = index.looks(vectors[:3])
    if once is None or not all(several):
        pytest.skip("this processor multiplies no bytes")
    assert [look.products.shape for look in several if look is not None] == [(ROWS, 2), (ROWS, 2), (ROWS, 1)]
    assert several[0] is not None
    assert several[0].near(5, None)[1].tolist() == once.near(5, None)[1].tolist()


def searched_one_by_one(index: DenseIndex) -> None:
    """From now on FAISS scans the bytes, as it does where the processor multiplies none."""
    index._coarse._products = None  # type: ignore[union-attr]


def test_equal_vectors_of_a_large_index_come_in_order_of_their_rows() -> None:
    vectors = np.repeat(unit(np.random.default_rng(1).normal(size=(1, 32))), ROWS, axis=0)
    assert DenseIndex.build(vectors).search(vectors[0], top_k=5, allowed=None)[1].tolist() == [0, 1, 2, 3, 4]


def test_cosines_that_a_search_gave_are_those_that_are_worked_out_anew() -> None:
    vectors = clustered(2, dimension=384, spread=1.0)
    index = DenseIndex.build(vectors)
    found = index.search(vectors[9], top_k=100, allowed=None)
    rows = np.union1d(found[1], np.arange(0, ROWS, 97))
    known, anew = index.scores_of(vectors[9], rows, known=found), index.scores_of(vectors[9], rows)
    assert known.tobytes() == anew.tobytes()


def test_no_score_is_further_from_its_bytes_than_is_said() -> None:
    vectors = clustered(3, dimension=384, spread=1.0)
    scores, rows, error = Coarse.of(vectors).search(vectors[9], top_k=200, selector=None, everywhere=True)
    assert rows[0] == 9
    assert np.abs(scores - vectors[rows] @ vectors[9]).max() < error < 0.05


def test_bytes_that_do_not_say_what_was_worked_out_are_not_believed() -> None:
    vectors = clustered(4, dimension=32, spread=1.0)
    index = DenseIndex.build(vectors)
    index._coarse = Coarse.of(clustered(5, dimension=32, spread=1.0))
    _, rows = index.search(vectors[9], top_k=10, allowed=None)
    assert rows.tolist() == brute_force(vectors, vectors[9], 10, np.ones(ROWS, dtype=np.bool_))
