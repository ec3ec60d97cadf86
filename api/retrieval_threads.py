"""The threads that questions are worked on in, and how many may wait for one."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from api.problems import Problem

Result = TypeVar("Result")


class RetrievalThreads:
    """A bounded executor with a bounded queue: above it a question is refused at once, not left waiting."""

    def __init__(self, *, threads: int, waiting_limit: int) -> None:
        self._executor = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="retrieve")
        self._threads = threads
        self._limit = threads + waiting_limit
        self._taken = 0

    @property
    def running(self) -> int:
        """How many questions are being worked on."""
        return min(self._taken, self._threads)

    @property
    def waiting(self) -> int:
        """How many questions wait for a thread."""
        return self._taken - self.running

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of `work`, run in a thread. Raises Problem 503 when too many are waiting already."""
        if self._taken >= self._limit:
            detail = "too many questions are waiting; try again shortly"
            raise Problem(503, "overloaded", detail, headers={"Retry-After": "1"})
        self._taken += 1
        try:
            # The request's context goes along, so that what is traced in the thread belongs to the request.
            future = self._executor.submit(copy_context().run, work)
        except BaseException:
            self._taken -= 1
            raise
        loop = asyncio.get_running_loop()
        # A caller who gives up does not free the thread: the place is taken until the work has ended.
        future.add_done_callback(lambda _: _call_soon(loop, self._release))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Ends the threads after the work they have begun."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _release(self) -> None:
        self._taken -= 1


def _call_soon(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(function)
