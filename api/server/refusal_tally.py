"""The log of what is refused at the connection: a line a second with a number, however many are refused."""

import asyncio
import logging
from collections import Counter
from time import perf_counter

TOLD_EVERY_S = 1.0

logger = logging.getLogger("footnoted.access")


class RefusalTally:
    """Used from the event loop alone. What it writes holds nothing that a caller sent."""

    def __init__(self) -> None:
        self._refused: Counter[tuple[str, int]] = Counter()
        self._began_s = 0.0

    def count(self, route: str, status: int) -> None:
        """Counts one refusal; within a second all since the last line are told."""
        if not self._refused:
            self._began_s = perf_counter()
            asyncio.get_running_loop().call_later(TOLD_EVERY_S, self.tell)
        self._refused[route, status] += 1

    def tell(self) -> None:
        """Writes a line for each route and status that was refused since the last time."""
        seconds = round(perf_counter() - self._began_s, 1)
        for (route, status), refused in sorted(self._refused.items()):
            said = {"method": "POST", "route": route, "status": status, "refused": refused, "seconds": seconds}
            logger.info("%(method)s %(route)s %(status)s refused %(refused)s in %(seconds)ss", said, extra=said)
        self._refused.clear()
