"""Reading ahead: a second process reads what this one would have read, and its end changes nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from ingest.errors import DocumentSkipped, SkipReason
from ingest.files import Candidate, find_files
from ingest.processes.child_process import framed
from ingest.processes.parser_process import ParseLimits
from ingest.processes.read_ahead import ALONE, ReadAhead, ReadFile
from retriever.index import Index
from tests.collections_on_disk import run_ingest, write_collection

LIMITS = ParseLimits(seconds=20, memory_mb=200)


@pytest.fixture
def candidates(tmp_path: Path) -> list[Candidate]:
    """Text, a web page, two files that are skipped, and a name that is no UTF-8, in the order of an ingest."""
    root = write_collection(tmp_path / "pages")
    write_collection(root, {f"{n}.md": f"# Page {n}\n\nGood light [prevents](x) falls." for n in range(6)})
    write_collection(root, {"page.html": "<h1>Falls</h1><p>Good light prevents falls.</p>", "blank.md": " \n"})
    (root / "no-text.txt").write_bytes(b"\xff\xfe\xfa")
    (root / "caf\udce9.md").write_bytes(b"# Coffee\n\nIt keeps people awake.")
    found = find_files([root]).candidates
    return sorted(found, key=lambda candidate: candidate.document_id)


def nothing_known(_: Candidate) -> None:
    """As in a first ingest."""


def read_all(ahead: ReadAhead, candidates: list[Candidate]) -> list[ReadFile | SkipReason]:
    read: list[ReadFile | SkipReason] = []
    for _ in candidates:
        try:
            read.append(ahead.read())
        except DocumentSkipped as skipped:
            read.append(skipped.reason)
    return read


def read_with(candidates: list[Candidate], *, alone: int) -> list[ReadFile | SkipReason]:
    with ReadAhead(candidates, known_sha256=nothing_known, limits=LIMITS, alone=alone) as ahead:
        return read_all(ahead, candidates)


def process_of(ahead: ReadAhead) -> subprocess.Popen[bytes]:
    process = ahead._process
    assert process is not None
    return process


def test_two_processes_read_what_one_reads(candidates: list[Candidate]) -> None:
    assert read_with(candidates, alone=1) == read_with(candidates, alone=len(candidates))


def test_one_bad_file_hinders_no_other(candidates: list[Candidate]) -> None:
    read = read_with(candidates, alone=0)
    skipped = [reason for reason in read if isinstance(reason, SkipReason)]
    assert sorted(skipped) == [SkipReason.EMPTY, SkipReason.ENCODING_INVALID]
    assert len(read) - len(skipped) == len(candidates) - 2


def test_a_file_that_is_known_is_not_read_by_either_process(candidates: list[Candidate]) -> None:
    first = read_with(candidates, alone=len(candidates))
    known = {
        candidate.document_id: found.sha256
        for candidate, found in zip(candidates, first, strict=True)
        if isinstance(found, ReadFile)
    }
    changed = candidates[0]
    changed.path.write_text("# Another\n\nNobody knows it yet.", encoding="utf-8")
    for alone in (0, len(candidates)):
        with ReadAhead(
            candidates, known_sha256=lambda one: known.get(one.document_id), limits=LIMITS, alone=alone
        ) as ahead:
            read = [found for found in read_all(ahead, candidates) if isinstance(found, ReadFile)]
        assert [found.document is None for found in read] == [False] + [True] * (len(read) - 1)


@pytest.mark.parametrize(
    "says",
    [
        b"",
        framed(b""),
        framed(b"") + framed(b"no answer") + b"no answer",
        framed(b"") + (1 << 62).to_bytes(8, "big"),
        framed(b"") + framed(b"half of it") + b"half",
    ],
    ids=["nothing", "ready, and no more", "what is no answer", "too much", "half an answer"],
)
def test_where_the_other_process_breaks_off_this_one_reads_on(
    candidates: list[Candidate], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: bytes
) -> None:
    expected = read_with(candidates, alone=len(candidates))
    broken = tmp_path / "broken-python"
    broken.write_text(f"#!{sys.executable} -S\nimport os\nos.write(1, {says!r})\n", encoding="utf-8")
    broken.chmod(0o755)
    # The parser process is started with this Python as well, so a web page would be skipped for another reason.
    texts = [place for place, candidate in enumerate(candidates) if candidate.path.suffix != ".html"]
    monkeypatch.setattr("sys.executable", str(broken))
    assert read_with([candidates[place] for place in texts], alone=0) == [expected[place] for place in texts]


def test_where_no_process_can_be_started_this_one_reads_on(
    candidates: list[Candidate], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    texts = [candidate for candidate in candidates if candidate.path.suffix != ".html"]
    assert len([one for one in read_with(texts, alone=0) if isinstance(one, ReadFile)]) == len(texts) - 2


def test_a_process_that_is_killed_leaves_the_rest_to_this_one(candidates: list[Candidate]) -> None:
    expected = read_with(candidates, alone=len(candidates))
    with ReadAhead(candidates, known_sha256=nothing_known, limits=LIMITS, alone=1) as ahead:
        first = read_all(ahead, candidates[:3])
        process_of(ahead).kill()
        assert [*first, *read_all(ahead, candidates[3:])] == expected


def test_who_stops_early_leaves_no_process_behind(candidates: list[Candidate]) -> None:
    with ReadAhead(candidates, known_sha256=nothing_known, limits=LIMITS, alone=0) as ahead:
        ahead.read()
        process = process_of(ahead)
    assert process.returncode is not None


def test_few_files_are_read_without_another_process(candidates: list[Candidate]) -> None:
    assert len(candidates) < ALONE
    with ReadAhead(candidates, known_sha256=nothing_known, limits=LIMITS) as ahead:
        read_all(ahead, candidates)
        assert ahead._process is None


def test_an_ingest_of_many_files_publishes_what_one_process_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {f"{n}.md": f"# Page {n}\n\nThe bone of page {n} is thin.\n" for n in range(ALONE + 9)}
    root = write_collection(tmp_path / "pages", pages | {"blank.md": "\n", "zz/last.md": "# Last\n\nThe end."})
    together = run_ingest(root, tmp_path / "together")
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    alone = run_ingest(root, tmp_path / "alone")
    assert together.files == alone.files
    manifests = [Index.open(tmp_path / name).manifest for name in ("together", "alone")]
    assert manifests[0].files == manifests[1].files
