"""What an ingest says at its end, beside what happened to each file."""

from pathlib import Path

from ingest.commands.report_text import WORTH_CALIBRATING, advice
from ingest.report import Report


def report(*, passages: int, published: bool = True) -> Report:
    return Report(
        generation="gen-000001",
        published=published,
        early=None,
        files=(),
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
