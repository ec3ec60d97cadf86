"""Sockets that keep Python's lock: they read, write and fail as Python's own."""

import os
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from api.server.lock_keeping_socket import KEPT_FREE, LockKeepingSocket
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Python's own sockets are used")


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """An accepted socket that does not wait, and its peer."""
    with socket.create_server(("127.0.0.1", 0)) as plain:
        address = plain.getsockname()
        with LockKeepingSocket.of(plain) as listener, socket.create_connection(address) as peer:
            assert plain.fileno() == -1
            accepted, named = listener.accept()
            assert named == peer.getsockname()
            peer.settimeout(PATIENCE_S)
            accepted.setblocking(False)
            with accepted:
                yield accepted, peer


def arrived(accepted: socket.socket, size: int) -> bytes:
    select.select([accepted], [], [], PATIENCE_S)
    return accepted.recv(size)


def test_what_comes_is_read_and_what_is_sent_arrives(pair: tuple[socket.socket, socket.socket]) -> None:
    accepted, peer = pair
    peer.sendall(b"\0question" * 3)
    assert arrived(accepted, 9) == b"\0question"
    assert accepted.recv(256 * 1024) == b"\0question" * 2
    assert (accepted.send(b"ans\0wer"), accepted.send(bytearray(b"!"))) == (7, 1)
    assert peer.recv(8, socket.MSG_WAITALL) == b"ans\0wer!"
    peer.shutdown(socket.SHUT_WR)
    assert arrived(accepted, 9) == b""


def test_what_would_wait_says_so(pair: tuple[socket.socket, socket.socket]) -> None:
    accepted, _ = pair
    with pytest.raises(BlockingIOError):
        accepted.recv(1)
    with pytest.raises(BlockingIOError):
        all(accepted.send(b"x" * 1_000_000) for _ in range(1_000))


def test_a_connection_that_is_gone_fails_as_one(pair: tuple[socket.socket, socket.socket]) -> None:
    accepted, peer = pair
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.close()
    with pytest.raises(ConnectionResetError):
        arrived(accepted, 1)
    with pytest.raises(BrokenPipeError):
        accepted.send(b"x")


def test_connections_leave_some_of_the_files_that_may_be_open_to_the_process() -> None:
    with ExitStack() as stack:
        plain = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        address = plain.getsockname()
        next_free = os.dup(plain.fileno())
        os.close(next_free)
        # The two ends of one connection are below what is kept free, those of a second are not.
        open_files = next(n for n in count() if n - min(KEPT_FREE, n // 4) == next_free + 2)
        listener = LockKeepingSocket.of(plain, open_files=open_files)
        stack.enter_context(listener)
        peer = stack.enter_context(socket.create_connection(address))
        accepted = stack.enter_context(listener.accept()[0])
        stack.enter_context(socket.create_connection(address))
        with pytest.raises(OSError, match="Too many open files"):
            listener.accept()
        accepted.close()
        peer.close()
        stack.enter_context(listener.accept()[0])
