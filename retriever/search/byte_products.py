"""Inner products of all vectors with several questions at once, both as bytes, in whole numbers: by OpenVINO."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from retriever.openvino_runtime import FIRST_USE, openvino_runtime

ZERO = 128
"""The byte that stands for nothing: a byte is a number from -128 on, and this much more."""
LARGEST = 127
"""The largest number that stands in the bytes of a question."""
_TRIED_WITH = 256
_SETTINGS = {
    "PERFORMANCE_HINT": "LATENCY",
    "INFERENCE_NUM_THREADS": 1,
    "NUM_STREAMS": 1,
    "ENABLE_CPU_PINNING": False,
    "INFERENCE_PRECISION_HINT": "f32",
}
_OF_BYTES = ("u8", "i8")


class ByteProducts:
    """Multiplies the bytes of vectors, where they lie, with those of questions. Safe to share between threads.

    Sixteen questions take hardly longer than one: what takes time is to read all vectors.
    """

    def __init__(self, compiled: Any, codes: NDArray[np.uint8]) -> None:
        self._compiled, self._codes = compiled, codes
        # Taking from a list and adding to it are single steps of Python.
        self._free: list[Any] = []

    @classmethod
    def of(cls, codes: NDArray[np.uint8]) -> "ByteProducts | None":
        """The products with these bytes, shape (n, dimension), each ZERO more than its number; they have to stay.

        None where OpenVINO cannot, makes floats of all of them first, or gives other numbers: processors without
        dot products of bytes add up pairs in too few bits.
        """
        try:
            with FIRST_USE:
                compiled = _compiled(codes.shape[1])
                tried = cls(compiled, _extreme(codes.shape[1]))
                return cls(compiled, codes) if _multiplies_bytes(compiled) and tried.is_exact() else None
        except RuntimeError:
            return None

    def with_questions(self, numbers: NDArray[np.float32]) -> NDArray[np.float32]:
        """The products with whole numbers from -LARGEST to LARGEST, shape (m, dimension), as (n, m).

        Each is higher by ZERO times the sum of the question's numbers than that with the vector's numbers.
        """
        try:
            request = self._free.pop()
        except IndexError:
            request = self._compiled.create_infer_request()
            request.set_input_tensor(0, openvino_runtime().Tensor(self._codes, shared_memory=True))
        request.set_input_tensor(1, openvino_runtime().Tensor(numbers, shared_memory=True))
        request.infer(share_outputs=True)
        products: NDArray[np.float32] = request.get_output_tensor(0).data.copy()
        self._free.append(request)
        return products

    def is_exact(self) -> bool:
        """Whether the largest and random numbers give what they give in float64."""
        dimension = self._codes.shape[1]
        random = np.random.default_rng(1).integers(-LARGEST, LARGEST + 1, size=(2, dimension))
        numbers = np.concatenate([np.full((1, dimension), LARGEST), np.full((1, dimension), -LARGEST), random])
        expected = (self._codes.astype(np.float64) @ numbers.T.astype(np.float64)).astype(np.float32)
        return np.array_equal(self.with_questions(np.ascontiguousarray(numbers, dtype=np.float32)), expected)


def _compiled(dimension: int) -> Any:
    from openvino import opset13 as graph

    runtime = openvino_runtime()
    codes = graph.parameter([-1, dimension], runtime.Type.u8)
    numbers = graph.parameter([-1, dimension], runtime.Type.f32)
    low, high = np.float32(-LARGEST - 1), np.float32(LARGEST)
    # Told so, OpenVINO knows that bytes will do: a scale that is one, and 256 levels that are whole numbers.
    bytes_of_vectors = graph.multiply(graph.convert(codes, "f32"), graph.constant(np.float32(1)))
    bytes_of_questions = graph.fake_quantize(numbers, low, high, low, high, 256)
    products = graph.matmul(bytes_of_vectors, bytes_of_questions, False, True)
    return runtime.Core().compile_model(runtime.Model([products], [codes, numbers]), "CPU", _SETTINGS)


def _multiplies_bytes(compiled: Any) -> bool:
    told = [operation.get_rt_info() for operation in compiled.get_runtime_model().get_ordered_ops()]
    return any(one["layerType"].value == "MatMul" and one["runtimePrecision"].value in _OF_BYTES for one in told)


def _extreme(dimension: int) -> NDArray[np.uint8]:
    codes = np.random.default_rng(0).integers(0, 256, size=(_TRIED_WITH, dimension), dtype=np.uint8)
    codes[0] = 255
    return codes
