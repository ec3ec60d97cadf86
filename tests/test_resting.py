"""Resting: a refused connection is read again soon, and a flood of them not in one go."""

import asyncio

from uvicorn.protocols.http.flow_control import FlowControl

from api.admission.resting import WOKEN_TOGETHER, Resting
from tests.waiting import PATIENCE_S


class ReadTransport(asyncio.Transport):
    """Notes when it is read again, and in how many turns of the loop that is."""

    woken: list[int]

    def __init__(self, woken: list[int]) -> None:
        super().__init__()
        self.woken = woken
        self.is_read = True

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True
        if not self.woken or self.woken[-1] == 0:
            asyncio.get_running_loop().call_soon(self.woken.append, 0)
            self.woken.append(0)
        self.woken[-1] += 1


async def rested(connections: int) -> list[int]:
    """How many of so many connections are read again in each turn of the loop."""
    turns: list[int] = []
    transports = [ReadTransport(turns) for _ in range(connections)]
    resting = Resting()
    for transport in transports:
        resting.begin(FlowControl(transport))
    assert not any(transport.is_read for transport in transports)
    async with asyncio.timeout(PATIENCE_S):
        while not all(transport.is_read for transport in transports):
            await asyncio.sleep(0)
    return [times for times in turns if times]


def test_a_connection_that_rests_goes_on_by_itself() -> None:
    assert asyncio.run(rested(1)) == [1]


def test_of_many_that_rest_a_few_go_on_in_one_turn() -> None:
    assert asyncio.run(rested(2 * WOKEN_TOGETHER + 1)) == [WOKEN_TOGETHER, WOKEN_TOGETHER, 1]


def test_who_rests_later_is_woken_as_well() -> None:
    async def twice() -> None:
        turns: list[int] = []
        resting, transport = Resting(), ReadTransport(turns)
        for _ in range(2):
            resting.begin(FlowControl(transport))
            async with asyncio.timeout(PATIENCE_S):
                while not transport.is_read:
                    await asyncio.sleep(0)

    asyncio.run(twice())
