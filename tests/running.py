"""Real server processes for the tests of clients: started, announced, ended."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from api.app import create_app
from api.server.listening import listen
from api.server.run import run_server
from api.settings import Settings
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of
from tests.forked import Forked, forked

CHECKOUT = Path(__file__).parent.parent


@contextmanager
def server(code: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process that is a program of its own, and its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=CHECKOUT, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        yield process, announced(process.stderr)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def forked_server(serve: Callable[..., object], *arguments: Any) -> Iterator[tuple[Forked, str]]:
    """A server process that is quickly there, and its address."""
    with forked(serve, *arguments) as process:
        yield process, announced(process.stderr)


def announced(stderr: IO[str]) -> str:
    """The address that a server says it answers at."""
    for line in stderr:
        if found := re.search(r"answers at (http://\S+)", line):
            return found[1]
    pytest.fail("the server ended before it answered")


def serve_small(index_dir: Path) -> None:
    """Serves the three pages of `tests.fakes_api` over this index directory."""
    name = publish(index_dir, 1)
    settings = Settings(index_dir=index_dir)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name))})
    run_server(create_app(settings, opener=opener), settings, listen("127.0.0.1", 0))
