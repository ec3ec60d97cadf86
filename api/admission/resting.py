"""What comes over a connection that was refused lately is looked at a little later, and not much of it in one go.

A flood comes over connections that send again as soon as they are refused. With each call of the system the thread
that accepts and refuses loses its turn to those that answer, so a refusal takes several times its processor time,
and whoever is read behind a flood waits for all of it. Who was not refused lately is looked at at once.
"""

import asyncio
import sys
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import FlowControl

from api.admission.fair_queue import FairQueue

PAUSE_S = 0.004
TOGETHER = 4
"""So many connections go on after each pause: a thousand refusals a second, more than two processors manage."""
REMEMBERED_S = 1.0
"""How long a refusal counts: as long as a refused caller is asked to wait."""


class Resting:
    """The connections that wait to be looked at, callers in turns. Used from the event loop alone."""

    def __init__(self) -> None:
        self._waiting: FairQueue[Callable[[], None]] = FairQueue()

    def begin(self, caller: str, go_on: Callable[[], None]) -> None:
        """Calls that when it is this caller's turn."""
        if not len(self._waiting):
            asyncio.get_running_loop().call_later(PAUSE_S, self._go_on)
        self._waiting.push(caller, go_on, limit=sys.maxsize)

    def _go_on(self) -> None:
        for _ in range(TOGETHER):
            if (go_on := self._waiting.pop()) is not None:
                go_on()
        if len(self._waiting):
            asyncio.get_running_loop().call_later(PAUSE_S, self._go_on)


class Rest:
    """Of one connection: when it was refused, and what came since and was not looked at."""

    def __init__(self, resting: Resting, flow: FlowControl, look_at: Callable[[bytes], None]) -> None:
        self._resting = resting
        self._flow = flow
        self._look_at = look_at
        self._loop = asyncio.get_running_loop()
        self._caller = ""
        self._until = float("-inf")
        self._kept = b""

    @property
    def is_keeping(self) -> bool:
        """Whether something waits to be looked at."""
        return bool(self._kept)

    def was_refused(self, caller: str) -> None:
        """What comes within REMEMBERED_S rests, in this caller's turns."""
        self._caller, self._until = caller, self._loop.time() + REMEMBERED_S

    def keeps(self, data: bytes) -> bool:
        """Whether this is kept for later; `look_at` gets it then. Until then nothing more is read."""
        if not self._kept:
            if self._loop.time() > self._until:
                return False
            self._flow.pause_reading()
            self._resting.begin(self._caller, self._go_on)
        self._kept += data
        return True

    def ended(self) -> None:
        """The connection is gone, and nobody waits for what was kept."""
        self._kept = b""

    def _go_on(self) -> None:
        kept, self._kept = self._kept, b""
        self._flow.resume_reading()
        if kept:
            self._look_at(kept)
