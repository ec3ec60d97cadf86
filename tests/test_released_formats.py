"""Indexes of the formats that were released: each is kept as a backup, gzipped, in base64, and must be read."""

import base64
import gzip
import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retriever.backup.archive import restore
from retriever.errors import IndexMismatch
from retriever.index import Index
from retriever.store import contents
from retriever.store.generation import VerifiedGeneration
from retriever.store.manifest import FileEntry
from retriever.store.store import IndexStore
from tests.collections_on_disk import DENOSUMAB, run_ingest, write_collection

FORMATS = sorted(Path(__file__).parent.glob("released_format_*.txt"))


def opens(generation: VerifiedGeneration) -> None:
    Index(generation)


def test_there_is_one_for_every_format() -> None:
    assert [path.stem for path in FORMATS] == ["released_format_1"]


@pytest.mark.parametrize("path", FORMATS, ids=lambda path: path.stem)
def test_an_index_of_a_released_format_is_read(tmp_path: Path, path: Path) -> None:
    archive = tmp_path / "old.tar"
    archive.write_bytes(gzip.decompress(base64.b64decode(path.read_text(encoding="ascii"))))
    restore(tmp_path / "index", archive, self_check=opens)
    index = Index.open(tmp_path / "index")
    assert [document.source_path for document in index.documents] == ["denosumab.md", "home/falls.txt"]
    for document in index.documents:
        text = index.reading_text(document.document_id)
        for passage in index.passages_of(document.document_id):
            assert text[passage.start_char : passage.end_char] == passage.text
    assert "every six months" in DENOSUMAB
    assert "every six months" in index.reading_text(index.documents[0].document_id)


@pytest.mark.parametrize("path", FORMATS, ids=lambda path: path.stem)
def test_an_ingest_over_it_gives_the_files_of_one_anew(tmp_path: Path, path: Path) -> None:
    archive = tmp_path / "old.tar"
    archive.write_bytes(gzip.decompress(base64.b64decode(path.read_text(encoding="ascii"))))
    restore(tmp_path / "index", archive, self_check=opens)
    root = write_collection(tmp_path / "pages")
    assert run_ingest(root, tmp_path / "index").published
    run_ingest(root, tmp_path / "anew")
    assert Index.open(tmp_path / "index").manifest.files == Index.open(tmp_path / "anew").manifest.files
    assert not run_ingest(root, tmp_path / "index").published


@pytest.mark.parametrize(
    ("file", "content"),
    [
        *((name, None) for name in (contents.HEADING_KEYS, contents.SOURCE_MAP, "body.vocabulary.json")),
        (contents.PASSAGES, contents.npy_bytes(np.zeros(3, dtype=[("document", "<i4"), ("start", "<i4")]))),
        (contents.SOURCE_MAP, b"a file of another kind"),
        (contents.DOCUMENTS, b'{"document": {"id": "a"}}\n'),
        (contents.DOCUMENTS, b"\xff\n"),
        ("headings.vocabulary.json", b'["bone"]'),
        (contents.BODY_TERMS, b"\xc0"),
    ],
)  # fmt: skip
def test_a_sound_generation_that_is_laid_out_differently_is_refused_with_the_next_step(
    tmp_path: Path, file: str, content: bytes | None
) -> None:
    run_ingest(write_collection(tmp_path / "pages"), tmp_path / "index")
    written = IndexStore(tmp_path / "index").open()
    files = {name: entry for name, entry in written.manifest.files.items() if name != file}
    if content is not None:
        (written.path / file).write_bytes(content)
        files[file] = FileEntry(len(content), hashlib.sha256(content).hexdigest())
    older = replace(written, manifest=replace(written.manifest, files=files))
    with pytest.raises(IndexMismatch, match=r"^gen-000001 was written by .*; run `footnoted ingest` again"):
        Index(older).known_terms()
