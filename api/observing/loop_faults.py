"""What the event loop itself runs into: connections that cannot be taken are one line in the log, not many stacks.

asyncio waits a second and takes them then; but it tells of each try, and it tries as often as it may at once.
"""

import asyncio
import errno
import logging
import os
import time
from collections.abc import Callable
from typing import Any

QUIET_S = 10.0
"""After the line, for how long there is no other."""

logger = logging.getLogger("footnoted.serve")

_OUT_OF = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class LoopFaults:
    """A loop's exception handler."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._quiet_until = float("-inf")

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tells of a fault; of all but the one meant here as the loop would."""
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in _OUT_OF:
            loop.default_exception_handler(context)
        elif self._clock() >= self._quiet_until:
            self._quiet_until = self._clock() + QUIET_S
            logger.error(
                "new connections wait, they cannot be taken: %s; allow more open files (LimitNOFILE, ulimit -n), "
                "or let fewer connections stand",
                os.strerror(error.errno),
            )
