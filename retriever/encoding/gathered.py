"""Questions that come at the same moment, encoded together: none waits for another, all for the processor."""

from collections import deque
from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from retriever.encoder import Encoder, EncoderIdentity

MOST_TOGETHER = 16


class _Waiting:
    """One call's texts. It is woken once: with `vectors` or `error`, or with neither, to encode for all."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.vectors: NDArray[np.float32] | None = None
        self.error: BaseException | None = None
        # A lock alone: an Event is Python that every waiting thread would have to run with Python's own lock.
        self._asleep = Lock()
        self._asleep.acquire()

    def wait(self) -> None:
        """Returns when it is woken."""
        self._asleep.acquire()

    def wake(self) -> None:
        """Lets `wait` return, once."""
        self._asleep.release()


class GatheringEncoder:
    """An Encoder that lets one thread encode at a time, and with its own what has come in meanwhile.

    Nothing is delayed to gather more: a question that comes alone is encoded at once, and only those that would
    have to share the processor anyway go together. Who has encoded wakes those whose vectors are ready, and the
    oldest of those that wait to be the next to encode: nobody waits for an encoding that is not theirs, but the
    one that was under way when they came. Safe to share between threads.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._queue: deque[_Waiting] = deque()
        self._lock = Lock()
        self._is_at_work = False

    @property
    def identity(self) -> EncoderIdentity:
        """The identity of the encoder that does the work."""
        return self._encoder.identity

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (len(texts), dimension), as the encoder gives them."""
        mine = _Waiting(texts)
        with self._lock:
            has_to_wait = self._is_at_work
            self._is_at_work = True
            self._queue.append(mine)
        if has_to_wait:
            mine.wait()
        if mine.vectors is None and mine.error is None:
            self._work_off()
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

    def _work_off(self) -> None:
        """Encodes what waits longest, the caller's own first; then wakes them, and who encodes next."""
        with self._lock:
            together = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_TOGETHER))]
        try:
            vectors = self._encoder.encode_queries([text for one in together for text in one.texts])
            start = 0
            for one in together:
                one.vectors = vectors[start : start + len(one.texts)]
                start += len(one.texts)
        except BaseException as error:
            for one in together:
                one.error = error
            raise
        finally:
            with self._lock:
                self._is_at_work = bool(self._queue)
                following = [self._queue[0]] if self._queue else []
            for one in (*following, *together[1:]):
                one.wake()
