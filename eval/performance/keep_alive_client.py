"""The least client that a load generator needs: prepared requests over kept connections.

A general client costs the machine that asks several milliseconds for a question, and it would measure itself.
"""

import asyncio
import json
import time
from types import TracebackType
from typing import Self, cast
from urllib.parse import urlsplit

from eval.errors import ComparisonRefused

IDLE_S = 2.0
"""After which a kept connection is not used again: a server closes one some time, perhaps just as it is used."""
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"


class KeepAliveClient:
    """One service over plain HTTP. The connection that was used last is used first."""

    def __init__(self, url: str, *, key: str | None, timeout_s: float) -> None:
        """Raises ComparisonRefused for an address that is not plain http."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ComparisonRefused("load is made over plain http; write --url like http://127.0.0.1:8000")
        self._host, self._port, self._root = parts.hostname, parts.port or 80, parts.path.rstrip("/")
        self._timeout_s = timeout_s
        self._headers = f"Host: {parts.netloc.rpartition('@')[2]}\r\n"
        if key is not None:
            self._headers += f"Authorization: Bearer {key}\r\n"
        self._idle: list[_Connection] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._idle:
            connection.close()

    def request(self, method: str, path: str, body: object = None) -> bytes:
        """A request as it is sent, to be prepared once and sent often."""
        content = b"" if body is None else json.dumps(body).encode()
        kind = "Content-Type: application/json\r\n" if content else ""
        head = (
            f"{method} {self._root}{path} HTTP/1.1\r\n{self._headers}{kind}Content-Length: {len(content)}\r\n\r\n"
        )
        return head.encode("ascii") + content

    async def status(self, request: bytes) -> int:
        """The status of the response, once all of it is there; 0 where none came in time."""
        return (await self.response(request))[0]

    async def response(self, request: bytes) -> tuple[int, bytes]:
        """The status of the response and its body; 0 and nothing where none came in time."""
        try:
            async with asyncio.timeout(self._timeout_s):
                connection = await self._connection()
                try:
                    response = await connection.exchange(request)
                except BaseException:
                    connection.close()
                    raise
        except (OSError, TimeoutError, ValueError):
            return 0, b""
        if connection.is_open:
            self._idle.append(connection)
        return response

    async def _connection(self) -> "_Connection":
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and time.monotonic() - connection.used_s < IDLE_S:
                return connection
            connection.close()
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, self._host, self._port)
        return connection


class _Connection(asyncio.Protocol):
    """One exchange after the other; a response has a length, as all of the service's do."""

    is_open = False
    used_s = 0.0
    _transport: asyncio.Transport
    _received = b""
    _response: "asyncio.Future[tuple[int, bytes]] | None" = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Can be used."""
        self._transport, self.is_open = cast(asyncio.Transport, transport), True

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends an exchange that is under way."""
        self.is_open = False
        if self._response is not None and not self._response.done():
            self._response.set_exception(exc or ConnectionResetError("the service closed the connection"))

    def data_received(self, data: bytes) -> None:
        """Reads on, until a response is whole."""
        if self._response is None or self._response.done():
            self.close()  # nothing was asked
            return
        self._received += data
        head, end, body = self._received.partition(_HEAD_END)
        if not end:
            return
        try:
            lowered = head.lower()
            length = int(lowered.partition(_LENGTH)[2].partition(b"\r\n")[0] or 0)
            status = int(head.split(b" ", 2)[1])
        except (ValueError, IndexError):
            self._response.set_exception(ValueError("this is no response"))
            return
        if len(body) < length:
            return
        self._received, self.used_s = b"", time.monotonic()
        if b"\r\nconnection: close" in lowered:
            self.close()
        self._response.set_result((status, body))

    def close(self) -> None:
        """Uses it no more."""
        self.is_open = False
        self._transport.close()

    async def exchange(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body of the response. Raises OSError, ValueError."""
        self._received = b""
        self._response = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._response
