"""What an ingest says at its end, beside what happened to each file."""

import io
from pathlib import Path

from rich.console import Console

from ingest.commands.report_text import WORTH_CALIBRATING, advice, next_step, print_report
from ingest.report import FileReport, Outcome, Report


def report(*, passages: int, published: bool = True, files: tuple[FileReport, ...] = ()) -> Report:
    return Report(
        generation="gen-000001",
        published=published,
        early=None,
        files=files,
        warnings=(),
        passages_total=passages,
        passages_embedded=passages,
        passages_reused=0,
        seconds=1.0,
        peak_rss_mb=100.0,
        stages=(),
    )


def test_a_large_collection_without_a_calibration_is_told_how_to_get_one(tmp_path: Path) -> None:
    told = advice(report(passages=WORTH_CALIBRATING), tmp_path)
    assert told is not None
    assert f"footnoted eval calibrate QUESTIONS --index {tmp_path}" in told


def test_a_small_or_calibrated_or_unchanged_collection_is_told_nothing(tmp_path: Path) -> None:
    assert advice(report(passages=WORTH_CALIBRATING - 1), tmp_path) is None
    assert advice(report(passages=WORTH_CALIBRATING, published=False), tmp_path) is None
    (tmp_path / "calibration.json").write_text("{}")
    assert advice(report(passages=WORTH_CALIBRATING), tmp_path) is None


def test_who_reads_a_collection_for_the_first_time_is_told_how_to_ask_it(tmp_path: Path) -> None:
    first = FileReport("a.md", Outcome.ADDED)
    assert next_step(report(passages=1, files=(first,)), Path("index")) == (
        'next: footnoted ask "your question", or footnoted serve for the page'
    )
    told = next_step(report(passages=1, files=(first,)), tmp_path / "my index")
    assert told is not None
    assert f"footnoted serve --index '{tmp_path}/my index'" in told
    again = FileReport("b.md", Outcome.UNCHANGED)
    assert next_step(report(passages=1, files=(first, again)), tmp_path) is None
    assert next_step(report(passages=1, published=False, files=(first,)), tmp_path) is None


def test_files_at_fault_are_all_named_and_of_pictures_some() -> None:
    pictures = [FileReport(f"{n}.png", Outcome.SKIPPED, "unsupported_type", ".png") for n in range(30)]
    damaged = [FileReport(f"{n}.pdf", Outcome.SKIPPED, "pdf_damaged", "it is damaged") for n in range(30)]
    said = io.StringIO()
    print_report(report(passages=1, files=(*pictures, *damaged)), Console(file=said, width=80))
    assert (said.getvalue().count(".pdf"), said.getvalue().count("unsupported_type")) == (30, 20)
    assert "60 skipped" in said.getvalue()
    assert "... and 10 more (--json names them all)" in said.getvalue()
