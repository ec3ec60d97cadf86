"""The command `footnoted lint`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.commands.given_paths import paths_argument
from ingest.commands.shared_options import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from ingest.lint import Finding, LintReport

EXIT_FAULTS = 1
SHOWN = 20
"""Findings shown of each code, and files of each finding; `--json` names all."""


@click.command(epilog="Exit codes: 0 no fault, 1 there are faults, 2 usage. Notes alone are no fault.")
@paths_argument
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object.")
def command(paths: tuple[Path, ...], as_json: bool) -> None:
    """Say what is wrong with the files below PATH..., without ingesting them.

    Faults: files that ingest skips, front matter that is malformed, reviews that are overdue, titles that look
    like scrape errors, audiences that the page itself contradicts, files with the same words. Notes: metadata
    that is missing, equal titles, reviews due within 30 days, files of other types.

    \b
    Examples:
      footnoted lint corpus/
      footnoted lint pages/ leaflets/ --json
    """
    from datetime import UTC, datetime

    from rich.console import Console

    from ingest.files import find_files
    from ingest.lint import lint
    from ingest.progress import Progress

    try:
        found = find_files(paths)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with Progress(Console(stderr=True)) as progress:
        report = lint(found, today=datetime.now(UTC).date(), progress=progress)
    if as_json:
        print_json(report.as_json())
    else:
        _print(report)
    sys.exit(EXIT_FAULTS if report.has_faults() else 0)


def _print(report: "LintReport") -> None:
    from itertools import groupby

    from rich.console import Console
    from rich.text import Text

    from ingest.commands.report_text import counted
    from ingest.lint import Severity

    console = Console()
    styles = {Severity.FAULT: "bold red", Severity.NOTE: "yellow"}
    for (severity, code), group in groupby(report.findings, key=lambda one: (one.severity, one.code)):
        findings = list(group)
        console.print(Text(f"{severity}  {code}  ({len(findings):,})", styles[severity]))
        if console.is_terminal:
            console.print(_table(findings[:SHOWN]))
        else:  # what reads a pipe wants each finding on a line of its own
            for one in findings[:SHOWN]:
                click.echo(f"  {', '.join(_named(one))}: {one.detail}")
        if len(findings) > SHOWN:
            console.print(Text(f"  ... and {len(findings) - SHOWN:,} more (--json names them all)", "dim"))
    faults = sum(finding.severity is Severity.FAULT for finding in report.findings)
    found = f"{counted(faults, 'fault')}, {counted(len(report.findings) - faults, 'note')}"
    console.print(Text(f"{counted(report.documents, 'document')} read on {report.today}: {found}"))


def _table(findings: "Sequence[Finding]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 2))
    table.add_column(overflow="fold", ratio=1)
    table.add_column(overflow="fold", ratio=1)
    said: dict[str, list[str]] = {}  # what is said of many files stands once
    for one in findings:
        said.setdefault(one.detail, []).append("\n".join(_named(one)))
    for detail, places in said.items():
        table.add_row(Text("\n".join(places)), Text(detail))
    return table


def _named(one: "Finding") -> list[str]:
    """The files of a finding, the first of them where they are many."""
    line = "" if one.line is None else f":{one.line}"
    behind = len(one.paths) - SHOWN
    return [f"{path}{line}" for path in one.paths[:SHOWN]] + ([f"and {behind:,} more files"] if behind > 0 else [])
