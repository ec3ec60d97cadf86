"""How much has come of the message that a connection is reading, and when that is too much."""

from api.http.problems import Problem
from api.server.limits import (
    FRAMING_TOO_LARGE,
    HEADERS_TOO_LARGE,
    MAX_FRAMING_BYTES,
    MAX_FRAMING_SHARE,
    MAX_HEAD_BYTES,
    MAX_HEADERS,
)


class MessageSize:
    """Counts one message after the other. `is_in_head` until a head is complete, and again after its body."""

    __slots__ = ("_around_body", "_in_headers", "head", "is_in_head")

    def __init__(self) -> None:
        self.is_in_head = True
        self.head = 0
        """Bytes that came while it was a head that was read."""
        self._in_headers = 0
        self._around_body = 0

    def came(self, size: int) -> None:
        """So many bytes are about to be parsed."""
        if self.is_in_head:
            self.head += size
        else:
            self._around_body += size

    def begins(self) -> None:
        """A message begins."""
        self._in_headers = self._around_body = 0

    def header(self, name: bytes, value: bytes, *, before: int) -> Problem | None:
        """A header, or a trailer, that follows so many headers: what is wrong where that is too much."""
        self._in_headers += len(name) + len(value)
        return HEADERS_TOO_LARGE if before >= MAX_HEADERS or self._in_headers > MAX_HEAD_BYTES else None

    def body(self, size: int) -> None:
        """Some of a body."""
        self._around_body -= (1 + MAX_FRAMING_SHARE) * size

    def ends(self, *, head: bool) -> None:
        """A head is complete, or else a message."""
        self.is_in_head, self.head = not head, 0

    def fault(self) -> Problem | None:
        """What is wrong with what was parsed: bytes of which no header and no body came are too many."""
        if self.is_in_head:
            return HEADERS_TOO_LARGE if self.head > MAX_HEAD_BYTES else None
        return FRAMING_TOO_LARGE if self._around_body > MAX_FRAMING_BYTES else None
