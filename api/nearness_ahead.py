"""Nearness learnt ahead: the routing rules' examples are encoded in a thread, once the service is ready."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor

from retriever.encoder import Encoder
from retriever.errors import FootnotedError
from retriever.questions.nearness import Nearness, learn_nearness
from retriever.questions.routing import RoutingRules

logger = logging.getLogger("footnoted.routing")


class NearnessAhead:
    """What the examples say in one encoder's vectors; the first questions wait until it is known."""

    def __init__(self, rules: RoutingRules, encoder: Encoder) -> None:
        """Begins to learn it, and returns at once."""
        learning = ThreadPoolExecutor(1, thread_name_prefix="learn-routing")
        self.encoder = encoder
        self._learnt: Future[Nearness | None] = learning.submit(_learn, rules, encoder)
        learning.shutdown(wait=False)

    def learnt(self) -> Nearness | None:
        """What was learnt, as soon as it is there; None where the patterns alone decide."""
        return self._learnt.result()


def _learn(rules: RoutingRules, encoder: Encoder) -> Nearness | None:
    try:
        return learn_nearness(rules, encoder)
    except FootnotedError as error:
        logger.warning("the routing rules' examples cannot be encoded, so the patterns alone decide: %s", error)
        return None
