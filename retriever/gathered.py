"""Questions that come at the same moment, encoded together: none waits for another, all for the processor."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from retriever.encoder import Encoder, EncoderIdentity

MOST_TOGETHER = 16


@dataclass(slots=True, eq=False)
class _Waiting:
    """One call's texts; `vectors` or `error` once another thread has worked them off."""

    texts: Sequence[str]
    vectors: NDArray[np.float32] | None = None
    error: BaseException | None = None
    is_done: bool = False


class GatheringEncoder:
    """An Encoder that lets one thread encode at a time, and with its own what has come in meanwhile.

    Nothing is delayed to gather more: a question that comes alone is encoded at once, and only those that would
    have to share the processor anyway go together. Safe to share between threads.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._queue: deque[_Waiting] = deque()
        self._at_work = Lock()

    @property
    def identity(self) -> EncoderIdentity:
        """The identity of the encoder that does the work."""
        return self._encoder.identity

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (len(texts), dimension), as the encoder gives them."""
        mine = _Waiting(texts)
        self._queue.append(mine)
        with self._at_work:
            if not mine.is_done:
                self._work_off(mine)
        if mine.error is not None:
            raise mine.error
        if mine.vectors is None:
            raise RuntimeError("a question was left without its vector; report this as a bug")
        return mine.vectors

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), dimension), as the encoder gives them."""
        return self._encoder.encode_passages(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text as the encoder counts them."""
        return self._encoder.count_tokens(texts)

    def _work_off(self, mine: _Waiting) -> None:
        """Encodes what waits, oldest first and `mine` in any case; each call gets its own vectors or the error."""
        together = [mine]
        while self._queue and len(together) < MOST_TOGETHER:
            other = self._queue.popleft()
            if other is not mine:
                together.append(other)
        if mine in self._queue:
            self._queue.remove(mine)
        try:
            vectors = self._encoder.encode_queries([text for one in together for text in one.texts])
        except BaseException as error:
            for one in together:
                one.error, one.is_done = error, True
            raise
        start = 0
        for one in together:
            one.vectors = vectors[start : start + len(one.texts)]
            one.is_done = True
            start += len(one.texts)
