"""Batching: what comes at the same moment is done together; nothing waits for company, all for the processor."""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

MOST_TOGETHER = 16

Given = TypeVar("Given")
Made = TypeVar("Made")


class _Waiting(Generic[Given, Made]):
    """What one call gave. It is woken once: with `made` or `error`, or with neither, to work for all."""

    def __init__(self, given: Sequence[Given]) -> None:
        self.given = given
        self.made: Sequence[Made] | None = None
        self.error: BaseException | None = None
        # A lock alone: an Event is Python that every waiting thread would have to run with Python's own lock.
        self._asleep = Lock()
        self._asleep.acquire()

    def wait(self) -> None:
        """Returns when it is woken."""
        self._asleep.acquire()

    def wake(self) -> None:
        """Lets `wait` return, once."""
        self._asleep.release()


class Batching(Generic[Given, Made]):
    """Lets one thread work at a time, and with its own what has come in meanwhile.

    Nothing is delayed to gather more: what comes alone is done at once, and only what would have to share the
    processor anyway goes together. Who has worked wakes those whose part is ready, and the oldest of those that
    wait to be the next to work: nobody waits for work that is not theirs, but for what was under way when they
    came. Safe to share between threads.
    """

    def __init__(self, work: Callable[[Sequence[Given]], Sequence[Made]]) -> None:
        """`work` makes one of each that it is given, in their order; what it raises reaches all of them."""
        self._work = work
        self._queue: deque[_Waiting[Given, Made]] = deque()
        self._lock = Lock()
        self._is_at_work = False

    def of(self, given: Sequence[Given]) -> Sequence[Made]:
        """What `work` makes of these."""
        mine = _Waiting[Given, Made](given)
        with self._lock:
            has_to_wait = self._is_at_work
            self._is_at_work = True
            self._queue.append(mine)
        if has_to_wait:
            mine.wait()
        if mine.made is None and mine.error is None:
            self._work_off()
        if mine.error is not None:
            raise mine.error
        if mine.made is None:
            raise RuntimeError("a call was left without what was made for it; report this as a bug")
        return mine.made

    def _work_off(self) -> None:
        """Works for those that wait longest, the caller first; then wakes them, and who works next."""
        with self._lock:
            together = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_TOGETHER))]
        try:
            made = self._work([one for call in together for one in call.given])
            start = 0
            for call in together:
                call.made = made[start : start + len(call.given)]
                start += len(call.given)
        except BaseException as error:
            for call in together:
                call.error = error
            raise
        finally:
            with self._lock:
                self._is_at_work = bool(self._queue)
                following = [self._queue[0]] if self._queue else []
            for call in (*following, *together[1:]):
                call.wake()
