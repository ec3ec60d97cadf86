"""Resting: what comes after a refusal is looked at soon, in its turn, and of a flood not all in one go."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl

from api.admission.resting import TOGETHER, Rest, Resting
from tests.waiting import PATIENCE_S


class ReadTransport(asyncio.Transport):
    """Knows whether it is read."""

    is_read = True

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True


class Looked:
    """What was looked at, and how much in each turn of the loop."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.turns: list[int] = []
        self._is_same_turn = False

    def at(self, data: bytes) -> None:
        if not self._is_same_turn:
            self._is_same_turn = True
            self.turns.append(0)
            asyncio.get_running_loop().call_soon(self._turn_is_over)
        self.turns[-1] += 1
        self.seen.append(data)

    def _turn_is_over(self) -> None:
        self._is_same_turn = False

    async def so_many(self, number: int) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while len(self.seen) < number:
                await asyncio.sleep(0)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


def test_nothing_rests_of_a_connection_that_was_not_refused() -> None:
    async def test() -> None:
        transport = ReadTransport()
        assert not Rest(Resting(), FlowControl(transport), Looked().at).keeps(b"question")
        assert transport.is_read

    run(test)


def test_what_comes_after_a_refusal_is_looked_at_whole_and_only_then_more_is_read() -> None:
    async def test() -> None:
        transport, looked = ReadTransport(), Looked()
        rest = Rest(Resting(), FlowControl(transport), looked.at)
        for question in (b"first", b"second"):
            rest.was_refused("crowd")
            assert rest.keeps(question)
            assert rest.keeps(b", and the rest of it")
            assert not transport.is_read
            await looked.so_many(len(looked.seen) + 1)
            assert transport.is_read
        assert looked.seen == [b"first, and the rest of it", b"second, and the rest of it"]

    run(test)


def test_of_a_flood_a_few_are_looked_at_in_one_turn_in_the_order_in_which_they_came() -> None:
    async def test() -> None:
        resting, looked = Resting(), Looked()
        rests = [Rest(resting, FlowControl(ReadTransport()), looked.at) for _ in range(2 * TOGETHER + 1)]
        for number, rest in enumerate(rests):
            rest.was_refused("crowd")
            assert rest.keeps(b"%d" % number)
        await looked.so_many(len(rests))
        assert looked.turns == [TOGETHER, TOGETHER, 1]
        assert looked.seen == [b"%d" % number for number in range(len(rests))]

    run(test)


def test_whose_flood_it_is_not_does_not_wait_for_it() -> None:
    async def test() -> None:
        resting, looked = Resting(), Looked()
        for number in range(3 * TOGETHER):
            rest = Rest(resting, FlowControl(ReadTransport()), looked.at)
            rest.was_refused("other" if number == 2 * TOGETHER else "crowd")
            assert rest.keeps(b"other" if number == 2 * TOGETHER else b"crowd")
        await looked.so_many(3 * TOGETHER)
        assert looked.seen.index(b"other") == 1

    run(test)


def test_what_a_caller_sent_who_has_gone_is_not_looked_at() -> None:
    async def test() -> None:
        resting, looked = Resting(), Looked()
        gone, there = (Rest(resting, FlowControl(ReadTransport()), looked.at) for _ in range(2))
        for rest, data in ((gone, b"gone"), (there, b"there")):
            rest.was_refused("crowd")
            assert rest.keeps(data)
        gone.ended()
        await looked.so_many(1)
        assert looked.seen == [b"there"]

    run(test)
