"""The watch over a caller who does not take its answer: looked at now and then, cut off when nothing moves."""

import asyncio
import socket
import struct

MIN_TAKEN_BYTES = 16 * 1024
"""What a caller has to take between two looks."""


class WriteWatch:
    """Watches one transport between `began` (bytes wait to be taken) and `ended` (all were taken)."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, *, look_s: float) -> None:
        self._loop = loop
        self._transport = transport
        self._look_s = look_s
        self._untaken = 0
        self._timer: asyncio.TimerHandle | None = None

    def began(self) -> None:
        """Bytes wait to be taken."""
        self._untaken = self._transport.get_write_buffer_size()
        if self._timer is None:
            self._timer = self._loop.call_later(self._look_s, self._look)

    def ended(self) -> None:
        """All were taken, or the connection is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        left = self._transport.get_write_buffer_size()
        if self._untaken - left < MIN_TAKEN_BYTES:
            # Without this the system would go on offering the rest, for minutes, in memory of its own.
            reset = struct.pack("ii", 1, 0)
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            self._transport.abort()
            return
        self._untaken = left
        self._timer = self._loop.call_later(self._look_s, self._look)
