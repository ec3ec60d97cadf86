"""A service that is told to stop: twice, while it works, while it starts, while it takes up a generation."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.fakes_api import publish
from tests.running import CHECKOUT, server

BODY = b'{"query": "denosumab"}'
HEAD = b"POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
QUESTION = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY)
AT_WORK = 8
PROGRAM = """
import sys, time
from pathlib import Path
from api.app import create_app
from api.serve_command import listen, run_server
from api.settings import Settings
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of
index_dir, question_s, open_s, start_s = Path(sys.argv[1]), *map(float, sys.argv[2:])
publish(index_dir, 1)
snapshot = snapshot_of(MemoryIndex("gen-000001"), before=lambda _: time.sleep(question_s))
opener = FolderOpener({"gen-000001": snapshot, "gen-000002": snapshot})
def slowly(index_dir, previous):
    time.sleep(start_s if previous is None else open_s)
    return opener(index_dir, previous)
settings = Settings(
    index_dir=index_dir, shutdown_grace_s=5, reload_interval_s=0.05, wait_limit_s=30, body_timeout_s=1
)
print("listening", file=sys.stderr, flush=True)
run_server(create_app(settings, opener=slowly), settings, listen("127.0.0.1", 0))
"""
"""Serves; its arguments: the index, and the seconds of a question, of taking up a generation, of the first one."""


def connected(port: int, sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(sent)
    return connection


def test_told_twice_to_stop_it_answers_what_it_works_on_and_waits_for_nobody_else(tmp_path: Path) -> None:
    with server(PROGRAM, str(tmp_path / "index"), "0.15", "0", "0") as (process, address):
        port = int(address.rpartition(":")[2])
        working = [connected(port, QUESTION + BODY) for _ in range(AT_WORK)]
        idle, half_open = connected(port), connected(port, HEAD[:30])
        slow = connected(port, QUESTION + BODY[:5])
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{address}/readyz")
        assert [connection.recv(12) for connection in working] == [b"HTTP/1.1 200"] * AT_WORK
        assert (idle.recv(1), half_open.recv(1)) == (b"", b"")
        assert slow.recv(12) == b"HTTP/1.1 408"
        assert process.wait(10) == 0
        for connection in (*working, idle, half_open, slow):
            connection.close()


def test_told_to_stop_while_it_takes_up_a_generation_it_stops(tmp_path: Path) -> None:
    with server(PROGRAM, str(tmp_path / "index"), "0", "0.6", "0") as (process, _):
        publish(tmp_path / "index", 2)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_told_to_stop_while_it_starts_it_stops(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", PROGRAM, str(tmp_path / "index"), "0", "0", "0.6"]
    with subprocess.Popen(arguments, cwd=CHECKOUT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "listening\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=15)
    assert process.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no file that is always full")
def test_a_full_disk_under_its_log_keeps_it_neither_from_starting_nor_from_answering(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = [
        sys.executable,
        "-m",
        "footnoted",
        "serve",
        "--index",
        str(tmp_path / "none"),
        "--port",
        str(port),
    ]
    with Path("/dev/full").open("w") as full, subprocess.Popen(arguments, cwd=CHECKOUT, stderr=full) as process:
        try:
            deadline = time.monotonic() + 30
            statuses: list[int] = []
            while process.poll() is None and time.monotonic() < deadline:
                try:
                    statuses = [httpx.get(f"http://127.0.0.1:{port}/livez").status_code for _ in range(3)]
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            assert statuses == [200] * 3
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        finally:
            process.kill()
