"""The program with the hashing encoder in place of a model, for tests of a service that starts it: it is quick."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from footnoted import main
from ingest import prepare_encoder as preparing
from tests.hashing import HashingEncoder

OF_A_MODEL = ("--model", "--arithmetic")
"""What a service says of the model that its index was built with; there is no hashing one to choose."""


@contextmanager
def hashing_program(folder: Path) -> Iterator[None]:
    """What this process starts as `python -m footnoted` is this program."""
    script = folder / "python"
    # It is called as `python -m footnoted ...`, with a PYTHONPATH that leads here.
    script.write_text(f'#!/bin/sh\nshift 2\nexec "{sys.executable}" -m {__name__} "$@"\n')
    script.chmod(0o755)
    before, sys.executable = sys.executable, str(script)
    try:
        yield
    finally:
        sys.executable = before


def without_a_model(arguments: list[str]) -> list[str]:
    """The arguments but for those, each with its value."""
    left = [True] * len(arguments)
    for place, argument in enumerate(arguments):
        if argument in OF_A_MODEL:
            left[place : place + 2] = [False, False]
    return [argument for argument, is_left in zip(arguments, left, strict=True) if is_left]


if __name__ == "__main__":
    preparing.prepare_encoder = lambda *_, **__: HashingEncoder()
    main(without_a_model(sys.argv[1:]))
