"""The vectors of word pieces, looked up outside of the graph, which would hold a table for each shape."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from retriever.openvino_runtime import openvino_runtime

IDS, MASK, WORDS = "input_ids", "attention_mask", "words"
"""The inputs of a graph: word pieces, which of them count, and their vectors where these are looked up outside."""


class WordVectors:
    """One vector for each word piece, as whole numbers and a scale: a quarter of the floats they stand for."""

    def __init__(self, numbers: NDArray[np.int8], scales: NDArray[np.float32]) -> None:
        """`numbers` of shape (word pieces, dimension), `scales` of shape (word pieces, 1)."""
        self._numbers, self._scales = numbers, scales
        self.count, self.dimension = numbers.shape

    def look_up(self, ids: NDArray[np.int64], found: NDArray[np.float32]) -> None:
        """Writes the vectors of `ids`, shape (n, width), to `found`, shape (n, width, dimension).

        A whole number times its scale, as the graph multiplies it: the same to the bit.
        """
        np.multiply(self._numbers.take(ids, axis=0), self._scales.take(ids, axis=0), out=found)


def take_out_words(model: Any) -> WordVectors | None:
    """Makes the vectors of the words an input of the model, WORDS, and returns the table that gives them.

    None, and the model as it was, where its graph does not look them up in a table of signed bytes with a scale
    for each row, as static int8 has it.
    """
    ids = model.input(IDS).get_node()
    for gather in model.get_ordered_ops():
        if gather.get_type_name() != "Gather" or _without_conversion(_source(gather, 1)) != ids:
            continue
        scaled = _source(gather, 0)
        if scaled.get_type_name() != "Multiply":
            return None
        numbers, scales = _without_conversion(_source(scaled, 0)), _source(scaled, 1)
        if not numbers.get_type_name() == scales.get_type_name() == "Constant":
            return None
        # Views: the weights that they lie in stay in memory with the model in any case.
        table, factors = numbers.data, scales.data
        is_known = table.dtype == np.int8 and table.ndim == 2 and factors.dtype == np.float32
        if not is_known or factors.shape != (len(table), 1):
            return None
        _make_input(model, gather, table.shape[1])
        return WordVectors(table, factors)
    return None


def _source(node: Any, place: int) -> Any:
    return node.input_value(place).get_node()


def _without_conversion(node: Any) -> Any:
    return _source(node, 0) if node.get_type_name() == "Convert" else node


def _make_input(model: Any, gather: Any, dimension: int) -> None:
    openvino = openvino_runtime()
    words = openvino.op.Parameter(openvino.Type.f32, openvino.PartialShape([-1, -1, dimension]))
    words.output(0).set_names({WORDS})
    for target in gather.output(0).get_target_inputs():
        target.replace_source_output(words.output(0))
    model.add_parameters([words])
    model.validate_nodes_and_infer_types()
