"""A selector whose loop rests in a crowd: what comes meanwhile is looked at together.

Looking at each request as it comes costs more than refusing it: the loop's thread waits for its turn with Python's
lock, takes it from a thread that answers, and both start cold. A rest of a few milliseconds is one turn for all.
"""

import time
from collections.abc import Callable
from selectors import DefaultSelector, SelectorKey

REST_S = 0.01


class RestingSelector(DefaultSelector):
    """In a crowd it looks once in `REST_S`, unless its loop has something to go on with."""

    def __init__(
        self,
        is_crowded: Callable[[], bool],
        *,
        clock: Callable[[], float] = time.monotonic,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        """`is_crowded` is asked whenever the loop would wait."""
        super().__init__()
        self._is_crowded = is_crowded
        self._clock = clock
        self._rest = rest
        self._looked_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """What is ready, as of any selector."""
        if timeout != 0 and self._is_crowded():
            # A turn that took as long by itself, on a machine that is busy, needs no rest besides.
            left_s = REST_S - (self._clock() - self._looked_s)
            if left_s > 0:
                self._rest(left_s)
        self._looked_s = self._clock()
        return super().select(timeout)
