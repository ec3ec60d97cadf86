"""An honest fake encoder of hashed words: texts that share words are close, the same text is the same."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retriever.encoder import Arithmetic, EncoderIdentity
from retriever.store.manifest import Manifest

IDENTITY = EncoderIdentity(
    model="hashing",
    model_sha256="0" * 64,
    arithmetic=Arithmetic.HASHING,
    artifact_sha256=None,
    dimension=64,
    max_tokens=48,
    query_prompt="",
    passage_prompt="",
)


@dataclass
class HashingEncoder:
    """An Encoder without a model; a word is a word piece. `encoded` counts the passages it was given."""

    identity: EncoderIdentity = IDENTITY
    encoded: list[str] = field(default_factory=list)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length one, shape (len(texts), dimension)."""
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row, -1] = 0.01
            for word in re.findall(r"\w+", text.lower()):
                digest = zlib.crc32(word.encode())
                vectors[row, digest % (self.identity.dimension - 1)] += 1 if digest & 1 << 20 else -1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The same as questions, and remembered in `encoded`."""
        self.encoded += texts
        return self.encode_queries(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words, and two for the special tokens."""
        return [len(re.findall(r"\w+|[^\w\s]", text)) + 2 for text in texts]


class HashingLender:
    """A Lender of this encoder, in the place of whatever an index was made with, and of no index."""

    def encoder(self, identity: EncoderIdentity) -> HashingEncoder:  # noqa: ARG002
        """A new one each time."""
        return HashingEncoder()

    def index(self, manifest: Manifest) -> None:
        """None: it is to be opened."""
