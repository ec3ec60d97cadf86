"""The transport of a connection as one exchange sees it: to close it leaves the caller time to read."""

import asyncio
from collections.abc import Callable


class GentleTransport:
    """Writes to the connection's own transport; `close` is asked to close it."""

    __slots__ = ("_close", "_transport")

    def __init__(self, transport: asyncio.Transport, *, close: Callable[[], None]) -> None:
        self._transport = transport
        self._close = close

    def write(self, data: bytes) -> None:
        """Hands data over."""
        self._transport.write(data)

    def is_closing(self) -> bool:
        """Whether nothing more is sent."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Closes once the caller could read what was written."""
        self._close()
