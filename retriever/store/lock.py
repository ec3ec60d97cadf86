"""The writer's lock: one process at a time writes to an index; the lock dies with its process."""

import fcntl
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from retriever.errors import IndexLocked
from retriever.store.durable import storage_failures

LOCK_FILE = "writer.lock"

_PATIENCE_S = 0.5
_PAUSE_S = 0.02
_LONGEST = 1_024


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock; `started` is ISO 8601 in UTC."""

    pid: int
    host: str
    started: str


@contextmanager
def writer_lock(
    index_dir: Path, *, clock: Callable[[], float] = time.monotonic, pause: Callable[[float], None] = time.sleep
) -> Iterator[None]:
    """Holds the writer's lock of an index.

    Raises IndexLocked when another process has it, naming that process, after half a second at most by `clock`,
    and StorageFailed when the lock's file cannot be written. The file stays: only the lock on it counts.
    `pause` passes seconds between two looks.
    """
    with storage_failures(index_dir):
        descriptor = _acquire(index_dir / LOCK_FILE, clock, pause)
    try:
        with storage_failures(index_dir):
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            _write(descriptor, msgspec.json.encode(Holder(os.getpid(), socket.gethostname(), now)))
        yield
    finally:
        with suppress(OSError):  # or the next loser would be told of a process that is done
            os.ftruncate(descriptor, 0)
        # Closing releases the lock; the file is never removed, or two processes could lock two files of one name.
        os.close(descriptor)


def _acquire(path: Path, clock: Callable[[], float], pause: Callable[[float], None]) -> int:
    deadline = clock() + _PATIENCE_S
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = _read(descriptor)
            os.close(descriptor)
            # Between taking the lock and writing its name into it, the winner is not yet known: look again.
            if (holder is not None and _may_live(holder)) or clock() > deadline:
                raise IndexLocked(_message(path, holder)) from error
            pause(_PAUSE_S)
            continue
        except OSError:
            os.close(descriptor)
            raise
        return descriptor


def _message(path: Path, holder: Holder | None) -> str:
    if holder is None:
        return f"another process is writing to {path.parent}; wait for it and try again"
    return (
        f"process {holder.pid} on {holder.host} has been writing to {path.parent} since {holder.started}; "
        "wait for it, or end it, and try again"
    )


def _may_live(holder: Holder) -> bool:
    if holder.host != socket.gethostname():
        return True
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _read(descriptor: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(descriptor, _LONGEST, 0), type=Holder)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _write(descriptor: int, content: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, content, 0)
