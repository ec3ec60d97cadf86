"""Where an exchange stands, as far as the caller is waited for, and the deadline of that."""

import asyncio
from collections.abc import Callable
from enum import StrEnum

from api.server.limits import Deadlines


class Phase(StrEnum):
    """What is waited for: the caller's, but for OURS."""

    IDLE = "idle"
    HEAD = "head"
    BODY = "body"
    LINGERING = "lingering"
    OURS = "ours"


class PhaseTimer:
    """Runs once for each phase that an exchange enters; within a phase it is never moved."""

    def __init__(self, deadlines: Deadlines, *, idle_s: float, too_late: Callable[[Phase], None]) -> None:
        """`too_late` is called with the phase whose time is over."""
        self._seconds = {
            Phase.IDLE: idle_s,
            Phase.HEAD: deadlines.head_s,
            Phase.BODY: deadlines.body_s,
            Phase.LINGERING: deadlines.linger_s,
        }
        self._too_late = too_late
        self._phase: Phase | None = None
        self._timer: asyncio.TimerHandle | None = None

    def enter(self, phase: Phase, *, idle_s: float | None = None) -> None:
        """Starts the deadline of a phase unless it runs already; `idle_s` in place of what IDLE usually has."""
        if phase is self._phase:
            return
        self.stop()
        self._phase = phase
        seconds = self._seconds.get(phase) if idle_s is None else idle_s
        if seconds is not None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._ended, phase)

    def forget(self) -> None:
        """Whichever phase comes next is a new one."""
        self._phase = None

    def stop(self) -> None:
        """Ends the deadline that runs."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ended(self, phase: Phase) -> None:
        self._timer = None
        self._too_late(phase)
