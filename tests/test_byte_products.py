"""Products of bytes are whole numbers to the last bit, for several questions as for one."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from retriever.search.byte_products import LARGEST, ByteProducts


def codes_of(rows: int, dimension: int) -> NDArray[np.uint8]:
    """Bytes of every size, a row of the largest among them."""
    codes = np.random.default_rng(rows).integers(0, 256, size=(rows, dimension), dtype=np.uint8)
    codes[-1] = 255
    return codes


def numbers_of(questions: int, dimension: int) -> NDArray[np.float32]:
    """Whole numbers of every size, the first question the largest of all."""
    numbers = np.random.default_rng(questions).integers(-LARGEST, LARGEST + 1, size=(questions, dimension))
    numbers[0] = LARGEST
    return numbers.astype(np.float32)


@pytest.mark.parametrize("dimension", [16, 20, 33, 384])
@pytest.mark.parametrize("questions", [1, 3, 16])
def test_products_are_those_of_whole_numbers(dimension: int, questions: int) -> None:
    codes, numbers = codes_of(1_003, dimension), numbers_of(questions, dimension)
    products = ByteProducts.of(codes)
    if products is None:
        pytest.skip("this processor multiplies no bytes")
    expected = codes.astype(np.int64) @ numbers.astype(np.int64).T
    assert products.with_questions(numbers).tolist() == expected.tolist()


def test_what_is_found_for_questions_stays_when_others_are_asked() -> None:
    codes = codes_of(500, 32)
    products = ByteProducts.of(codes)
    if products is None:
        pytest.skip("this processor multiplies no bytes")
    first = products.with_questions(numbers_of(2, 32))
    before = first.copy()
    products.with_questions(np.zeros((2, 32), dtype=np.float32))
    assert np.array_equal(first, before)


class InPairs:
    """A compiled model that adds up pairs in sixteen bits, as processors do that have no dot product of bytes."""

    def create_infer_request(self) -> "InPairs":
        """Itself: it holds nothing but its inputs."""
        self._inputs: dict[int, NDArray[Any]] = {}
        return self

    def set_input_tensor(self, place: int, tensor: Any) -> None:
        """Takes one of the two inputs."""
        self._inputs[place] = np.array(tensor.data)

    def infer(self, **_: bool) -> None:
        """Multiplies them."""
        codes, numbers = (self._inputs[place].astype(np.int64) for place in (0, 1))
        each = codes[:, np.newaxis, :] * numbers[np.newaxis, :, :]
        pairs = np.clip(each[..., 0::2] + each[..., 1::2], -(2**15), 2**15 - 1)
        self._products = pairs.sum(axis=-1).astype(np.float32)

    def get_output_tensor(self, _: int) -> SimpleNamespace:
        """The products."""
        return SimpleNamespace(data=self._products)


def test_a_processor_that_adds_up_in_too_few_bits_is_found_out() -> None:
    assert not ByteProducts(InPairs(), codes_of(64, 32)).is_exact()
