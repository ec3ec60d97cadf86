"""Requests to a compiled model: one for each shape of its input, with memory of its own for the tokens."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retriever.encoding.word_vectors import IDS, MASK, WORDS, WordVectors
from retriever.openvino_runtime import openvino_runtime

Shape = tuple[int, int]
"""How many texts, and how many word pieces each of them has with its padding."""


class Request:
    """A request whose input stays where it lies: to tell OpenVINO of another place takes a tenth of a question."""

    def __init__(self, compiled: Any, shape: Shape, words: WordVectors | None) -> None:
        self._words = words
        self._ids = np.zeros(shape, dtype=np.int64)
        self._mask = np.zeros(shape, dtype=np.int64)
        self._vectors = np.zeros((*shape, 0 if words is None else words.dimension), dtype=np.float32)
        self._request = compiled.create_infer_request()
        inputs = {IDS: self._ids, MASK: self._mask} | ({} if words is None else {WORDS: self._vectors})
        for name, array in inputs.items():
            self._request.set_tensor(name, openvino_runtime().Tensor(array, shared_memory=True))

    def infer(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The vectors of texts as tokens, shape (len(ids), dimension). Raises RuntimeError."""
        for row, tokens in enumerate(ids):
            self._ids[row, : len(tokens)] = tokens
            self._ids[row, len(tokens) :] = 0
            self._mask[row, : len(tokens)] = 1
            self._mask[row, len(tokens) :] = 0
        if self._words is not None:
            self._words.look_up(self._ids, self._vectors)
        self._request.infer(share_outputs=True)
        vectors: NDArray[np.float32] = self._request.get_output_tensor(0).data.copy()
        return vectors


class ShapedRequests:
    """The requests to one compiled model. Safe to share between threads: each uses a request that is free."""

    def __init__(self, compiled: Any, words: WordVectors | None) -> None:
        """`words` are the vectors that the model is given as an input, None where it looks them up itself."""
        self._compiled, self._words = compiled, words
        # Taking from a list and adding to it are single steps of Python; 64 shapes take 30 kB.
        self._free: dict[Shape, list[Request]] = {}
        self._made_for: dict[Shape, Any] = {}

    def infer(self, ids: Sequence[Sequence[int]], *, width: int) -> NDArray[np.float32]:
        """The vectors of texts as tokens, padded to `width`, shape (len(ids), dimension).

        Raises RuntimeError, as OpenVINO does for whatever goes wrong.
        """
        shape = (len(ids), width)
        free = self._free.setdefault(shape, [])
        try:
            request = free.pop()
        except IndexError:
            request = Request(self._made_for.get(shape, self._compiled), shape, self._words)
        vectors = request.infer(ids)
        free.append(request)  # one that failed is used no more
        return vectors

    def use(self, compiled: Any, shape: Shape) -> None:
        """From now on this model computes what has this shape; it has to give the same vectors to the bit."""
        self._made_for[shape] = compiled
        self._free[shape] = []
