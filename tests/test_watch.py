"""`footnoted ingest --watch`: every change is published, no fault ends it, Ctrl+C does."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest.commands.ingest import command as ingest_command
from ingest.commands.watch import RETRY_AFTER_S, changes_below, keep_ingesting, round_line
from ingest.errors import IngestRefused
from ingest.report import Report
from retriever.errors import FootnotedError, IndexLocked
from tests.collections_on_disk import DENOSUMAB, run_ingest, write_collection
from tests.waiting import PATIENCE_S

CHECKOUT = Path(__file__).parent.parent
BROKEN = "---\ntitle: [\n---\n\nWords.\n"


class Runs:
    """Ingests of one collection on the disk; remembers what was told."""

    def __init__(self, root: Path, index_dir: Path) -> None:
        self.root, self.index_dir = root, index_dir
        self.told: list[Report] = []
        self.complaints: list[str] = []
        self.failures: list[FootnotedError] = []
        self.count = 0
        self.now = 0.0

    def run(self) -> Report:
        self.count += 1
        if self.failures:
            raise self.failures.pop(0)
        return run_ingest(self.root, self.index_dir)

    def follow(self, changes: Iterator[bool]) -> None:
        keep_ingesting(
            changes, run=self.run, tell=self.told.append, complain=self.complaints.append, clock=lambda: self.now
        )


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(write_collection(tmp_path / "pages"), tmp_path / "index")


def test_it_ingests_at_once_and_then_only_after_a_change(runs: Runs) -> None:
    def changes() -> Iterator[bool]:
        yield False
        yield False
        (runs.root / "new.md").write_text("# New\n\nA new page about bones.\n")
        yield True
        yield False

    runs.follow(changes())
    assert runs.count == 2
    assert [report.generation for report in runs.told] == ["gen-000001", "gen-000002"]
    assert runs.told[1].counts()["added"] == 1
    assert runs.told[1].passages_embedded == 1
    assert round_line(runs.told[1]).startswith("published gen-000002: 1 added; 1 of ")


def test_a_change_that_changes_nothing_publishes_nothing(runs: Runs) -> None:
    runs.follow(iter([False, True, True]))
    assert (runs.count, len(runs.told)) == (3, 1)


def test_the_first_round_is_told_of_even_where_nothing_changed(runs: Runs) -> None:
    runs.run()
    runs.follow(iter([False, True]))
    assert [round_line(report) for report in runs.told] == ["nothing changed; gen-000001 is served"]


def test_a_broken_file_is_complained_of_once_and_the_watch_goes_on(runs: Runs) -> None:
    # Enough pages that the loss of one is no shrinking that is refused.
    write_collection(runs.root, {f"page-{number}.md": f"# {number}\n\nBones.\n" for number in range(8)})

    def changes() -> Iterator[bool]:
        yield False
        (runs.root / "broken.md").write_text(BROKEN)
        yield True
        yield True
        (runs.root / "broken.md").write_text(DENOSUMAB)
        yield True
        (runs.root / "broken.md").write_text(BROKEN)
        yield True

    runs.follow(changes())
    assert len(runs.complaints) == 2
    assert all("broken.md" in complaint and "yaml_invalid" in complaint for complaint in runs.complaints)
    assert runs.told[1].counts()["added"] == 1


def test_a_failed_ingest_is_tried_again_after_a_while_and_said_once(runs: Runs) -> None:
    locked = "another ingest is writing; wait for it"
    runs.failures = [IndexLocked(locked), IndexLocked(locked)]

    def changes() -> Iterator[bool]:
        yield False
        yield False
        runs.now += RETRY_AFTER_S
        yield False
        runs.now += RETRY_AFTER_S - 1
        yield False
        runs.now += 1
        yield False

    runs.follow(changes())
    assert runs.count == 3
    assert runs.complaints == [f"not published: {locked}"]
    assert len(runs.told) == 1


def test_a_collection_that_vanishes_is_refused_and_what_was_published_stays(runs: Runs) -> None:
    def changes() -> Iterator[bool]:
        yield False
        for path in runs.root.rglob("*.*"):
            path.unlink()
        yield True
        write_collection(runs.root)
        yield True

    runs.follow(changes())
    assert len(runs.told) == 1
    assert len(runs.complaints) == 1
    assert runs.complaints[0].startswith("not published: no document could be read")


def test_the_refusal_of_an_ingest_is_one_of_the_errors_that_are_survived() -> None:
    assert issubclass(IngestRefused, FootnotedError)


def next_change(changes: Iterator[bool], *, within_s: float = PATIENCE_S) -> bool:
    """Whether a change comes; it may take several values."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if next(changes):
            return True
    return False


def test_changes_on_the_disk_are_noticed_and_those_of_the_index_are_not(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages")
    changes = changes_below([root], index_dir=root / "index")
    assert next(changes) is False
    (root / "index").mkdir()
    (root / "index" / "CURRENT").write_text("gen-000001")
    assert not next_change(changes, within_s=2)
    (root / "denosumab.md").write_text(DENOSUMAB + "\nMore.\n")
    assert next_change(changes)


def test_a_folder_that_is_replaced_is_watched_again(tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages")
    changes = changes_below([root], index_dir=tmp_path / "index")
    assert next(changes) is False
    root.rename(tmp_path / "old")
    write_collection(root)
    assert next_change(changes)
    while next(changes):
        pass
    (root / "late.md").write_text("# Late\n\nWords.\n")
    assert next_change(changes)


@pytest.mark.parametrize("option", ["--dry-run", "--rebuild", "--strict"])
def test_what_makes_no_sense_while_watching_is_refused(tmp_path: Path, option: str) -> None:
    root = write_collection(tmp_path / "pages")
    outcome = CliRunner().invoke(ingest_command, [str(root), "--watch", option])
    assert outcome.exit_code == 2
    assert "--watch" in outcome.stderr


@pytest.mark.model
def test_the_command_prints_a_line_for_each_publication_and_ends_with_0(tmp_path: Path) -> None:
    root, index = write_collection(tmp_path / "pages"), tmp_path / "index"
    arguments = ["ingest", str(root), "--index", str(index), "--arithmetic", "float32", "--watch", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "footnoted", *arguments],
        cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    timer = threading.Timer(2 * PATIENCE_S, process.kill)
    timer.start()
    try:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        (root / "new.md").write_text("# New\n\nA new page about bones.\n")
        second = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate()
    finally:
        timer.cancel()
        process.kill()
    assert (first["documents"]["added"], second["documents"]["added"]) == (2, 1)
    assert second["passages"]["embedded"] == 1
    assert (process.returncode, rest) == (0, "")
    assert said.splitlines()[-1].startswith("stopped")
