"""The commands `footnoted index list`, `rollback` and `prune`: see what is published, go back, make room."""

import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ingest.commands.backup import backup_command, restore_command
from ingest.commands.shared_options import (
    REFUSED,
    common_options,
    exit_status,
    open_as_a_server,
    print_json,
)
from retriever.errors import IndexRefused
from retriever.store.publish import KEEP
from retriever.store.store import GenerationInfo, GenerationState, IndexStore


@click.group()
def index_group() -> None:
    """See, go back to, and clear out the published versions of an index.

    Every ingest publishes a new generation, a directory such as gen-000042 that is never changed again. The file
    CURRENT names the one that is served. The last three are kept, so that going back is one command and takes
    no new ingest.

    \b
    footnoted index list                       # what there is, and what is served
    footnoted index rollback                   # serve the one before
    footnoted index rollback --to gen-000042   # serve this one
    footnoted index prune --keep 1             # keep only what is served
    footnoted index backup FILE                # copy what is served into one file
    footnoted index restore FILE               # serve what is in that file

    Exit codes: 0 done, 1 failed, 2 usage, 3 refused (locked by a writer, or altered on the disk).
    """


index_group.add_command(backup_command)
index_group.add_command(restore_command)


@index_group.command("list")
@common_options
@click.option(
    "--verify",
    is_flag=True,
    help="Read every file as a service would, and check its digest; slow on a large index.",
)
def list_command(index_dir: Path, as_json: bool, verify: bool) -> None:
    """Show the generations, newest first, and which one is served.

    A generation whose manifest or files are not what was published is shown as refused, with the reason, and
    the command ends with status 3. Without --verify the files' names and sizes are checked, not their bytes, nor
    whether this version of the program can read them. "words only" is what the first ingest of a large
    collection publishes while it makes the vectors.
    """
    with exit_status():
        store = IndexStore(index_dir)
        infos = store.generations(verify=verify, read=open_as_a_server if verify else None)
        current, problem = _current(store, infos)
    if as_json:
        print_json({"current": current, "problem": problem, "generations": [asdict(info) for info in infos]})
    elif infos:
        _print_table(infos)
    else:
        click.echo(f"Nothing is published in {index_dir}; run `footnoted ingest PATH --index {index_dir}`.")
    if problem is not None:
        click.echo(f"Error: {problem}", err=True)
    for info in infos:
        if info.reason is not None and info.reason != problem:
            click.echo(f"Refused: {info.reason}", err=True)
    if problem is not None or any(info.state is GenerationState.REFUSED for info in infos):
        sys.exit(REFUSED)


@index_group.command("rollback")
@common_options
@click.option(
    "--to", metavar="GENERATION", help="The generation to serve; without it, the one before the current."
)
def rollback_command(index_dir: Path, as_json: bool, to: str | None) -> None:
    """Serve an older generation (or, with --to, any).

    All its files are read and checked before anything changes; a damaged generation is refused and what was
    served stays. Nothing is deleted, so the way forward is the same command. A running server takes the change
    when it reloads its index; it needs no restart.
    """
    with exit_status():
        store = IndexStore(index_dir)
        try:
            before = store.current()
        except IndexRefused:  # a damaged pointer is what this command mends
            before = None
        now = store.rollback(to)
    if as_json:
        print_json({"before": before, "current": now})
    else:
        click.echo(f"{now} is served now (before: {before or 'none'}).")


@index_group.command("prune", short_help="Remove old generations, and what an ingest left behind.")
@common_options
@click.option(
    "--keep",
    default=KEEP,
    show_default=True,
    metavar="COUNT",
    type=click.IntRange(min=1),
    help="How many of the newest generations to keep.",
)
def prune_command(index_dir: Path, as_json: bool, keep: int) -> None:
    """Remove old generations, and what an interrupted ingest left behind.

    The generation that is served is never removed, however old it is.
    """
    with exit_status():
        removed = IndexStore(index_dir).prune(keep)
    if as_json:
        print_json({"removed": removed})
    elif removed:
        click.echo(f"Removed: {', '.join(removed)}.")
    else:
        click.echo("Nothing to remove.")


def _current(store: IndexStore, infos: list[GenerationInfo]) -> tuple[str | None, str | None]:
    """The generation that the pointer names, and what is wrong with the pointer or with that generation."""
    try:
        current = store.current()
    except IndexRefused as error:
        return None, str(error)
    for info in infos:
        if info.current:
            return current, info.reason
    if current is None:
        return None, None
    try:
        store.open()
    except IndexRefused as error:
        return current, str(error)
    return current, None


def _print_table(infos: list[GenerationInfo]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Generation", no_wrap=True)
    table.add_column("Served")
    table.add_column("Created (UTC)", no_wrap=True)
    for heading in ("Documents", "Passages", "Size"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("State", no_wrap=True)
    for info in infos:
        refused = info.state is GenerationState.REFUSED
        table.add_row(
            Text(info.name),
            Text("yes" if info.current else "", style="green"),
            Text((info.created or "-").replace("T", " ").removesuffix("Z")),
            _count(info.documents),
            _count(info.passages),
            _size(info.bytes),
            Text(_state(info), style="red" if refused else ""),
        )
    console = Console(file=sys.stdout)
    if not console.is_terminal:
        console.width = 120  # a pipe has no width; the default of 80 would cut the row
    console.print(table)


def _state(info: GenerationInfo) -> str:
    return f"{info.state}, words only" if info.has_vectors is False else str(info.state)


def _count(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _size(number: int) -> str:
    for power, unit in ((9, "GB"), (6, "MB"), (3, "kB")):
        if number >= 10**power:
            return f"{number / 10**power:,.1f} {unit}"
    return f"{number} B"
