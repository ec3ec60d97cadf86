"""Copies of the model for one width: made for widths that are asked often, used where they compute the same."""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from retriever.encoding.fixed_widths import ASKED_BEFORE, WIDEST, FixedWidths
from retriever.encoding.shaped_requests import ShapedRequests
from retriever.encoding.word_vectors import IDS, MASK, WordVectors, take_out_words
from retriever.openvino_runtime import openvino_runtime

WORDS_KNOWN, DIMENSION = 50, 4


class Compiled:
    """A compiled model whose vector of a text is `factor` times the sum of its words' vectors."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self.inferred = 0

    def create_infer_request(self) -> "Request":
        return Request(self)

    def vectors(self, words: NDArray[np.float32]) -> NDArray[np.float32]:
        self.inferred += 1
        vectors: NDArray[np.float32] = words.sum(axis=1) * np.float32(self._factor)
        return vectors


class Request:
    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._inputs: dict[str, Any] = {}
        self.data: NDArray[np.float32] = np.zeros((0, DIMENSION), np.float32)

    def set_tensor(self, name: str, tensor: Any) -> None:
        self._inputs[name] = tensor

    def infer(self, **_: object) -> None:
        self.data = self._compiled.vectors(self._inputs["words"].data)

    def get_output_tensor(self, _: int) -> "Request":
        return self


class Model:
    def clone(self) -> "Model":
        return Model()

    def reshape(self, shapes: dict[str, Sequence[int]]) -> None:
        self.shapes = shapes


class Core:
    """Compiles nothing: gives what it was made with, or raises it."""

    def __init__(self, gives: Compiled | Exception) -> None:
        self._gives = gives
        self.asked = threading.Semaphore(0)

    def compile_model(self, *_: object) -> Compiled:
        self.asked.release()
        if isinstance(self._gives, Exception):
            raise self._gives
        return self._gives


def words() -> WordVectors:
    numbers = np.random.default_rng(1).integers(-127, 128, size=(WORDS_KNOWN, DIMENSION)).astype(np.int8)
    return WordVectors(numbers, np.full((WORDS_KNOWN, 1), 0.01, np.float32))


def over(general: Compiled, core: Core) -> tuple[FixedWidths, ShapedRequests]:
    requests = ShapedRequests(general, words())
    return FixedWidths(core, Model(), {}, requests, words()), requests


def test_a_copy_that_computes_the_same_is_used_for_single_questions_of_its_width() -> None:
    general, copy = Compiled(1), Compiled(1)
    fixed, requests = over(general, Core(copy))
    before = requests.infer([[1, 2, 3]], width=16)
    assert fixed.make(16)
    general.inferred = copy.inferred = 0
    assert np.array_equal(requests.infer([[1, 2, 3]], width=16), before)
    assert (general.inferred, copy.inferred) == (0, 1)
    requests.infer([[1, 2, 3]], width=32)
    requests.infer([[1, 2, 3], [4]], width=16)
    assert (general.inferred, copy.inferred) == (2, 1)


@pytest.mark.parametrize("gives", [Compiled(1.0001), RuntimeError("no such property"), MemoryError()])
def test_a_copy_that_computes_otherwise_or_cannot_be_made_is_not_used(gives: Compiled | Exception) -> None:
    general = Compiled(1)
    fixed, requests = over(general, Core(gives))
    assert not fixed.make(16)
    general.inferred = 0
    requests.infer([[1, 2, 3]], width=16)
    assert general.inferred == 1


def test_a_width_gets_its_copy_once_and_only_when_it_is_asked_often() -> None:
    core = Core(Compiled(1))
    fixed, _ = over(Compiled(1), core)
    for _ in range(ASKED_BEFORE - 1):
        fixed.asked(16)
    for _ in range(3 * ASKED_BEFORE):
        fixed.asked(WIDEST + 16)
    assert not core.asked.acquire(blocking=False)
    for _ in range(2 * ASKED_BEFORE):
        fixed.asked(16)
    assert core.asked.acquire(timeout=60)
    assert not core.asked.acquire(blocking=False)


@pytest.mark.parametrize("kind", [np.int8, np.float32])
def test_words_are_taken_out_of_a_graph_that_has_them_as_bytes_and_of_no_other(kind: type[np.generic]) -> None:
    openvino = openvino_runtime()
    from openvino import opset13 as operations

    ids, mask = (openvino.op.Parameter(openvino.Type.i64, openvino.PartialShape([-1, -1])) for _ in range(2))
    for parameter, name in ((ids, IDS), (mask, MASK)):
        parameter.output(0).set_names({name})
    numbers = np.arange(12).reshape(3, 4).astype(kind)
    scales = np.array([[0.5], [0.25], [2]], np.float32)
    table = numbers if kind is np.float32 else operations.multiply(operations.convert(numbers, "f32"), scales)
    looked_up = operations.gather(table, operations.convert(ids, "i32"), 0)
    marked = operations.unsqueeze(operations.convert(mask, "f32"), 2)
    model = openvino.Model([operations.multiply(looked_up, marked)], [ids, mask])
    taken = take_out_words(model)
    if kind is np.float32:
        assert taken is None
        assert len(model.inputs) == 2
    else:
        assert taken is not None
        assert len(model.inputs) == 3
        found = np.zeros((1, 2, 4), np.float32)
        taken.look_up(np.array([[2, 0]]), found)
        assert np.array_equal(found[0], (numbers * scales)[[2, 0]])
