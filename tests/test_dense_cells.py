"""Approximate dense search: most of what an exact one finds, how much is known, all under a narrow filter."""

from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray

from api.app import create_app
from api.collection.response import index_body
from api.settings import Settings
from retriever.search.coarse import RECALL_WANTED, Coarse
from retriever.search.dense import APPROXIMATE_FROM, COARSE_FROM, DenseIndex, DenseSearch
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of

ROWS, DIMENSION = COARSE_FROM + 2_000, 32


@pytest.fixture(scope="module")
def exact() -> DenseIndex:
    """Vectors around a few centres, as passages are."""
    random = np.random.default_rng(11)
    centres = random.normal(size=(60, DIMENSION))
    vectors = centres[random.integers(0, 60, ROWS)] + 0.4 * random.normal(size=(ROWS, DIMENSION))
    return DenseIndex.build(np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32))


@pytest.fixture(scope="module")
def approximate(exact: DenseIndex) -> DenseIndex:
    """The same vectors in cells."""
    return DenseIndex(exact._index, in_cells=True)


def questions(exact: DenseIndex) -> NDArray[np.float32]:
    random = np.random.default_rng(12)
    rows = random.integers(0, ROWS, 60)
    return np.asarray(exact.vectors[rows] + 0.02 * random.normal(size=(60, DIMENSION)), dtype=np.float32)


def found(
    index: DenseIndex, query: NDArray[np.float32], allowed: NDArray[np.bool_] | None = None, *, top_k: int = 100
) -> list[int]:
    rows: list[int] = index.search(query, top_k=top_k, allowed=allowed)[1].tolist()
    return rows


def test_the_share_of_the_nearest_that_is_found_is_about_what_was_measured(
    exact: DenseIndex, approximate: DenseIndex
) -> None:
    known = approximate.approximation
    assert known is not None
    assert known.probed < known.cells
    assert known.recall_at_100 >= RECALL_WANTED
    shares = [len({*found(exact, one)} & {*found(approximate, one)}) / 100 for one in questions(exact)]
    assert sum(shares) / len(shares) > known.recall_at_100 - 0.04
    assert min(shares) < 1  # else nothing here was approximate


def test_what_is_found_has_its_exact_score_in_order(exact: DenseIndex, approximate: DenseIndex) -> None:
    for query in questions(exact)[:10]:
        scores, rows = approximate.search(query, top_k=50, allowed=None)
        assert np.array_equal(scores, exact.scores_of(query, rows))
        assert rows.tolist() == [row for _, row in sorted(zip(-scores, rows.tolist(), strict=True))]


def test_a_narrow_filter_is_searched_exactly_and_a_wide_one_keeps_to_what_is_allowed(
    exact: DenseIndex, approximate: DenseIndex
) -> None:
    random = np.random.default_rng(13)
    few, many = random.random(ROWS) < 0.1, random.random(ROWS) < 0.5
    for query in questions(exact):
        # So few that the nearest cells alone would hold enough, and not always the right ones.
        assert found(approximate, query, few, top_k=10) == found(exact, query, few, top_k=10)
        rows = found(approximate, query, many)
        assert many[rows].all()
        assert len(rows) == 100


def test_cells_that_hold_too_few_are_left_for_all_of_them(exact: DenseIndex, approximate: DenseIndex) -> None:
    far = np.asarray(exact.vectors @ exact.vectors[0] < np.sort(exact.vectors @ exact.vectors[0])[ROWS // 2])
    for query in (exact.vectors[0], -exact.vectors[0]):
        assert len(found(approximate, query, far)) == 100
    assert found(approximate, exact.vectors[0], far) == found(exact, exact.vectors[0], far)


def test_the_same_vectors_give_the_same_cells_also_from_their_files(
    exact: DenseIndex, approximate: DenseIndex
) -> None:
    files = approximate.coarse_files()
    assert files == Coarse.in_cells(exact.vectors).files()
    again = DenseIndex(exact._index, Coarse.from_files({name: memoryview(one) for name, one in files.items()}))
    for query in questions(exact)[:10]:
        assert found(again, query) == found(approximate, query)


def test_the_kind_of_search_goes_by_the_size() -> None:
    sizes = (COARSE_FROM - 1, COARSE_FROM, APPROXIMATE_FROM - 1, APPROXIMATE_FROM)
    has_cells = {search.value: [search.has_cells(size) for size in sizes] for search in DenseSearch}
    assert has_cells == {
        "exact": [False, False, False, False],
        "auto": [False, False, False, True],
        "approximate": [False, True, True, True],
    }


def test_the_index_says_how_much_its_search_may_miss(tmp_path: Path, approximate: DenseIndex) -> None:
    class InCells(MemoryIndex):
        dense = approximate
        approximation = approximate.approximation  # type: ignore[assignment]

    known = approximate.approximation
    body = index_body(InCells("gen-000001")).approximation
    assert known is not None
    assert body is not None
    assert (body.cells, body.recall_at_100) == (known.cells, known.recall_at_100)
    name = publish(tmp_path / "index", 1)
    app = create_app(
        Settings(index_dir=tmp_path / "index"), opener=FolderOpener({name: snapshot_of(MemoryIndex(name))})
    )
    with TestClient(app) as client:
        assert client.get("/v1/index").json()["approximation"] is None
