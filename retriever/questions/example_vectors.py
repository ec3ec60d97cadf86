"""The vectors of the default rules' examples for the bundled model, made once and kept with the program.

`python -m retriever.questions.example_vectors INDEX` makes them anew with the encoder of an index: after the
rules' examples or the bundled model have changed. Any other rules or model are encoded when a service opens.
"""

import hashlib
import io
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retriever.encoder import Encoder, EncoderIdentity
from retriever.questions.routing import RoutingRules, default_rules

KEPT_FILE = "example_vectors.npz"


def example_texts(rules: RoutingRules) -> list[str]:
    """What is learnt from: the examples of danger by rule, then the ordinary ones."""
    return [text for rule in rules.rules for text in rule.examples] + list(rules.ordinary)


def kept_vectors(texts: Sequence[str], identity: EncoderIdentity) -> NDArray[np.float32] | None:
    """The vectors of these texts, float32 of shape (texts, dimension), where they are kept for that model.

    They were made with one arithmetic of the model and stand for all: what a fit reads off them differs by less
    than its own uncertainty.
    """
    with resources.files(__package__).joinpath(KEPT_FILE).open("rb") as file:
        kept = np.load(io.BytesIO(file.read()), allow_pickle=False)
    if kept["key"].tobytes() != digest_of_texts(texts, identity):
        return None
    vectors: NDArray[np.float32] = kept["vectors"].astype(np.float32)
    return vectors


def keep_vectors(texts: Sequence[str], encoder: Encoder, file: Path) -> None:
    """Writes what `kept_vectors` reads."""
    vectors = encoder.encode_queries(list(texts)).astype(np.float16)
    key = np.frombuffer(digest_of_texts(texts, encoder.identity), dtype=np.uint8)
    with file.open("wb") as opened:
        np.savez_compressed(opened, key=key, vectors=vectors)


def digest_of_texts(texts: Sequence[str], identity: EncoderIdentity) -> bytes:
    """A digest of the texts and of the model that reads them."""
    parts = (identity.model_sha256, identity.query_prompt, *texts)
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _main(index_dir: str) -> None:
    from retriever.encoding.open_encoder import open_encoder
    from retriever.index import Index

    identity = Index.open(Path(index_dir)).manifest.encoder
    file = Path(__file__).parent / KEPT_FILE
    keep_vectors(example_texts(default_rules()), open_encoder(identity, Path(index_dir)), file)


if __name__ == "__main__":
    _main(*sys.argv[1:])
