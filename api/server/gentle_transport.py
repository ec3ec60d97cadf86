"""The transport of a connection as its exchanges see it: to close it leaves the caller time to read."""

import asyncio
from collections.abc import Callable

_CONTINUE = b"HTTP/1.1 100 "


class GentleTransport:
    """Writes to the connection's own transport; `close` is asked to close it.

    The server writes a response's head by itself. It is kept until the body follows, or the loop has gone around
    once: two pieces are two calls of the system, and after each of them this thread waits for its turn again.
    """

    __slots__ = ("_close", "_head", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, *, close: Callable[[], None]) -> None:
        self._transport = transport
        self._close = close
        self._head = b""
        self._loop = asyncio.get_running_loop()

    def write(self, data: bytes) -> None:
        """Hands data over, what was kept before it."""
        if self._head or not data.startswith(b"HTTP/1.1 ") or data.startswith(_CONTINUE):
            head, self._head = self._head, b""
            self._transport.write(head + data if head else data)
        else:
            self._head = data
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Hands over what was kept."""
        if self._head:
            self.write(b"")

    def is_closing(self) -> bool:
        """Whether nothing more is sent."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Closes once the caller could read what was written."""
        self.flush()
        self._close()
