"""Waiting for something to come about: for as long as a slow machine needs, not for ever."""

import time
from collections.abc import Callable

PATIENCE_S = 120.0
"""How long a test waits for what must come: only what hangs takes longer, on however busy a machine."""


def wait_until(met: Callable[[], bool]) -> None:
    """Returns once `met` says so. Raises AssertionError where that never comes about."""
    deadline = time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < deadline, f"it did not come about in {PATIENCE_S:g} s"
        time.sleep(0.01)
