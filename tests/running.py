"""Real server processes for the tests of clients: started, announced, ended."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
SMALL = """
import sys
from pathlib import Path
from api.app import create_app
from api.commands.serve import listen, run_server
from api.settings import Settings
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of
index_dir = Path(sys.argv[1])
name = publish(index_dir, 1)
settings = Settings(index_dir=index_dir)
opener = FolderOpener({name: snapshot_of(MemoryIndex(name))})
run_server(create_app(settings, opener=opener), settings, listen("127.0.0.1", 0))
"""
"""A program that serves the three pages of `tests.fakes_api` over the index directory that is its argument."""


@contextmanager
def server(code: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process and its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"answers at (http://\S+)", line):
                yield process, found[1]
                break
        else:
            pytest.fail("the server ended before it answered")
    finally:
        process.kill()
        process.communicate()
