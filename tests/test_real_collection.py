"""The real pages, where they are at hand: a sample ingested whole, the two seeds answered by the real model."""

from pathlib import Path

import pytest

from ingest.files import find_files
from ingest.prepare_encoder import prepare_encoder
from ingest.report import Outcome
from retriever.index import Index
from retriever.query import Query
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, unpack_real_pages
from tests.hashing import IDENTITY
from tests.shared_data import shared


@pytest.mark.slow
def test_a_sample_of_the_real_pages_is_taken_in_and_every_passage_traces_to_its_page(tmp_path: Path) -> None:
    root = unpack_real_pages(tmp_path / "real", every=60)
    report = run_ingest(root, tmp_path / "index", chunk_size=400)
    assert {file.outcome for file in report.files} == {Outcome.ADDED}
    index = Index.open(tmp_path / "index")
    for document in index.documents:
        with (root / document.source_path).open(encoding="utf-8", newline="") as opened:
            source = opened.read()
        text = index.reading_text(document.document_id)
        covered = 0
        for passage in index.passages_of(document.document_id):
            assert text[passage.start_char : passage.end_char] == passage.text
            assert passage.tokens <= IDENTITY.max_tokens
            left = iter(source[passage.source_start_char : passage.source_end_char])
            assert all(c in left for c in passage.text if not c.isspace())
            assert not text[covered : passage.start_char].strip()
            covered = passage.end_char
        assert not text[covered:].strip()


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how often is denosumab injected?", "denosumab-osteoporosis.txt"),
        ("what happens when I stop taking denosumab?", "denosumab-osteoporosis.txt"),
        ("which US brand names does denosumab have?", "denosumab-nci.md"),
    ],
)
def test_the_seeds_answer_with_the_right_page_first(seeds: Retriever, question: str, expected: str) -> None:
    assert seeds.retrieve(Query(question)).hits[0].document.source_path == expected


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    folder, index_dir = shared("seeds"), tmp_path_factory.mktemp("index")
    encoder = prepare_encoder("all-MiniLM-L6-v2", None, index_dir=index_dir, say=lambda _: None)
    run_ingest(folder, index_dir, encoder, chunk_size=1000)
    assert len(find_files([folder]).candidates) == 2
    return Retriever(Index.open(index_dir), encoder)
