"""Identifiers that sort by time: 48 bits of milliseconds and 80 random bits in Crockford's base 32.

Source: https://github.com/ulid/spec
"""

import random
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)


def new_identifier(*, now_ms: int | None = None) -> str:
    """26 characters; two made in different milliseconds sort by time. `now_ms` counts from 1970, now if None."""
    moment = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    # They have to differ, not to be hard to guess: the system is not asked for each.
    number = (moment & (1 << 48) - 1) << 80 | random.getrandbits(80)
    return "".join([_PAIRS[number >> shift & 1_023] for shift in range(120, -1, -10)])
