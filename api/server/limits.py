"""What the head of a request may be, and what is said to one that is not so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from api.http.problems import Problem

MAX_TARGET_BYTES = 8 * 1024
MAX_HEAD_BYTES = 32 * 1024
MAX_HEADERS = 100
MAX_FRAMING_SHARE = 8
"""Bytes around a body's chunks for each byte in them: the smallest chunk of one byte has five."""
MAX_FRAMING_BYTES = 64 * 1024
"""Bytes around a body's chunks beyond that."""

MALFORMED = Problem(400, "request_malformed", "this is not a request of HTTP/1.1; send one as RFC 9112 has it")
TARGET_TOO_LONG = Problem(414, "target_too_long", f"the address may have at most {MAX_TARGET_BYTES:,} bytes")
HEADERS_TOO_LARGE = Problem(
    431, "headers_too_large", f"at most {MAX_HEADERS} headers and {MAX_HEAD_BYTES:,} bytes of them are read"
)
FRAMING_TOO_LARGE = Problem(
    400,
    "request_malformed",
    "the chunks of this body carry more beside it than of it; send it with a Content-Length",
)
HEAD_TIMEOUT = Problem(408, "head_timeout", "the headers did not arrive in time")

_HOST = re.compile(rb"[A-Za-z0-9._~:\[\]-]*")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a caller may take: to send headers, to send a body, to take a piece of an answer; seconds.

    The routes that read a body watch over it themselves and say so; `body_s` is for those that do not.
    """

    head_s: float = 8.0
    body_s: float = 10.0
    take_s: float = 5.0
    linger_s: float = 2.0


def head_fault(headers: Sequence[tuple[bytes, bytes]], *, version: str) -> Problem | None:
    """What is wrong with a head that the parser let through: version, Host, a coding but plain `chunked`."""
    hosts = [value for name, value in headers if name == b"host"]
    codings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    if version not in {"1.0", "1.1"}:
        return MALFORMED
    if len(hosts) > 1 or not (hosts or version == "1.0") or not all(_HOST.fullmatch(host) for host in hosts):
        return MALFORMED
    if codings and (version == "1.0" or codings != [b"chunked"]):
        return MALFORMED
    return None
