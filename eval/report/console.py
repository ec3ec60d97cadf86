"""What a command prints: tables as wide as a terminal is, or wide enough for them in a file; and JSON."""

from typing import Any

import click
import msgspec
from rich.console import Console


def table_console(*, width: int = 140) -> Console:
    """Standard output for tables; `width` where it is no terminal, in characters."""
    return Console(highlight=False, width=None if Console().is_terminal else width)


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on standard output, indented."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=1))
