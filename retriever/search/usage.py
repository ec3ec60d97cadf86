"""Usage: which of two ways of writing a thing is the collection's own, by the passages with either."""

USAGE_TIMES = 8
"""How many times as many passages the other way of writing stands in, for it to be searched instead."""


def is_usage(rows: int, *, than: int, least: float = 1) -> bool:
    """Whether a way of writing that `rows` passages hold is the usual one, beside one that `than` of them hold.

    In fewer than `least` passages it counts for nothing.
    """
    return rows >= max(least, USAGE_TIMES * than)
