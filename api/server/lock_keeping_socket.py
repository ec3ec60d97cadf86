"""Sockets that keep Python's lock while they read and write, which for a socket that never waits is a moment.

Python's own give the lock away around every call of the system. Beside threads that compute, the loop's thread
then waits for its turn after each of them, several times for each request; with these it has one turn for all that
came meanwhile. One that listens leaves some of the files that the process may open to the process itself.
"""

import ctypes
import errno
import os
import socket
import sys
from typing import Any, Self

_READ_AT_ONCE = 64 * 1024
_READING = int(getattr(socket, "MSG_DONTWAIT", 0))
KEPT_FREE = 32
"""Of the files that may be open; less than a quarter of them, where they are few."""
_SENDING = _READING | int(getattr(socket, "MSG_NOSIGNAL", 0))


class LockKeepingSocket(socket.socket):
    """A stream socket of one event loop. Those that it accepts are like it and share its buffer."""

    _buffer: Any
    _last_for_connections = sys.maxsize
    _last_accepted = 0

    @classmethod
    def of(cls, listener: socket.socket, *, open_files: int = sys.maxsize) -> socket.socket:
        """Takes the place of a listening socket; the socket itself where the system is not Linux.

        `open_files` is how many the process may have open.
        """
        if _SYSTEM is None:
            return listener
        keeping = cls(listener.family, listener.type, listener.proto, fileno=listener.detach())
        keeping._buffer = ctypes.create_string_buffer(_READ_AT_ONCE)
        keeping._last_for_connections = open_files - 1 - min(KEPT_FREE, open_files // 4)
        return keeping

    def accept(self) -> tuple[Self, Any]:
        """A connection and its address. Raises OSError (EMFILE) while only what is kept free is left."""
        if self._last_accepted >= self._last_for_connections:
            free = os.dup(self.fileno())  # numbers are given from the lowest that is free
            os.close(free)
            if free > self._last_for_connections:
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        descriptor, address = self._accept()  # type: ignore[attr-defined]  # as `socket.socket` does
        self._last_accepted = descriptor
        accepted = type(self)(self.family, self.type, self.proto, fileno=descriptor)
        accepted._buffer = self._buffer
        return accepted, address

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What has come, up to 64 kB of it. Raises OSError, BlockingIOError where nothing has."""
        taken = _SYSTEM.recv(self.fileno(), self._buffer, min(size, _READ_AT_ONCE), flags | _READING)
        return ctypes.string_at(self._buffer, _checked(taken))

    def send(self, data: Any, flags: int = 0) -> int:
        """How many bytes were taken. Raises OSError, BlockingIOError where none can be now."""
        if not isinstance(data, bytes):
            return super().send(data, flags)  # the rest of what could not be taken at once: rare
        return _checked(_SYSTEM.send(self.fileno(), data, len(data), flags | _SENDING))


def _system() -> Any:
    """The C library, called without giving the lock away; None where it is not Linux's."""
    if sys.platform != "linux":
        return None
    library = ctypes.PyDLL(None, use_errno=True)
    for call in (library.recv, library.send):
        call.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        call.restype = ctypes.c_ssize_t
    return library


def _checked(count: int) -> int:
    if count < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return count


_SYSTEM = _system()
