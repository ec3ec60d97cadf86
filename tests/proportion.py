"""Whether work grows with its input as it should, whatever the speed of the machine."""

import time
from collections.abc import Callable

GROWTH = 8
"""How much larger the larger input is."""
LARGEST_RATIO = 3 * GROWTH
"""Work in proportion takes 8 times as long, work that grows with the square of its input 64 times."""
ROUNDS = 5
LEAST_S = 0.001
"""What takes less counts as this much: it says nothing about its growth."""


def assert_in_proportion(work: Callable[[int], object], size: int) -> None:
    """Raises AssertionError where `work(size)` takes far more than eight times what `work(size // 8)` takes.

    Only the processor's time of this thread counts, and of several rounds the shortest where the first looks bad:
    what else runs on the machine cannot make it fail.
    """
    small = large = float("inf")
    for _ in range(ROUNDS):
        small, large = min(small, _taken(work, size // GROWTH)), min(large, _taken(work, size))
        ratio = large / max(small, LEAST_S)
        if ratio < LARGEST_RATIO:
            return
    raise AssertionError(f"{GROWTH} times the input took {ratio:.0f} times as long ({large:.3f} s)")


def _taken(work: Callable[[int], object], size: int) -> float:
    started = time.thread_time()
    work(size)
    return time.thread_time() - started
