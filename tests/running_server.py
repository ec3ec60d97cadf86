"""A server process over a small collection in memory, and raw exchanges with it."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import PATIENCE_S

CHECKOUT = Path(__file__).parent.parent
_PROGRAM = """
import json, sys, time
from dataclasses import replace
from pathlib import Path
from api.app import create_app
from api.commands.serve import listen, run_server
from api.settings import Settings
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of
index_dir, seconds = Path(sys.argv[1]), float(sys.argv[2])
name = publish(index_dir, 1)
held = index_dir.parent / "hold"
def work(_):
    time.sleep(seconds)
    while held.exists():
        time.sleep(0.01)
snapshot = snapshot_of(MemoryIndex(name), before=work)
given = json.loads(sys.argv[3])
if "keys_file" in given:
    given["keys_file"] = Path(given["keys_file"])
settings = replace(Settings(index_dir=index_dir, wait_limit_s=60.0), **given)
run_server(create_app(settings, opener=FolderOpener({name: snapshot})), settings, listen("127.0.0.1", 0))
"""


@contextmanager
def running_server(folder: Path, *, question_s: float = 0.0, settings: str = "{}") -> Iterator[tuple[int, int]]:
    """The port and the process id of a server.

    Every question takes `question_s` in its thread, and goes on until no file `hold` is in the folder.
    """
    command = [sys.executable, "-c", _PROGRAM, str(folder / "index"), str(question_s), settings]
    # Into a file: nobody reads a pipe, and a full one would stop the server.
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=CHECKOUT, stderr=log)
        try:
            yield _port(process, folder / "log"), process.pid
        finally:
            process.kill()
            process.wait()


def _port(process: "subprocess.Popen[bytes]", log: Path) -> int:
    while process.poll() is None:
        if found := re.search(r"answers at http://\S+:(\d+)", log.read_text(encoding="utf-8")):
            return int(found[1])
        time.sleep(0.05)
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
