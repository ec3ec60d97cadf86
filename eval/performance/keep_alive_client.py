"""The least client that a load generator needs: JSON over kept connections, at a tenth of a millisecond each.

A general client costs the machine that asks several milliseconds for a question, and it would measure itself.
"""

import asyncio
import json
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from eval.errors import ComparisonRefused

HEAD_LIMIT = 64 * 1024

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


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
        self._idle: list[_Streams] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, writer in self._idle:
            writer.close()

    async def status(self, method: str, path: str, body: object = None) -> int:
        """The status of the response, once all of it is there; 0 where none came in time."""
        content = b"" if body is None else json.dumps(body).encode()
        kind = "Content-Type: application/json\r\n" if content else ""
        head = (
            f"{method} {self._root}{path} HTTP/1.1\r\n{self._headers}{kind}Content-Length: {len(content)}\r\n\r\n"
        )
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._exchange(head.encode("ascii") + content)
        except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError):
            return 0

    async def _exchange(self, request: bytes) -> int:
        streams = await self._connection()
        reader, writer = streams
        is_whole = False
        try:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = next((line[15:] for line in head.split("\r\n") if line.startswith("content-length:")), "0")
            await reader.readexactly(int(length))
            is_whole = "connection: close" not in head
        finally:
            if is_whole:
                self._idle.append(streams)
            else:
                writer.close()
        return int(head.split(" ", 2)[1])

    async def _connection(self) -> _Streams:
        while self._idle:
            reader, writer = self._idle.pop()
            if not (reader.at_eof() or writer.is_closing()):
                return reader, writer
            writer.close()
        return await asyncio.open_connection(self._host, self._port, limit=HEAD_LIMIT)
