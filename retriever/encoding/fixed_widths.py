"""Copies of the model for one question of a fixed width: the same vectors to the bit, in less time.

The one graph for all shapes works out anew at each question how large everything is. A copy that is made for one
shape need not; it takes 25 MB and a third of a second, so only widths that are asked often get one.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np

from retriever.encoding.shaped_requests import Request, ShapedRequests
from retriever.encoding.word_vectors import IDS, MASK, WORDS, WordVectors
from retriever.openvino_runtime import FIRST_USE

WIDEST = 32
"""Word pieces of the widest question that gets a copy: nearly all questions are no longer."""
ASKED_BEFORE = 16
"""Questions of a width that are computed as any other before it gets a copy. A single question never does."""
TRIED_WITH = 16
"""Texts that have to have the same vectors by the copy before it is trusted. Where it computes in another way, as
it does with OpenVINO's fused operations, three of ten differ."""
SETTINGS = {"SNIPPETS_MODE": "DISABLE"}
"""Fused operations round differently where the shape is known beforehand."""


class FixedWidths:
    """Counts the questions of each width, and makes its copy beside them. Safe to share between threads."""

    def __init__(
        self, core: Any, model: Any, settings: Mapping[str, object], requests: ShapedRequests, words: WordVectors
    ) -> None:
        """`model` is what was compiled with these settings for `requests`; it is kept, and shares its weights."""
        self._core, self._model, self._settings = core, model, {**settings, **SETTINGS}
        self._requests, self._words = requests, words
        self._asked = Counter[int]()
        self._counting = threading.Lock()

    def asked(self, width: int) -> None:
        """Notes one question that was computed alone. Never waits, and never fails."""
        if width > WIDEST or self._asked[width] >= ASKED_BEFORE:
            return
        with self._counting:
            self._asked[width] += 1
            is_often = self._asked[width] == ASKED_BEFORE
        if is_often:
            try:
                threading.Thread(target=self.make, args=(width,), name=f"encoder-{width}").start()
            except RuntimeError:
                return  # no thread is to be had: the one graph for all shapes goes on

    def make(self, width: int) -> bool:
        """Makes the copy for one question of this width and puts it to use, unless it computes other vectors."""
        shape = (1, width)
        try:
            with FIRST_USE:
                model = self._model.clone()
                model.reshape({IDS: [*shape], MASK: [*shape], WORDS: [*shape, self._words.dimension]})
                compiled = self._core.compile_model(model, "CPU", self._settings)
                is_same = self._is_same(Request(compiled, shape, self._words), width)
        except (RuntimeError, MemoryError):
            return False  # this version or this processor cannot do it, or there is no memory for it
        if is_same:
            self._requests.use(compiled, shape)
        return is_same

    def _is_same(self, request: Request, width: int) -> bool:
        chance = np.random.default_rng(width)
        lengths = np.linspace(3, width, TRIED_WITH).astype(np.int64)
        texts = [chance.integers(self._words.count, size=length).tolist() for length in lengths]
        alike = (np.array_equal(request.infer([ids]), self._requests.infer([ids], width=width)) for ids in texts)
        return all(alike)
