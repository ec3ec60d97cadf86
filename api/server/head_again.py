"""Heads that are read a second time, in words that the parser knows, so that they are answered like any other."""

import re
from collections.abc import Sequence

NO_ROUTE_HAS = b"TRACE"
"""Stands for every method that the parser does not know: the routes refuse it, and say what they allow."""

_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}(?= )")
_UPGRADING = frozenset({b"upgrade", b"connection", b"http2-settings"})


def without_upgrade(method: bytes, target: bytes, headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The head of a request that offers another protocol, as if it did not: some clients do so each time."""
    kept = [pair for pair in headers if pair[0] not in _UPGRADING]
    lines = [b"%s %s HTTP/1.1" % (method, target), *(b"%s: %s" % pair for pair in kept)]
    return b"\r\n".join((*lines, b"", b""))


def without_unknown_method(data: bytes) -> bytes | None:
    """A request whose method the parser refused, with one that it reads in its place; None where there is none."""
    method = _METHOD.match(data)
    return None if method is None else NO_ROUTE_HAS + data[method.end() :]
