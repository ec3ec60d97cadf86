"""The parser process: a file that costs too much, or breaks the parser, is skipped, and the next one is read."""

import os
import signal
import subprocess
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import DocumentSkipped, ParserUnavailable, SkipReason
from ingest.processes.parser_process import DEFAULT_LIMITS, ParseLimits, ParserProcess, parser_process
from ingest.processes.read import LARGE_TEXT_BYTES, read_document
from ingest.reading.read_text import ReadDocument, read_text
from ingest.reading.source_type import SourceType
from retriever.index import Index
from tests.collections_on_disk import run_ingest, write_collection
from tests.pdf_files import ENCRYPTION, LEAFLET, file_of, make_pdf
from tests.waiting import PATIENCE_S

PAGE = b"<h1>Falls</h1><p>Good light prevents falls.</p>"


@pytest.fixture
def parser() -> Iterator[ParserProcess]:
    """A parser process with room for small files only."""
    process = ParserProcess(ParseLimits(seconds=PATIENCE_S, memory_mb=100))
    yield process
    process.close()


def read(parser: ParserProcess, content: bytes, source_type: SourceType = SourceType.HTML) -> ReadDocument:
    return parser.read(content, "0" * 64, source_type=source_type, stem="page")


def reason(parser: ParserProcess, content: bytes, source_type: SourceType = SourceType.HTML) -> SkipReason:
    with pytest.raises(DocumentSkipped) as caught:
        read(parser, content, source_type)
    return caught.value.reason


@pytest.mark.parametrize(
    ("content", "source_type"),
    [
        (PAGE, SourceType.HTML),
        (LEAFLET, SourceType.PDF),
        (
            b"---\ntitle: T\nlastReviewed: 2025-01-02\nkey: {a: [b]}\n---\n# H\n\n[a](b) text\n",
            SourceType.MARKDOWN,
        ),
    ],
)
def test_it_says_the_same_as_reading_here(parser: ParserProcess, content: bytes, source_type: SourceType) -> None:
    here = read_text(content, "0" * 64, source_type=source_type, stem="page")
    assert read(parser, content, source_type) == here


def test_the_reason_of_a_skipped_file_comes_through(parser: ParserProcess) -> None:
    assert reason(parser, b"%PDF-1.7 no more", SourceType.PDF) is SkipReason.PDF_DAMAGED


def test_a_file_that_takes_too_much_memory_is_skipped_and_the_next_one_is_read(parser: ParserProcess) -> None:
    # A library in C that gets no memory may break off before anybody can tell why.
    limits = {SkipReason.PARSE_LIMIT, SkipReason.PARSE_FAILED}
    assert reason(parser, b"<p>" + b"<b>x</b>" * 300_000) in limits
    assert read(parser, PAGE).metadata.title == "Falls"


def test_a_pdf_whose_page_unpacks_to_more_than_the_memory_is_over_the_limit(parser: ParserProcess) -> None:
    packed = zlib.compress(zlib.compress(bytes(100_000_000), 1))
    contents = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (
        len(packed),
        packed,
    )
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"
    tree = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    assert reason(parser, file_of([*tree, page, contents]), SourceType.PDF) is SkipReason.PDF_LIMIT
    assert read(parser, LEAFLET, SourceType.PDF).metadata.title


def test_a_file_that_takes_too_long_is_skipped_and_the_next_one_is_read(
    parser: ParserProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = parser._started

    def stopped() -> subprocess.Popen[bytes]:
        process = started()
        os.kill(process.pid, signal.SIGSTOP)  # it gets the file and never says a word of it
        return process

    with monkeypatch.context() as patched:
        patched.setattr(parser, "_started", stopped)
        patched.setattr(parser, "_limits", ParseLimits(seconds=0.3, memory_mb=100))
        with pytest.raises(DocumentSkipped, match=r"more than 0\.3 s") as caught:
            read(parser, PAGE)
    assert caught.value.reason is SkipReason.PARSE_LIMIT
    assert read(parser, PAGE).metadata.title == "Falls"


def test_a_process_that_was_killed_is_started_again(parser: ParserProcess) -> None:
    read(parser, PAGE)
    child = parser._process
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    assert read(parser, PAGE).metadata.title == "Falls"


def test_a_process_that_dies_over_a_file_is_a_reason_to_skip_it(
    parser: ParserProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = parser._started

    def dying() -> subprocess.Popen[bytes]:
        process = started()
        process.kill()
        process.wait()
        return process

    monkeypatch.setattr(parser, "_started", dying)
    assert reason(parser, PAGE) is SkipReason.PARSE_FAILED


def test_what_becomes_of_a_file_does_not_depend_on_the_files_before_it(parser: ParserProcess) -> None:
    heavy = b"<p>" + b"<b>x</b>" * 20_000
    alone = read(parser, heavy)
    assert read(parser, heavy) == alone
    assert reason(parser, make_pdf([[]], trailer=ENCRYPTION), SourceType.PDF) is SkipReason.PDF_ENCRYPTED
    assert reason(parser, make_pdf([]), SourceType.PDF) is SkipReason.PDF_DAMAGED
    assert read(parser, heavy) == alone


def test_the_process_gets_no_environment_and_no_open_file_of_this_one(
    parser: ParserProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTED_API_KEYS", "a secret")
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        read(parser, PAGE)
        child = parser._process
        assert child is not None
        environment = Path(f"/proc/{child.pid}/environ")
        if not environment.exists():
            pytest.skip("this system has no /proc")
        assert b"secret" not in environment.read_bytes()
        opened = {str(path.readlink()) for path in Path(f"/proc/{child.pid}/fd").iterdir()}
        assert not any(str(tmp_path) in name for name in opened)


def test_threads_take_turns(parser: ParserProcess) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(read(parser, b"<h1>%d</h1><p>x</p>" % n).metadata.title))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [str(number) for number in range(8)]


def test_a_process_that_cannot_be_started_stops_the_run(
    parser: ParserProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    with pytest.raises(ParserUnavailable, match="footnoted doctor"):
        read(parser, PAGE)


def test_there_is_one_process_for_one_set_of_limits() -> None:
    assert parser_process(ParseLimits(seconds=7)) is parser_process(ParseLimits(seconds=7))
    assert parser_process(ParseLimits(seconds=7)) is not parser_process(ParseLimits(seconds=8))


def test_an_ingest_reads_html_and_pdf_beside_text_and_one_bad_file_hinders_none(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages")
    (root / "page.html").write_bytes(PAGE)
    (root / "leaflet.PDF").write_bytes(LEAFLET)
    (root / "deep.htm").write_bytes(b"<div>" * 100_000)
    (root / "no.pdf").write_bytes(b"no pdf at all")
    (root / "large.txt").write_bytes(b"Good light prevents falls.\n" * (LARGE_TEXT_BYTES // 27 + 1))
    report = run_ingest(root, tmp_path / "index")
    parser_process(DEFAULT_LIMITS).close()
    assert {file.path: file.reason for file in report.files if file.reason} == {
        "deep.htm": "parse_limit",
        "no.pdf": "wrong_type",
    }
    index = Index.open(tmp_path / "index")
    assert len(index.documents) == 5
    (leaflet,) = [document for document in index.documents if document.source_path == "leaflet.PDF"]
    pages = [leaflet.page_of(passage.start_char) for passage in index.passages_of(leaflet.document_id)]
    assert pages == sorted(page for page in pages if page is not None)
    assert set(pages) == {1, 2}


def test_small_text_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest.files import find_files

    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    root = write_collection(tmp_path)
    assert [read_document(candidate).metadata.title for candidate in find_files([root]).candidates]
