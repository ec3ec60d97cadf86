"""What the commands of an ingest share: options, exit statuses, JSON on stdout."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
import msgspec

from retriever.errors import FootnotedError, IndexLocked, IndexRefused

if TYPE_CHECKING:
    from retriever.store.generation import VerifiedGeneration

Command = TypeVar("Command", bound=Callable[..., object])
FAILED = 1
REFUSED = 3


def index_option(help_line: str) -> Callable[[Command], Command]:
    """The option `--index`, which says where the index lies."""
    return click.option(
        "--index", "index_dir", type=click.Path(path_type=Path), default=Path("index"), show_default=True,
        envvar="FOOTNOTED_INDEX", show_envvar=True, metavar="DIR", help=help_line,
    )  # fmt: skip


def common_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that all these commands have: the index, and JSON instead of text."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout instead of text.")
    return index_option("The directory that holds the index.")(as_json(command))


@contextmanager
def exit_status() -> Iterator[None]:
    """Turns an error of the store into one line on stderr and the exit status that it stands for."""
    try:
        yield
    except FootnotedError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(REFUSED if isinstance(error, IndexLocked | IndexRefused) else FAILED)


def open_as_a_server(generation: "VerifiedGeneration") -> None:
    """Raises IndexMismatch where this version of the program lays the generation's files out differently."""
    from retriever.index import Index  # numpy takes longer to import than most of these commands take

    Index(generation)


def print_json(value: Mapping[str, object]) -> None:
    """One JSON object on stdout, in one line."""
    click.echo(msgspec.json.encode(value))
