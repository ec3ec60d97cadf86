"""`footnoted eval links`: answers of a running service, every quote and every deep link checked."""

import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import click

from api.commands.shared_options import json_option
from eval.refusal_exit import refusing


@click.command(short_help="Quotes and deep links of a running service.")
@click.argument("dataset_path", metavar="DATASET", type=click.Path(exists=True, path_type=Path))
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The service that is asked.")
@click.option("--key", envvar="FOOTNOTED_API_KEY", show_envvar=True, help="The key of a service that wants one.")
@click.option("--questions", type=click.IntRange(1), default=500, show_default=True, help="At most this many.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Draws the questions.")
@click.option(
    "--corpus",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that was ingested: copies of pages are made from its files, not from the reading texts.",
)
@click.option("--frame", "is_framed", is_flag=True, help="Show copies as a site does, with a table of contents.")
@click.option("--chromium", "executable", default="/usr/bin/chromium", show_default=True)
@click.option("--no-browser", is_flag=True, help="Check the quotes only.")
@json_option
def links(
    dataset_path: Path,
    url: str,
    key: str | None,
    questions: int,
    seed: int,
    corpus: Path | None,
    is_framed: bool,
    executable: str,
    no_browser: bool,
    as_json: bool,
) -> None:
    """Ask a running service and check its answers: quotes against their pages, deep links in a browser.

    Exit code 1 where a quote differs from its span or a browser does not find what a link points at.
    """

    from eval.datasets.read_dataset import read_dataset, sample
    from eval.links.check import check_links
    from eval.question_progress import asking
    from eval.report.console import print_json
    from eval.systems.service import ServiceClient

    with refusing():
        asked = sample(read_dataset(dataset_path), draw=questions, seed=seed).questions
        service = ServiceClient(url, key=key)
        with asking(len(asked)) as advance:
            tick = _told(advance, len(asked))
            found = check_links(
                asked,
                service,
                corpus=corpus,
                executable=None if no_browser else executable,
                tick=tick,
                is_framed=is_framed,
            )
    summary = found.summary()
    if as_json:
        print_json(summary)
    else:
        for name, value in summary.items():
            if not isinstance(value, dict | list):
                click.echo(f"{name.replace('_', ' '):24}{value:>8,}")
        for kind, count in {**summary["landings"], **summary["faults"]}.items():
            click.echo(f"  {kind.replace('_', ' '):44}{count:>8,}")
        for what in ("quotes_marked", "passages_marked"):
            for extent, count in summary[what].items():
                click.echo(f"  {f'{what} {extent}'.replace('_', ' '):44}{count:>8,}")
        for one in summary["examples"]:
            where = f"{one['kind']}: {one['question']} {one['document']} {one['start_char']}-{one['end_char']}"
            click.echo(f"{where}; {one['why']}" if one["why"] else where, err=True)
    sys.exit(1 if found.faults else 0)


def _told(advance: Callable[[], None], questions: int) -> Callable[[], None]:
    """What counts the questions, and writes a line after each tenth of them where stderr is a file."""
    asked = count(1)

    def tick() -> None:
        advance()
        done = next(asked)
        if not sys.stderr.isatty() and (done % max(1, questions // 10) == 0):
            click.echo(f"{done:,} of {questions:,} questions", err=True)

    return tick
