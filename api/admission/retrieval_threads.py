"""The threads that questions are worked on in, and who may wait for one: bounded, fair, never past a deadline."""

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from api.admission.caller import CALLER
from api.admission.fair_queue import FairQueue
from api.http.problems import Problem

Result = TypeVar("Result")

_MEMORY = 0.1
"""The weight of the newest in the mean time of work: about the last twenty count."""
_NOBODY: Mapping[str, int] = {}


@dataclass(slots=True)
class Admissions:
    """What became of the work that was asked for, since the start."""

    begun: int = 0
    refused: int = 0
    expired: int = 0
    abandoned: int = 0


@dataclass(slots=True, eq=False)
class _Waiting:
    work: Callable[[], Any]
    outcome: "Future[Any]" = field(default_factory=Future)
    is_late: bool = False


class RetrievalThreads:
    """A bounded executor. What would wait too long is refused at once, not left waiting.

    At most `waiting_limit` pieces of work wait, `wait_limit_s` each, callers in turns. One is refused on arrival
    where the line is full, or where, by the time that work took lately, it would wait more than half of that: a
    line that is known to be too long helps nobody. What has waited too long, or has lost its caller, never begins.
    """

    def __init__(
        self,
        *,
        threads: int,
        waiting_limit: int,
        wait_limit_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` tells in seconds how long work takes."""
        self._executor = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="retrieve")
        self._threads = threads
        self._wait_limit_s = wait_limit_s
        self._clock = clock
        self._lock = Lock()
        self._line: FairQueue[_Waiting] = FairQueue()
        self._limit = threads + waiting_limit
        self._running = 0
        self._mean_s = 0.0
        self.admissions = Admissions()

    @property
    def waiting(self) -> int:
        """How much work waits for a thread."""
        return len(self._line)

    @property
    def running(self) -> int:
        """How much work is under way."""
        return self._running

    def has_room(self, caller: str, *, besides: Mapping[str, int]) -> bool:
        """Whether work of this caller would be let in now, after what else of each caller is about to come."""
        with self._lock:
            room = self._limit - self._running
            return not self._is_hopeless(caller, besides) and self._line.has_place(
                caller, limit=room, coming=besides
            )

    def refusal(self) -> Problem:
        """What is said to one for whom there is no room; it is counted. Called on the event loop."""
        self.admissions.refused += 1
        return _overloaded()

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of `work`, run in a thread in its caller's turn. Raises Problem 503 when overloaded."""
        caller = CALLER.get()
        # The request's context goes along, so that what is traced in the thread belongs to the request.
        waiting = _Waiting(partial(copy_context().run, work))
        self._admit(caller, waiting)
        deadline = asyncio.get_running_loop().call_later(self._wait_limit_s, self._expire, caller, waiting)
        try:
            result: Result = await asyncio.wrap_future(waiting.outcome)
        except asyncio.CancelledError:
            if waiting.is_late:
                raise _overloaded() from None
            with self._lock:
                self.admissions.abandoned += self._line.discard(caller, waiting)
            raise
        finally:
            deadline.cancel()
        return result

    def close(self) -> None:
        """Ends the threads after the work they have begun; what still waits is cancelled."""
        with self._lock:
            while (waiting := self._line.pop()) is not None:
                waiting.outcome.cancel()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _admit(self, caller: str, waiting: _Waiting) -> None:
        with self._lock:
            room = self._limit - self._running
            put_out = waiting if self._is_hopeless(caller) else self._line.push(caller, waiting, limit=room)
        if put_out is waiting:
            raise self.refusal()
        if put_out is not None:
            self.admissions.refused += 1
            put_out.is_late = True
            put_out.outcome.cancel()
            return  # the place that it had among the executor's tasks serves the newcomer
        self._executor.submit(self._serve_next)

    def _is_hopeless(self, caller: str, besides: Mapping[str, int] = _NOBODY) -> bool:
        ahead = self._running + self._line.ahead_of(caller, besides) + 1 - self._threads
        return ahead > 0 and ahead * self._mean_s / self._threads > self._wait_limit_s / 2

    def _expire(self, caller: str, waiting: _Waiting) -> None:
        with self._lock:
            waiting.is_late = self._line.discard(caller, waiting)
            self.admissions.expired += waiting.is_late
        if waiting.is_late:
            waiting.outcome.cancel()

    def _serve_next(self) -> None:
        with self._lock:
            waiting = self._line.pop()
            if waiting is None or not waiting.outcome.set_running_or_notify_cancel():
                return
            self._running += 1
            self.admissions.begun += 1
        started = self._clock()
        result, failure = None, None
        try:
            result = waiting.work()
        except BaseException as error:  # noqa: BLE001 - raised again where the result is awaited
            failure = error
        took_s = min(self._clock() - started, self._wait_limit_s)
        with self._lock:
            self._running -= 1
            self._mean_s += (took_s - self._mean_s) * _MEMORY
        # Told last: whoever asks again at once finds this thread free.
        if failure is None:
            waiting.outcome.set_result(result)
        else:
            waiting.outcome.set_exception(failure)


def _overloaded() -> Problem:
    return Problem(
        503, "overloaded", "too many questions are waiting; try again shortly", headers={"Retry-After": "1"}
    )
