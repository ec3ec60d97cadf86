"""The report of an ingest for people."""

import shlex
from pathlib import Path

from rich.console import Console
from rich.text import Text

from ingest.report import NO_FAULT, FileReport, Outcome, Report

_SHOWN = 20
"""Names shown of each unremarkable outcome; files gone or at fault are all named, and `--json` names all."""

WORTH_CALIBRATING = 2_000
"""Passages from which on questions of one's own are worth collecting."""

_WORDS = {
    Outcome.ADDED: ("added", "green"),
    Outcome.CHANGED: ("changed", "yellow"),
    Outcome.METADATA_CHANGED: ("metadata changed", "yellow"),
    Outcome.UNCHANGED: ("unchanged", "dim"),
    Outcome.REMOVED: ("removed", "red"),
    Outcome.SKIPPED: ("skipped", "magenta"),
}
_FIRST = frozenset({Outcome.ADDED, Outcome.SKIPPED})


def print_report(report: Report, console: Console) -> None:
    """Prints every outcome with its files, the warnings, and what is served now."""
    for outcome, (word, style) in _WORDS.items():
        files = [file for file in report.files if file.outcome is outcome]
        if not files:
            continue
        console.print(Text.assemble((f"{len(files):,} {word}", f"bold {style}")))
        shown = [file for file in files if _is_notable(file)]
        shown += [file for file in files if not _is_notable(file)][:_SHOWN]
        for file in shown:
            reason = f"  {file.reason}: {file.detail}" if file.reason else ""
            console.print(Text(f"  {file.path}{reason}"), soft_wrap=True)
        if len(files) > len(shown):
            console.print(Text(f"  ... and {len(files) - len(shown):,} more (--json names them all)", "dim"))
    if report.warnings:
        console.print(Text(counted(len(report.warnings), "warning"), "bold yellow"))
        for one in report.warnings[:_SHOWN]:
            line = "" if one.line is None else f":{one.line}"
            console.print(Text(f"  {one.path}{line}  {one.code}: {one.detail}"), soft_wrap=True)
        if len(report.warnings) > _SHOWN:
            console.print(Text(f"  ... and {len(report.warnings) - _SHOWN:,} more (--json names them all)", "dim"))
    if report.published:
        console.print(Text(_stages(report), "dim"), soft_wrap=True)
    console.print(Text(_summary(report)), soft_wrap=True)


def _is_notable(file: FileReport) -> bool:
    is_fault = file.outcome is Outcome.SKIPPED and file.reason not in NO_FAULT
    return is_fault or file.outcome is Outcome.REMOVED


def advice(report: Report, index_dir: Path) -> str | None:
    """The next step for a large collection whose judgment of what can be answered is not its own."""
    if not report.published or report.passages_total < WORTH_CALIBRATING:
        return None
    # Loaded where it is asked for: what judges questions is no part of an ingest that changes nothing.
    from retriever.abstention.calibration import CALIBRATION_FILE

    if (index_dir / CALIBRATION_FILE).exists():
        return None
    return (
        "what can be answered is judged by the calibration that comes with the program; "
        "fit one to these pages on labelled questions of your own, some of which they do not answer: "
        f"footnoted eval calibrate QUESTIONS --index {index_dir}"
    )


def next_step(report: Report, index_dir: Path) -> str | None:
    """What to do with a collection that was read for the first time."""
    if not report.published or any(file.outcome not in _FIRST for file in report.files):
        return None
    where = "" if index_dir == Path("index") else f" --index {shlex.quote(str(index_dir))}"
    return f'next: footnoted ask "your question"{where}, or footnoted serve{where} for the page'


def _summary(report: Report) -> str:
    passages = (
        f"{counted(report.passages_total, 'passage')}, {report.passages_embedded:,} embedded, "
        f"{report.passages_reused:,} taken over; {report.seconds:,.1f} s, peak {report.peak_rss_mb:,.0f} MB"
    )
    if report.early is not None:
        passages += f"; by words it could be asked after {report.early.seconds:,.1f} s"
    if report.published:
        return f"published {report.generation}: {passages}"
    served = report.generation or "nothing"
    return f"nothing published, {served} is served: {passages}"


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural but for one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _stages(report: Report) -> str:
    """Where the time went, and of it the processor time, which all cores have together."""
    return ", ".join(f"{one.name} {one.seconds:,.1f} s (CPU {one.cpu_seconds:,.1f} s)" for one in report.stages)
