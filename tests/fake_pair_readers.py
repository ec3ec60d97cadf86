"""Pair readers without a model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retriever.errors import EncoderUnavailable
from retriever.reading.pair_reader import PairReader


class Likes(PairReader):
    """Reads without a model: what holds a word has a high logit."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self.word, self.calls = word, 0

    def read(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:  # noqa: ARG002 - the seam's
        """9 with the word, -9 without."""
        self.calls += 1
        return np.array([9.0 if self.word in text else -9.0 for text in texts], dtype=np.float32)


class Broken(PairReader):
    """A reader that cannot be loaded."""

    def read(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:  # noqa: ARG002 - the seam's
        """Raises what a missing model raises."""
        raise EncoderUnavailable("the pair reader cannot be loaded; install the program anew")
