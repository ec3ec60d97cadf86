"""One copy of a generation for several processes: the same index, sealed, and only of files that are sound."""

import os
from pathlib import Path

import numpy as np
import pytest

from retriever.errors import IndexCorrupt
from retriever.index import Index
from retriever.search.coarse import COARSE_FILES, Coarse
from retriever.search.dense import COARSE_FROM, DenseIndex
from retriever.shared_copy import SharedCopy, copy_generation, open_copy
from retriever.store import contents
from retriever.store.store import IndexStore
from tests.collections_on_disk import run_ingest, write_collection


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    """A small index."""
    run_ingest(write_collection(tmp_path / "pages"), tmp_path / "index")
    return tmp_path / "index"


def test_a_copy_holds_the_same_index(index_dir: Path) -> None:
    copy = copy_generation(IndexStore(index_dir).open())
    shared, own = Index(open_copy(copy)), Index.open(index_dir)
    os.close(copy.descriptor)
    assert (shared.documents, shared.fingerprint) == (own.documents, own.fingerprint)
    for document in own.documents:
        assert shared.reading_text(document.document_id) == own.reading_text(document.document_id)
        assert shared.source_map(document.document_id) == own.source_map(document.document_id)
        assert shared.passages_of(document.document_id) == own.passages_of(document.document_id)
    for row, vector in enumerate(own.dense.vectors):
        found = [index.dense.search(vector, top_k=3, allowed=None) for index in (shared, own)]
        assert all(np.array_equal(one, other) for one, other in zip(*found, strict=True))
        assert shared.embedding_key(row) == own.embedding_key(row)
    for field in ("body", "headings"):
        scores = [getattr(index, field).search("denosumab injections") for index in (shared, own)]
        assert np.array_equal(*scores)


def test_numbers_of_a_copy_are_aligned(index_dir: Path) -> None:
    copy = copy_generation(IndexStore(index_dir).open())
    index = Index(open_copy(copy))
    os.close(copy.descriptor)
    for array in (index.dense.vectors, index.heading_vectors, index.body.row_of_posting):
        assert array.flags.aligned


def test_a_copy_can_be_neither_changed_nor_cut_nor_grown(index_dir: Path) -> None:
    copy = copy_generation(IndexStore(index_dir).open())
    size = os.fstat(copy.descriptor).st_size
    for change in (
        lambda: os.pwrite(copy.descriptor, b"x", 0),
        lambda: os.ftruncate(copy.descriptor, 0),
        lambda: os.ftruncate(copy.descriptor, size + 1),
    ):
        with pytest.raises(PermissionError):
            change()
    os.close(copy.descriptor)


def test_what_is_not_sealed_is_not_opened() -> None:
    descriptor = os.memfd_create("test", os.MFD_ALLOW_SEALING)
    with pytest.raises(ValueError, match="not sealed"):
        open_copy(SharedCopy(descriptor, "gen-000001", {}))
    os.close(descriptor)


@pytest.mark.parametrize("file", [contents.TEXTS, contents.BODY_TERMS])
def test_a_file_that_is_altered_is_not_copied_even_if_no_worker_reads_it(index_dir: Path, file: str) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    generation = IndexStore(index_dir).open()
    altered = bytearray((generation.path / file).read_bytes())
    altered[-1] ^= 1
    (generation.path / file).write_bytes(altered)
    with pytest.raises(IndexCorrupt, match=file):
        copy_generation(generation)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_what_a_large_index_looks_at_first_is_the_same_from_its_files() -> None:
    random = np.random.default_rng(4)
    vectors = random.normal(size=(COARSE_FROM + 10, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = DenseIndex.build(vectors)
    files = {name: memoryview(content) for name, content in index.coarse_files().items()}
    assert tuple(files) == COARSE_FILES
    again = DenseIndex(index._index, Coarse.from_files(files))
    assert again.coarse_files() == index.coarse_files()
    for query in vectors[:20]:
        found = [one.search(query, top_k=10, allowed=None) for one in (index, again)]
        assert all(np.array_equal(one, other) for one, other in zip(*found, strict=True))
