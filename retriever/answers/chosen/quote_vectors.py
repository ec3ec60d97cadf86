"""The vectors of quotes, kept for the next question that comes to the same pages."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from retriever.encoder import Encoder

KEPT = 8_192
"""About 13 MB at 384 dimensions. What is kept is the collection's own text, never a question's."""


class QuoteVectors:
    """Encodes quotes, each once while it is remembered. Safe to share between threads.

    Each is encoded alone, so that its vector never depends on which others were known already.
    """

    def __init__(self, encoder: Encoder, *, kept: int = KEPT) -> None:
        self._encoder = encoder
        self._kept = kept
        self._known: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vector of each text as a passage, shape (len(texts), dimension), of length one."""
        return np.stack([self._one(text) for text in texts])

    def _one(self, text: str) -> NDArray[np.float32]:
        key = hashlib.sha256(text.encode()).digest()
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return known
        vector: NDArray[np.float32] = self._encoder.encode_passages([text])[0]
        with self._lock:
            self._known[key] = vector
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        return vector
