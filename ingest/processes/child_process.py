"""A child process: a module of this program, fed by a pipe and answering by another, eight bytes of length first.

It inherits no environment and no open file, and a key press that interrupts this process does not reach it.
"""

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

START_S = 60.0
"""How long a child may take until it answers for the first time, on a slow disk."""
FRAME_HEADER_BYTES = 8
MAX_ANSWER_BYTES = 512_000_000
_BLOCK = 1 << 18


class Ended(Exception):
    """The process is gone."""


class TookTooLong(Exception):
    """The process did not answer in time."""


def start_child(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Starts a module of this program with pipes to and from it. Raises OSError."""
    return subprocess.Popen(  # noqa: S603 - this program's own module
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        start_new_session=True,
    )


def end_child(process: subprocess.Popen[bytes]) -> None:
    """Ends a child at once, whatever it does, and waits until it is gone."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def exchange(process: subprocess.Popen[bytes], frames: Sequence[bytes], seconds: float) -> bytes:
    """Sends frames and returns the next one that comes; neither side can make the other wait for ever.

    Raises TookTooLong, and Ended when the process dies or says what it may not.
    """
    if process.stdin is None or process.stdout is None:
        raise Ended
    waiting = [memoryview(part) for frame in frames for part in (framed(frame), frame) if part]
    received = bytearray()
    deadline = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        os.set_blocking(process.stdout.fileno(), False)
        os.set_blocking(process.stdin.fileno(), False)
        if waiting:
            selector.register(process.stdin, selectors.EVENT_WRITE)
        while (wanted := _missing(received)) > 0:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TookTooLong
            for key, _ in selector.select(left):
                if key.fileobj is process.stdin:
                    _send(process.stdin.fileno(), waiting)
                    if not waiting:
                        selector.unregister(process.stdin)
                else:
                    block = os.read(process.stdout.fileno(), min(wanted, _BLOCK))
                    if not block:
                        raise Ended
                    received += block
    return bytes(received[FRAME_HEADER_BYTES:])


def framed(content: bytes) -> bytes:
    """The header of a frame of that content."""
    return len(content).to_bytes(FRAME_HEADER_BYTES, "big")


def _missing(received: bytearray) -> int:
    """How many bytes are still to come."""
    if len(received) < FRAME_HEADER_BYTES:
        return FRAME_HEADER_BYTES - len(received)
    length = int.from_bytes(received[:FRAME_HEADER_BYTES], "big")
    if length > MAX_ANSWER_BYTES:
        raise Ended
    return FRAME_HEADER_BYTES + length - len(received)


def _send(descriptor: int, waiting: list[memoryview]) -> None:
    try:
        sent = os.write(descriptor, waiting[0][:_BLOCK])
    except BlockingIOError:
        return
    except BrokenPipeError as error:
        raise Ended from error
    waiting[0] = waiting[0][sent:]
    if not waiting[0]:
        del waiting[0]


def read_frame(source: BinaryIO) -> bytes:
    """The next message that this process was sent; empty where there is none any more."""
    header = source.read(FRAME_HEADER_BYTES)
    return source.read(int.from_bytes(header, "big")) if len(header) == FRAME_HEADER_BYTES else b""


def write_frame(target: BinaryIO, content: bytes) -> None:
    """Sends a message to the process that started this one."""
    target.write(framed(content))
    target.write(content)
    target.flush()
