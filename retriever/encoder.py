"""The encoder seam: text to L2-normalised vectors, and the identity that an index remembers."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retriever.errors import EncoderUnavailable

_LENGTH_ERROR = 0.01


class Arithmetic(StrEnum):
    """What multiplies the matrices, and with how many bits."""

    TORCH_FLOAT32 = "torch-float32"
    OPENVINO_FLOAT32 = "openvino-float32"
    OPENVINO_BFLOAT16 = "openvino-bfloat16"
    OPENVINO_INT8 = "openvino-int8"
    HASHING = "hashing"
    """No model at all: the tests' encoder."""


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What makes two encoders interchangeable for an index; equal identities give equal vectors.

    `model_sha256` is one digest over the model's files. `arithmetic` names the numeric path that builds the
    vectors; `artifact_sha256` is the digest of the converted model that runs it, None where the model runs as
    it came. Lengths are in word pieces.
    """

    model: str
    model_sha256: str
    arithmetic: Arithmetic
    artifact_sha256: str | None
    dimension: int
    max_tokens: int
    query_prompt: str
    passage_prompt: str


class Encoder(Protocol):
    """Text to vectors. Vectors are float32 of shape (n, dimension) and of length one."""

    @property
    def identity(self) -> EncoderIdentity:
        """Which model, files and arithmetic these vectors come from."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of questions, shape (len(texts), dimension)."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of passages, shape (len(texts), dimension)."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many word pieces each text has as a passage, special tokens and prompt counted, nothing cut."""


def vectors_of_questions(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """The vectors of questions, shape (len(texts), dimension).

    Raises EncoderUnavailable where no search may see one: it is not finite, or has another length or shape.
    """
    vectors = encoder.encode_queries(texts)
    expected = (len(texts), encoder.identity.dimension)
    if vectors.shape != expected or not (abs(np.einsum("ij,ij->i", vectors, vectors) - 1) < _LENGTH_ERROR).all():
        raise EncoderUnavailable("the encoder gave no vector of length one; run `footnoted doctor`")
    return vectors
