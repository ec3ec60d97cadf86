"""The command `footnoted ingest`."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.commands.given_paths import paths_argument
from ingest.commands.shared_options import index_option, print_json

if TYPE_CHECKING:
    from ingest.report import Report

EXIT_FAILED, EXIT_REFUSED = 1, 3
_SERVED_ON = "what was served before is served on"
_ARITHMETICS = ("int8", "bfloat16", "float32", "torch-float32")


@click.command(
    epilog="Exit codes: 0 done, 1 told to stop, or --strict and a file was skipped, 2 usage, 3 refused (locked, "
    "shrunk, nothing to publish, disk full); in every case but 0 what was served before is served on."
)
@paths_argument
@index_option("Where the index lies; made when missing.")
@click.option(
    "--model", default="all-MiniLM-L6-v2", show_default=True, envvar="FOOTNOTED_MODEL", show_envvar=True,
    help="Sentence model: the bundled one, a folder, or a name of the model hub.",
)  # fmt: skip
@click.option(
    "--arithmetic", type=click.Choice(_ARITHMETICS), default=None,
    help="How the model is computed; the fastest that this processor has, unless given.",
)  # fmt: skip
@click.option(
    "--chunk-size", type=click.IntRange(50, 10_000), default=None, envvar="FOOTNOTED_CHUNK_SIZE",
    show_envvar=True, help="Aim for a passage, in characters. [default: 1000]",
)  # fmt: skip
@click.option(
    "--parse-timeout", type=click.FloatRange(1, 3_600), default=30.0, show_default=True, metavar="SECONDS",
    envvar="FOOTNOTED_PARSE_TIMEOUT", show_envvar=True,
    help="Most time for reading one HTML, PDF, Word or large file.",
)  # fmt: skip
@click.option(
    "--parse-memory", type=click.IntRange(64, 65_536), default=512, show_default=True, metavar="MB",
    envvar="FOOTNOTED_PARSE_MEMORY", show_envvar=True, help="Most memory for reading one such file.",
)  # fmt: skip
@click.option(
    "--early/--no-early", default=True, show_default=True,
    help="Where nothing complete is served and 5,000 passages or more are to be embedded, publish what can be "
    "searched by words first, so that questions can be asked meanwhile.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Publish even if the collection shrinks by more than 20 %.")
@click.option("--rebuild", is_flag=True, help="Take nothing over from the present generation; embed everything.")
@click.option("--dry-run", is_flag=True, help="Read and report, but embed nothing and publish nothing.")
@click.option("--strict", is_flag=True, help="Exit with 1 when a file had to be skipped for a fault of its own.")
@click.option("--watch", is_flag=True, help="Go on: ingest again after every change, until Ctrl+C.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def command(
    paths: tuple[Path, ...],
    index_dir: Path,
    model: str,
    arithmetic: str | None,
    chunk_size: int | None,
    parse_timeout: float,
    parse_memory: int,
    early: bool,
    force: bool,
    rebuild: bool,
    dry_run: bool,
    strict: bool,
    watch: bool,
    as_json: bool,
) -> None:
    """Make the index hold exactly the documents below PATH...

    Folders are walked; Markdown (.md), plain text (.txt), HTML, PDF and Word (.docx) are read, everything else is
    listed as skipped. Files that did not change are taken over, passages that were embedded before are not
    embedded again, and a file that is gone is gone from the answers. Readers see the old index until the new one
    is complete; the first ingest of a large collection can be searched by words before. An interrupted run is
    safe: the same command goes on where it stopped.

    \b
    Examples:
      footnoted ingest corpus/
      footnoted ingest pages/ leaflets/ --index /srv/index --json
      footnoted ingest pages/ --dry-run
      footnoted ingest pages/ --watch
    """
    from datetime import UTC, datetime
    from functools import partial
    from itertools import count

    from rich.console import Console

    from ingest.commands.report_text import advice, next_step, print_report
    from ingest.commands.stopping import told_to_stop
    from ingest.files import FoundFiles, find_files, refuse_overlap
    from ingest.prepare_encoder import prepare_encoder
    from ingest.processes.parser_process import ParseLimits
    from ingest.progress import Progress
    from ingest.run import EARLY_FROM, IngestOptions, ingest
    from ingest.split import DEFAULT_CHUNK_SIZE

    if watch and (dry_run or rebuild or strict):
        raise click.UsageError("--watch goes on and on: give it without --dry-run, --rebuild and --strict")
    console = Console(stderr=True)
    options = IngestOptions(
        chunk_size=chunk_size or DEFAULT_CHUNK_SIZE,
        force=force,
        dry_run=dry_run,
        rebuild=rebuild,
        early_from=EARLY_FROM if early else None,
        limits=ParseLimits(seconds=parse_timeout, memory_mb=parse_memory),
    )
    click.get_current_context().with_resource(told_to_stop())
    with _refusals():
        refuse_overlap(paths, index_dir)
        found = find_files(paths)
        with Progress(console, quiet=watch and as_json) as progress:
            encoder = prepare_encoder(
                model, arithmetic, index_dir=None if dry_run else index_dir, say=progress.say
            )

        def run(found: FoundFiles, *, quiet: bool) -> "Report":
            with Progress(console, quiet=quiet) as progress:
                now = partial(datetime.now, UTC)
                return ingest(
                    found, index_dir=index_dir, encoder=encoder, options=options, now=now, progress=progress
                )

        if watch:
            rounds = count()

            def again() -> "Report":
                # The first round may be long, so its progress is shown; the later ones are a line each.
                return run(find_files(paths), quiet=as_json or next(rounds) > 0)

            _watch(paths, index_dir, again, as_json=as_json)
            return
        report = run(found, quiet=False)
    if as_json:
        print_json(report.as_json())
    else:
        print_report(report, Console())
        for line in (advice(report, index_dir), next_step(report, index_dir)):
            if line is not None:
                click.echo(line, err=True)
    if strict and report.has_faults():
        sys.exit(EXIT_FAILED)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turns what stops an ingest into a line on stderr and the exit code that it stands for."""
    from ingest.errors import IngestRefused
    from retriever.errors import FootnotedError

    try:
        yield
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    except IngestRefused as refused:
        for file in refused.files:
            click.echo(f"{file.outcome}  {file.path}  {file.reason or ''}  {file.detail or ''}".rstrip(), err=True)
        _refuse(str(refused))
    except FootnotedError as error:
        _refuse(str(error))
    except MemoryError:
        _refuse(
            "there is not enough memory for this collection; end other programs or let this one have more, and "
            f"run the same command again; {_SERVED_ON}"
        )
    except OSError as error:
        where = "" if error.filename is None else f" ({error.filename!r})"
        _refuse(
            f"the system refused: {error.strerror}{where}; mend that and run the same command again; {_SERVED_ON}"
        )
    except KeyboardInterrupt:
        click.echo("interrupted; what was served is served on, and the same command goes on from here", err=True)
        sys.exit(EXIT_FAILED)


def _watch(paths: tuple[Path, ...], index_dir: Path, run: "Callable[[], Report]", *, as_json: bool) -> None:
    """Ingests again and again until Ctrl+C or SIGTERM, which are the way to end it and no failure."""
    from ingest.commands.watch import changes_below, keep_ingesting, round_line

    def tell(report: "Report") -> None:
        if as_json:
            print_json(report.as_json())
        else:
            click.echo(round_line(report))

    # A process that was started in the background ignores Ctrl+C's signal unless it says otherwise.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    click.echo("watching; stop with Ctrl+C", err=True)
    try:
        changes = changes_below(paths, index_dir=index_dir)
        keep_ingesting(changes, run=run, tell=tell, complain=lambda line: click.echo(line, err=True))
    except KeyboardInterrupt:
        click.echo("stopped; what was published last is served on", err=True)


def _refuse(message: str) -> None:
    click.echo(f"refused: {message}", err=True)
    sys.exit(EXIT_REFUSED)
