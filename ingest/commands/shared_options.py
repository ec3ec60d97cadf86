"""What the commands of `footnoted index` share: options, exit statuses, JSON on stdout."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from retriever.errors import FootnotedError, IndexLocked, IndexRefused

FAILED = 1
REFUSED = 3


def common_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that all these commands have: the index, and JSON instead of text."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout instead of text.")
    index = click.option(
        "--index",
        "index_dir",
        envvar="FOOTNOTED_INDEX",
        default="index",
        show_default=True,
        show_envvar=True,
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="The directory that holds the index.",
    )
    return index(as_json(command))


@contextmanager
def exit_status() -> Iterator[None]:
    """Turns an error of the store into one line on stderr and the exit status that it stands for."""
    try:
        yield
    except FootnotedError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(REFUSED if isinstance(error, IndexLocked | IndexRefused) else FAILED)


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on stdout."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))
