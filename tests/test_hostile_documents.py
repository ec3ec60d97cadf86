"""One collection of every hostile document at once: each file has one outcome, and none hinders another."""

import os
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.errors import IngestRefused
from ingest.files import refuse_overlap
from ingest.processes.parser_process import DEFAULT_LIMITS, parser_process
from ingest.reading.read_text import read_text
from ingest.reading.source_type import SourceType
from ingest.report import Outcome, Report
from retriever.index import Index
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import IDENTITY
from tests.hostile_documents import INDEXED, ODD_FILES, Case, cases, front, html
from tests.hostile_inventions import inventions

CASES = [*cases(), *inventions()]


def shown(name: str) -> str:
    """A file's name as a report has it: what a terminal would act upon stands escaped."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


@dataclass(frozen=True)
class Ingested:
    """What became of all files, and the index that they made."""

    report: Report
    index: Index
    asked_the_network: list[object]

    def found(self, path: str) -> set[str]:
        """The reason to skip a file, else the codes of its warnings, else "indexed"."""
        path = shown(path)
        (file,) = [file for file in self.report.files if file.path == path]
        codes = {one.code for one in self.report.warnings if one.path == path}
        return {str(file.reason)} if file.outcome is Outcome.SKIPPED else codes or {INDEXED}


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingested]:
    root = tmp_path_factory.mktemp("hostile") / "pages"
    root.mkdir()
    for case in CASES:
        (root / case.name).write_bytes(case.content)
    (root / "d30-broken.md").symlink_to(root / "nowhere")
    (root / "d30-environment.md").symlink_to("/proc/self/environ")
    (root / "d30-leaving.md").symlink_to("/etc/passwd")
    (root / "d30-zero.md").symlink_to("/dev/zero")
    os.mkfifo(root / "d30-pipe.md")
    asked: list[object] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket.socket, "connect", lambda *address: asked.append(address))
        patched.setattr(socket, "getaddrinfo", lambda *address: asked.append(address))
        report = run_ingest(root, root.parent / "index")
    yield Ingested(report, Index.open(root.parent / "index"), asked)
    parser_process(DEFAULT_LIMITS).close()


@pytest.mark.parametrize("case", CASES, ids=[f"{case.matrix_id} {case.name[:40]}" for case in CASES])
def test_a_file_has_its_outcome(ingested: Ingested, case: Case) -> None:
    found = ingested.found(case.name)
    assert case.outcome in found or (case.outcome == INDEXED and found == {"low_text"})


@pytest.mark.parametrize(("name", "reason"), ODD_FILES.items())
def test_what_is_no_file_has_its_reason(ingested: Ingested, name: str, reason: str) -> None:
    assert ingested.found(name) == {reason}


def test_every_file_is_listed_exactly_once(ingested: Ingested) -> None:
    expected = Counter([*(shown(case.name) for case in CASES), *ODD_FILES])
    assert Counter(file.path for file in ingested.report.files) == expected


def test_nothing_that_a_document_names_was_fetched(ingested: Ingested) -> None:
    assert ingested.asked_the_network == []


def test_no_passage_is_longer_than_the_encoder_reads_and_each_is_a_slice(ingested: Ingested) -> None:
    index = ingested.index
    for document in index.documents:
        text = index.reading_text(document.document_id)
        for passage in index.passages_of(document.document_id):
            assert text[passage.start_char : passage.end_char] == passage.text
            assert passage.tokens <= IDENTITY.max_tokens


def test_no_detail_holds_more_of_a_file_than_forty_characters(ingested: Ingested) -> None:
    details = [file.detail or "" for file in ingested.report.files] + [
        one.detail for one in ingested.report.warnings
    ]
    assert max(map(len, details)) < 250
    assert all(detail.isprintable() for detail in details)


def test_the_same_files_again_change_nothing(tmp_path: Path) -> None:
    bad = [case for case in CASES if case.outcome not in (INDEXED, "too_large") and len(case.content) < 100_000]
    root = tmp_path / "pages"
    write_collection(root)
    for case in bad:
        (root / case.name).write_bytes(case.content)
    first = run_ingest(root, tmp_path / "index")
    second = run_ingest(root, tmp_path / "index")
    assert (second.published, second.generation) == (False, first.generation)
    assert [(f.path, f.reason) for f in first.files] == [(f.path, f.reason) for f in second.files]


def test_a_collection_of_hostile_files_alone_is_never_published(tmp_path: Path) -> None:
    root = tmp_path / "pages"
    root.mkdir()
    (root / "empty.md").touch()
    (root / "no.pdf").write_bytes(b"no")
    with pytest.raises(IngestRefused, match="no document could be read"):
        run_ingest(root, tmp_path / "index")


def test_a_tree_of_a_thousand_folders_is_walked(tmp_path: Path) -> None:
    root = tmp_path / "pages"
    write_collection(root)
    deep = root
    for _ in range(1_000):
        deep = deep / "d"
        deep.mkdir()
    page = deep / "page.md"
    page.write_text("# Deep\n\nA page far down.\n", encoding="utf-8")
    try:
        report = run_ingest(root, tmp_path / "index")
    finally:
        # pytest would remove the tree by recursion, in a later run, and fail there.
        page.unlink()
        for folder in (deep, *deep.parents[: 1_000 - 1]):
            folder.rmdir()
    assert report.counts()["added"] == 3
    assert not (root / "d").exists()


@pytest.mark.parametrize(("pages", "index"), [("pages", "pages/index"), ("data/pages", "data"), ("x", "x")])
def test_an_index_in_its_collection_is_refused(tmp_path: Path, pages: str, index: str) -> None:
    (tmp_path / pages).mkdir(parents=True)
    with pytest.raises(ValueError, match="lie one in the other"):
        refuse_overlap([tmp_path / pages], tmp_path / index)
    refuse_overlap([tmp_path / pages], tmp_path / "elsewhere")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_web_page_with_a_byte_order_mark_keeps_its_title(encoding: str) -> None:
    content = html("A page as some editors save it.").decode().encode(encoding)
    assert read_text(content, "0" * 64, source_type=SourceType.HTML, stem="x").metadata.title == "Page"


def test_a_title_that_nobody_can_see_is_none() -> None:
    content = front('title: "\\u200b\\u00ad"')
    assert read_text(content, "0" * 64, source_type=SourceType.MARKDOWN, stem="x").metadata.title == "Page"
