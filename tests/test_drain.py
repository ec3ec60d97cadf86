"""A service that is told to stop: twice, while it works, while it starts, while it takes up a generation."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.server.listening import listen
from api.server.run import run_server
from api.settings import Settings
from api.snapshot import Snapshot
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of
from tests.forked import forked
from tests.running import CHECKOUT, forked_server
from tests.waiting import PATIENCE_S, wait_until

BODY = b'{"query": "denosumab"}'
HEAD = b"POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
QUESTION = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY)
AT_WORK = 8


def serve_with_stops(index_dir: Path) -> None:
    """Serves the index of that name.

    A file `hold-question`, `hold-start` or `hold-reload` beside the index keeps it at a question, at the first
    generation or at a later one; it says that it is there.
    """

    def hold(what: str) -> None:
        held = index_dir.parent / f"hold-{what}"
        if held.exists():
            print("at", what, file=sys.stderr, flush=True)
        while held.exists():
            time.sleep(0.01)

    publish(index_dir, 1)
    snapshot = snapshot_of(MemoryIndex("gen-000001"), before=lambda _: hold("question"))
    opener = FolderOpener({"gen-000001": snapshot, "gen-000002": snapshot})

    def slowly(index_dir: Path, previous: Snapshot | None) -> Snapshot:
        hold("start" if previous is None else "reload")
        return opener(index_dir, previous)

    settings = Settings(
        index_dir=index_dir, shutdown_grace_s=60, reload_interval_s=0.05, wait_limit_s=60, body_timeout_s=1
    )
    run_server(create_app(settings, opener=slowly), settings, listen("127.0.0.1", 0))


def connected(port: int, sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
    connection.sendall(sent)
    return connection


def got(url: str) -> httpx.Response:
    return httpx.get(url, timeout=PATIENCE_S)


def is_refused(address: str) -> bool:
    try:
        httpx.get(f"{address}/livez", timeout=2)
    except httpx.ConnectError:
        return True
    except httpx.TransportError:  # it was let in just before the door was shut
        return False
    return False


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_told_twice_to_stop_it_answers_what_it_works_on_and_waits_for_nobody_else(
    tmp_path: Path, told: signal.Signals
) -> None:
    hold = tmp_path / "hold-question"
    hold.touch()
    with forked_server(serve_with_stops, tmp_path / "index") as (process, address):
        port = int(address.rpartition(":")[2])
        working = [connected(port, QUESTION + BODY) for _ in range(AT_WORK)]
        idle, half_open = connected(port), connected(port, HEAD[:30])
        slow = connected(port, QUESTION + BODY[:5])
        wait_until(lambda: f"footnoted_questions_waiting {AT_WORK - 2}.0" in got(f"{address}/metrics").text)
        process.send_signal(told)
        wait_until(lambda: is_refused(address))
        process.send_signal(told)
        hold.unlink()
        assert [connection.recv(12) for connection in working] == [b"HTTP/1.1 200"] * AT_WORK
        assert (idle.recv(1), half_open.recv(1)) == (b"", b"")
        assert slow.recv(12) == b"HTTP/1.1 408"
        assert process.wait() == 0
        for connection in (*working, idle, half_open, slow):
            connection.close()


def test_told_to_stop_while_it_takes_up_a_generation_it_stops(tmp_path: Path) -> None:
    hold = tmp_path / "hold-reload"
    hold.touch()
    with forked_server(serve_with_stops, tmp_path / "index") as (process, _):
        publish(tmp_path / "index", 2)
        assert "at reload\n" in process.stderr
        process.send_signal(signal.SIGTERM)
        hold.unlink()
        assert process.wait() == 0


def test_told_to_stop_while_it_starts_it_stops(tmp_path: Path) -> None:
    hold = tmp_path / "hold-start"
    hold.touch()
    with forked(serve_with_stops, tmp_path / "index") as process:
        assert "at start\n" in process.stderr
        process.send_signal(signal.SIGTERM)
        hold.unlink()
        said = process.stderr.read()
        assert process.wait() in (0, -signal.SIGTERM)
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
            address = f"http://127.0.0.1:{port}"
            wait_until(lambda: process.poll() is not None or not is_refused(address))
            assert [got(f"{address}/livez").status_code for _ in range(3)] == [200] * 3
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()
