"""The threads: bounded, each caller in its turn, never begun too late, and overload told at once."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from api.admission.caller import CALLER
from api.admission.retrieval_threads import RetrievalThreads
from api.http.problems import Problem
from tests.waiting import PATIENCE_S


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), PATIENCE_S))


async def come_about(met: Callable[[], bool]) -> None:
    while not met():
        await asyncio.sleep(0.001)


class Busy:
    """Threads of which one is kept busy until told."""

    def __init__(self, **limits: Any) -> None:
        self.threads = RetrievalThreads(threads=1, **{"waiting_limit": 10, "wait_limit_s": PATIENCE_S, **limits})
        self.begun, self.release = threading.Event(), threading.Event()
        self.done: list[str] = []

    async def __aenter__(self) -> "Busy":
        self._first = asyncio.create_task(self.threads.run(self._wait))
        await asyncio.to_thread(self.begun.wait, PATIENCE_S)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.release.set()
        await self._first
        self.threads.close()

    def _wait(self) -> None:
        self.begun.set()
        self.release.wait(PATIENCE_S)

    def ask(self, caller: str, name: str) -> "asyncio.Task[None]":
        async def asking() -> None:
            CALLER.set(caller)
            await self.threads.run(lambda: self.done.append(name))

        return asyncio.create_task(asking())


def test_what_waits_past_its_time_is_refused_and_never_begun() -> None:
    async def test() -> None:
        async with Busy(wait_limit_s=0.1) as busy:
            waiting = busy.ask("a", "late")
            with pytest.raises(Problem) as refused:
                await waiting
            assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "1"})
        assert busy.done == []
        assert (busy.threads.admissions.begun, busy.threads.admissions.expired) == (1, 1)

    run(test)


def test_work_whose_caller_has_gone_is_never_begun() -> None:
    async def test() -> None:
        async with Busy() as busy:
            waiting = busy.ask("a", "gone")
            await come_about(lambda: busy.threads.waiting == 1)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert busy.threads.waiting == 0
        assert busy.done == []
        assert busy.threads.admissions.abandoned == 1

    run(test)


def test_one_caller_cannot_keep_another_from_its_turn() -> None:
    async def test() -> None:
        async with Busy(waiting_limit=4) as busy:
            many = [busy.ask("many", f"many-{number}") for number in range(20)]
            await come_about(lambda: busy.threads.admissions.refused == 16)
            one = busy.ask("one", "one")
            await come_about(lambda: busy.threads.admissions.refused == 17)
            busy.release.set()
            await one
            outcomes = await asyncio.gather(*many, return_exceptions=True)
            assert sum(isinstance(outcome, Problem) for outcome in outcomes) == 17
        assert busy.done == ["many-0", "one", "many-1", "many-2"]

    run(test)


def test_a_wait_that_is_known_to_be_too_long_is_refused_on_arrival() -> None:
    async def test() -> None:
        now_s = 0.0

        def work() -> None:
            nonlocal now_s
            now_s += 2

        threads = RetrievalThreads(threads=1, waiting_limit=100, wait_limit_s=40, clock=lambda: now_s)
        for _ in range(200):
            await threads.run(work)
        release = threading.Event()
        first = asyncio.create_task(threads.run(lambda: release.wait(PATIENCE_S)))
        await come_about(lambda: threads.running == 1)
        tasks = [asyncio.create_task(threads.run(work)) for _ in range(60)]
        await come_about(lambda: threads.waiting + threads.admissions.refused == 60)
        release.set()
        outcomes = await asyncio.gather(first, *tasks, return_exceptions=True)
        # Half of 40 s are ten times 2 s: ten may wait, the others are refused before any of them expires.
        assert sum(isinstance(outcome, Problem) for outcome in outcomes) == 50
        assert (threads.admissions.refused, threads.admissions.expired) == (50, 0)
        threads.close()

    run(test)


def test_an_error_in_a_thread_reaches_who_waits_for_it() -> None:
    async def test() -> None:
        threads = RetrievalThreads(threads=1, waiting_limit=0, wait_limit_s=1)
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0)
        assert await threads.run(lambda: 2) == 2
        threads.close()

    run(test)
