"""A selector whose loop rests in a crowd: what comes meanwhile is looked at together.

Looking at each request as it comes costs more than refusing it: the loop's thread waits for its turn with Python's
lock, takes it from a thread that answers, and both start cold. A rest of a few milliseconds is one turn for all.
"""

import time
from collections.abc import Callable
from selectors import DefaultSelector, SelectorKey

PERIOD_S = 0.01
"""In a crowd, how long after one look the next one comes."""
LONGEST_PERIOD_S = 0.04
SHARE = 4
"""How many times as long as the loop worked meanwhile: a flood takes a quarter of a processor, if the longest
period is enough for that."""


class RestingSelector(DefaultSelector):
    """In a crowd it looks once in a period, unless its loop has something to go on with."""

    def __init__(
        self,
        is_crowded: Callable[[], bool],
        *,
        clock: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.thread_time,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        """`is_crowded` is asked whenever the loop would wait; `worked` tells its processor time (seconds)."""
        super().__init__()
        self._is_crowded = is_crowded
        self._clock = clock
        self._worked = worked
        self._rest = rest
        self._looked_s = self._worked_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        """What is ready, as of any selector."""
        if timeout != 0:
            if self._is_crowded():
                self._rest_until_due()
            self._looked_s, self._worked_s = self._clock(), self._worked()
        return super().select(timeout)

    def _rest_until_due(self) -> None:
        worked_s = self._worked() - self._worked_s
        period_s = min(max(PERIOD_S, SHARE * worked_s), LONGEST_PERIOD_S)
        left_s = self._looked_s + period_s - self._clock()
        if left_s > 0:
            self._rest(left_s)
