"""Texts that come at the same moment, encoded together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retriever.batching import Batching
from retriever.encoder import Encoder, EncoderIdentity


class BatchingEncoder:
    """An Encoder that lets one thread encode questions at a time, and with its own what has come in meanwhile.

    Safe to share between threads; see `Batching`.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._batching = Batching[str, NDArray[np.float32]](self._vectors)

    @property
    def identity(self) -> EncoderIdentity:
        """The identity of the encoder that does the work."""
        return self._encoder.identity

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (len(texts), dimension), as the encoder gives them."""
        vectors = self._batching.of(texts)
        return np.stack(vectors) if vectors else np.empty((0, self.identity.dimension), dtype=np.float32)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), dimension), as the encoder gives them."""
        return self._encoder.encode_passages(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text as the encoder counts them."""
        return self._encoder.count_tokens(texts)

    def _vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        return list(self._encoder.encode_queries(texts))
