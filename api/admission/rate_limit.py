"""How often one caller may ask: an exact count over a sliding window.

The window slides, so that no more than the quota fits into any stretch of its length, and it is measured by a
clock that nobody sets. Memory is bounded: by the quota for a caller, by MAX_CALLERS for all of them.
"""

import math
import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

MAX_QUOTA = 100_000
MAX_CALLERS = 10_000
_UNITS = {"second": 1, "minute": 60, "hour": 3_600}
_FORM = re.compile(r"([1-9][0-9]{0,5})/(second|minute|hour)")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `quota` requests in any `window_s` seconds."""

    quota: int
    window_s: int

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """The rate that is written as `600/minute`. Raises ValueError."""
        form = _FORM.fullmatch(text)
        if form is None or int(form[1]) > MAX_QUOTA:
            raise ValueError("a rate is written as 600/minute: up to 100000 a second, minute or hour")
        return cls(int(form[1]), _UNITS[form[2]])


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands after a request: whether it is within the rate, what remains, when more is free."""

    rate: Rate
    allowed: bool
    remaining: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        """`RateLimit-Policy` and `RateLimit`, and `Retry-After` where the request is refused.

        Source: draft-ietf-httpapi-ratelimit-headers-10.
        """
        found = {
            "RateLimit-Policy": f'"default";q={self.rate.quota};w={self.rate.window_s}',
            "RateLimit": f'"default";r={self.remaining};t={self.reset_s}',
        }
        return found if self.allowed else found | {"Retry-After": str(self.reset_s)}


class RateLimiter:
    """Counts the requests of each caller. Used from one thread, the event loop's."""

    def __init__(self, rate: Rate, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def is_used_up(self, caller: str) -> bool:
        """Whether one more request now would be above the rate. Counts nothing."""
        times = self._times.get(caller)
        if times is None or len(times) < self._rate.quota:
            return False
        return times[0] > self._clock() - self._rate.window_s

    def count(self, caller: str) -> Standing:
        """Counts one request, unless it is above the rate: a refused request is not counted."""
        now = self._clock()
        times = self._times.setdefault(caller, deque())
        self._times.move_to_end(caller)
        while times and times[0] <= now - self._rate.window_s:
            times.popleft()
        allowed = len(times) < self._rate.quota
        if allowed:
            times.append(now)
        while len(self._times) > MAX_CALLERS:
            self._times.popitem(last=False)
        return Standing(
            rate=self._rate,
            allowed=allowed,
            remaining=self._rate.quota - len(times),
            reset_s=min(max(1, math.ceil(times[0] + self._rate.window_s - now)), self._rate.window_s),
        )
