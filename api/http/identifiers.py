"""Identifiers that sort by time: 48 bits of milliseconds and 80 random bits in Crockford's base 32.

Source: https://github.com/ulid/spec
"""

import secrets
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_identifier(*, now_ms: int | None = None) -> str:
    """26 characters; two made in different milliseconds sort by time. `now_ms` counts from 1970, now if None."""
    moment = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    number = (moment & (1 << 48) - 1) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
