"""A worker's link to the supervisor: the shared copy of the index, what the other workers count, and its end."""

import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from api.workers.failures import failure_of
from api.workers.messages import Message, receive, send
from retriever.errors import IndexRefused
from retriever.shared_copy import SharedCopy, open_copy
from retriever.store.generation import Generation
from retriever.store.store import IndexStore


@dataclass(frozen=True, slots=True)
class Channels:
    """The sockets between the supervisor and one worker; in each, one side asks and the other answers.

    `index` and `counts` are asked by the worker, `asked` by the supervisor.
    """

    index: socket.socket
    counts: socket.socket
    asked: socket.socket


class SupervisorLink:
    """One worker's link. Safe to share between threads."""

    def __init__(self, channels: Channels, *, number: int) -> None:
        """`number` is the worker's, counted from 1."""
        self._channels = channels
        self._index_turn, self._counts_turn = Lock(), Lock()
        self.number = number

    def published(self, index_dir: Path) -> Generation:
        """What is published now, from the shared copy where there can be one. Raises FootnotedError."""
        return self._generation("published", index_dir)

    def last_good(self, index_dir: Path) -> Generation:
        """What the other workers serve, where what is published now was refused. Raises FootnotedError."""
        return self._generation("last good", index_dir)

    def tell_ready(self) -> None:
        """Says that this worker answers from now on."""
        self._ask(self._channels.index, self._index_turn, {"tell": "ready"})

    def tell_refused(self, reason: str) -> None:
        """Says why this worker cannot start: the settings are at fault, so no other one could."""
        self._ask(self._channels.index, self._index_turn, {"tell": "refused", "reason": reason})

    def counts_of_others(self) -> Sequence[Mapping[str, Any]]:
        """What the other workers answered to `answer_asked`; those that were too slow are left out."""
        answered = self._ask(self._channels.counts, self._counts_turn, {"ask": "counts"})
        return () if answered is None else tuple(answered.content["workers"])

    def answer_asked(self, counts: Callable[[], Mapping[str, Any]]) -> None:
        """Answers the supervisor with `counts`, in a thread, and ends this process in order once it is gone."""
        Thread(target=self._answer, args=(counts,), name="supervisor-link", daemon=True).start()

    def _answer(self, counts: Callable[[], Mapping[str, Any]]) -> None:
        while (asked := receive(self._channels.asked)) is not None:
            try:
                send(self._channels.asked, {**counts(), "number": asked.content["number"]})
            except OSError:
                break
        # Without its supervisor nobody would replace or end this process, and the port would stay taken.
        os.kill(os.getpid(), signal.SIGTERM)

    def _generation(self, which: str, index_dir: Path) -> Generation:
        answered = self._ask(self._channels.index, self._index_turn, {"ask": which})
        if answered is None:
            raise IndexRefused("the supervisor of the workers has ended; start the service again")
        failure = failure_of(answered.content)
        if failure is not None:
            raise failure
        if "own" in answered.content:
            return IndexStore(index_dir).open()
        if answered.descriptor is None:
            raise IndexRefused("the supervisor sent no copy of the index; report this as a bug")
        places = {name: (start, size) for name, (start, size) in answered.content["places"].items()}
        try:
            return open_copy(SharedCopy(answered.descriptor, answered.content["generation"], places))
        finally:
            os.close(answered.descriptor)

    def _ask(self, channel: socket.socket, turn: Lock, content: Mapping[str, Any]) -> Message | None:
        """The supervisor's answer; None where it is gone."""
        with turn:
            try:
                send(channel, content)
            except OSError:
                return None
            return receive(channel)
