"""A server process over a small collection in memory, and raw exchanges with it."""

import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from api.app import create_app
from api.server.listening import listen
from api.server.run import run_server
from api.settings import Settings
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of
from tests.forked import forked_with_log
from tests.waiting import PATIENCE_S


@contextmanager
def running_server(folder: Path, *, question_s: float = 0.0, **settings: Any) -> Iterator[tuple[int, int]]:
    """The port and the process id of a server.

    Every question takes `question_s` in its thread, and goes on until no file `hold` is in the folder.
    """
    with forked_with_log(folder / "log", serve_slowly, folder, question_s, settings) as process:
        assert process.pid is not None
        yield _port(process, folder / "log"), process.pid


def serve_slowly(folder: Path, question_s: float, settings: Mapping[str, Any]) -> None:
    """Serves the three pages of `tests.fakes_api` over the folder's index, each question as slowly as is said."""
    name = publish(folder / "index", 1)

    def work(_: object) -> None:
        time.sleep(question_s)
        while (folder / "hold").exists():
            time.sleep(0.01)

    opener = FolderOpener({name: snapshot_of(MemoryIndex(name), before=work)})
    chosen = replace(Settings(index_dir=folder / "index", wait_limit_s=60.0), **settings)
    run_server(create_app(chosen, opener=opener), chosen, listen("127.0.0.1", 0))


def _port(process: ForkServerProcess, log: Path) -> int:
    """The port that a server's log tells, once it does."""
    while process.is_alive():
        if log.exists() and (found := re.search(r"answers at http://\S+:(\d+)", log.read_text(encoding="utf-8"))):
            return int(found[1])
        time.sleep(0.01)
    raise AssertionError("the server ended before it answered")


@dataclass(frozen=True, slots=True)
class Answer:
    """One response as it came over the wire; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def exchange(port: int, sent: bytes) -> tuple[list[Answer], bool]:
    """What comes back for these bytes until the server closes, and whether it did."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(PATIENCE_S)
        received, closed = b"", False
        try:
            connection.sendall(sent)
        except OSError:
            closed = True
        try:
            while not closed or received:
                found = connection.recv(65_536)
                if not found:
                    closed = True
                    break
                received += found
        except TimeoutError:
            pass
        except OSError:
            closed = True
    return answers(received), closed


def answers(received: bytes) -> list[Answer]:
    """The responses in a stream of bytes, each with the length that it declares."""
    found = []
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", "0"))
        found.append(Answer(int(first.split()[1]), headers, received[:length]))
        received = received[length:]
    return found
