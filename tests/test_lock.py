"""The writer's lock: whom it names to the one who has to wait."""

import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pytest

from retriever.errors import IndexLocked, StorageFailed
from retriever.store.lock import writer_lock

HOST = socket.gethostname()


@pytest.fixture
def held(tmp_path: Path) -> Iterator[BinaryIO]:
    """The lock's file, open and locked as another process would have it, with nothing written in it yet."""
    with (tmp_path / "writer.lock").open("w+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def holder(pid: int, host: str = HOST) -> bytes:
    return json.dumps({"pid": pid, "host": host, "started": "2026-01-31T12:00:00Z"}).encode()


@dataclass
class Time:
    """A clock that only a pause moves on; `meanwhile` happens in the third one."""

    meanwhile: Callable[[], object] = lambda: None
    now_s: float = 1_000.0
    pauses: int = 0

    def pause(self, seconds: float) -> None:
        self.now_s += seconds
        self.pauses += 1
        if self.pauses == 3:
            self.meanwhile()


def refusal(index_dir: Path, time: Time) -> str:
    with (
        pytest.raises(IndexLocked) as caught,
        writer_lock(index_dir, clock=lambda: time.now_s, pause=time.pause),
    ):
        pass
    return str(caught.value)


def test_the_message_names_process_host_and_start(tmp_path: Path, held: BinaryIO) -> None:
    held.write(holder(os.getpid()))
    assert refusal(tmp_path, Time()) == (
        f"process {os.getpid()} on {HOST} has been writing to {tmp_path} since 2026-01-31T12:00:00Z; "
        "wait for it, or end it, and try again"
    )


def test_a_holder_on_another_machine_is_believed_at_once(tmp_path: Path, held: BinaryIO) -> None:
    held.write(holder(dead_pid(), "another.example"))
    time = Time()
    assert "on another.example has been writing" in refusal(tmp_path, time)
    assert time.pauses == 0


@pytest.mark.parametrize("before", ["nothing", "a killed process"])
def test_a_winner_that_has_not_written_its_name_yet_is_waited_for(
    tmp_path: Path, held: BinaryIO, before: str
) -> None:
    if before == "a killed process":
        held.write(holder(dead_pid()))

    def write_name() -> None:
        os.pwrite(held.fileno(), holder(os.getpid()).ljust(200), 0)

    time = Time(write_name)
    assert refusal(tmp_path, time).startswith(f"process {os.getpid()} on ")
    assert time.pauses == 3


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"pid": "one"}'])
def test_without_a_name_the_refusal_still_comes_within_a_second(
    tmp_path: Path, held: BinaryIO, content: bytes
) -> None:
    held.write(content)
    time = Time()
    assert refusal(tmp_path, time).startswith(f"another process is writing to {tmp_path}; ")
    assert 1_000 < time.now_s < 1_001


def test_a_lock_that_is_released_meanwhile_is_taken(tmp_path: Path, held: BinaryIO) -> None:
    time = Time(lambda: fcntl.flock(held, fcntl.LOCK_UN))
    with writer_lock(tmp_path, clock=lambda: time.now_s, pause=time.pause):
        assert json.loads((tmp_path / "writer.lock").read_bytes())["pid"] == os.getpid()
    assert time.pauses == 3


def test_a_released_lock_names_nobody(tmp_path: Path) -> None:
    with writer_lock(tmp_path):
        pass
    assert (tmp_path / "writer.lock").read_bytes() == b""


def test_a_link_in_place_of_the_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"keep me")
    (tmp_path / "writer.lock").symlink_to(tmp_path / "precious")
    with pytest.raises(StorageFailed), writer_lock(tmp_path):
        pass
    assert (tmp_path / "precious").read_bytes() == b"keep me"
