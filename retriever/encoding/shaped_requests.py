"""Requests to a compiled model: one for each shape of its input, with memory of its own for the tokens."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retriever.encoding.openvino_runtime import openvino_runtime


class _Request:
    """A request whose input stays where it lies: to tell OpenVINO of another place takes a tenth of a question."""

    def __init__(self, compiled: Any, shape: tuple[int, int]) -> None:
        self._ids = np.zeros(shape, dtype=np.int64)
        self._mask = np.zeros(shape, dtype=np.int64)
        self._request = compiled.create_infer_request()
        tensor = openvino_runtime().Tensor
        self._request.set_tensor("input_ids", tensor(self._ids, shared_memory=True))
        self._request.set_tensor("attention_mask", tensor(self._mask, shared_memory=True))

    def infer(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        for row, tokens in enumerate(ids):
            self._ids[row, : len(tokens)] = tokens
            self._ids[row, len(tokens) :] = 0
            self._mask[row, : len(tokens)] = 1
            self._mask[row, len(tokens) :] = 0
        self._request.infer(share_outputs=True)
        vectors: NDArray[np.float32] = self._request.get_output_tensor(0).data.copy()
        return vectors


class ShapedRequests:
    """The requests to one compiled model. Safe to share between threads: each uses a request that is free."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        # Taking from a list and adding to it are single steps of Python; 64 shapes take 30 kB.
        self._free: dict[tuple[int, int], list[_Request]] = {}

    def infer(self, ids: Sequence[Sequence[int]], *, width: int) -> NDArray[np.float32]:
        """The vectors of texts as tokens, padded to `width`, shape (len(ids), dimension).

        Raises RuntimeError, as OpenVINO does for whatever goes wrong.
        """
        shape = (len(ids), width)
        free = self._free.setdefault(shape, [])
        try:
            request = free.pop()
        except IndexError:
            request = _Request(self._compiled, shape)
        vectors = request.infer(ids)
        free.append(request)  # one that failed is used no more
        return vectors
