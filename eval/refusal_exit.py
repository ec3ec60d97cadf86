"""How a command of the evaluation ends when it is refused: one line on standard error, and exit code 3."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from retriever.errors import FootnotedError

REFUSED = 3


@contextmanager
def refusing() -> Iterator[None]:
    """Ends the program with 3 and a line for people where an error of ours is raised inside."""
    try:
        yield
    except FootnotedError as error:
        click.echo(f"footnoted eval: {error}", err=True)
        sys.exit(REFUSED)
