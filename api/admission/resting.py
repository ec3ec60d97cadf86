"""Connections that rest after a refusal: their next question is read a little later, and not many in one go.

A flood comes over connections that send again as soon as they are refused. With each call of the system the thread
that accepts and refuses loses its turn to those that answer, so a refusal takes several times its processor time,
and whoever is read behind a flood waits for all of it. Who was not refused is read at once.
"""

import asyncio
from collections import deque

from uvicorn.protocols.http.flow_control import FlowControl

PAUSE_S = 0.004
WOKEN_TOGETHER = 4
"""So many connections go on after each pause: a thousand refusals a second, more than two processors manage."""


class Resting:
    """The connections that rest now. Used from the event loop alone."""

    def __init__(self) -> None:
        self._resting: deque[FlowControl] = deque()

    def begin(self, flow: FlowControl) -> None:
        """Reads nothing from a connection until it is its turn to go on."""
        if not self._resting:
            asyncio.get_running_loop().call_later(PAUSE_S, self._wake)
        flow.pause_reading()
        self._resting.append(flow)

    def _wake(self) -> None:
        for _ in range(min(len(self._resting), WOKEN_TOGETHER)):
            self._resting.popleft().resume_reading()
        if self._resting:
            asyncio.get_running_loop().call_later(PAUSE_S, self._wake)
