"""What the default rules' examples teach for the bundled model, learnt once and kept with the program.

`python -m retriever.questions.example_vectors INDEX` makes them anew with the encoder of an index: after the
rules' examples or the bundled model have changed. Any other rules or model are encoded when a service opens.
"""

import hashlib
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retriever.encoder import Encoder, EncoderIdentity
from retriever.questions.direction import learnt_direction
from retriever.questions.routing import RoutingRules, default_rules

KEPT_FILE = "example_vectors.npz"
STIFFNESS = 1.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What examples teach: their `vectors`, (texts, dimension), the `direction` along which danger lies high, and
    where each lies along it when it is learnt from the others, `alone`, (texts,).
    """

    vectors: NDArray[np.float32]
    direction: NDArray[np.float64]
    alone: NDArray[np.float64]

    @classmethod
    def of(cls, vectors: NDArray[np.float32], dangers: int) -> "Lesson":
        """What these vectors teach, the first `dangers` of them those of danger."""
        is_danger = np.arange(len(vectors)) < dangers
        return cls(vectors, *learnt_direction(vectors.astype(np.float64), is_danger, stiffness=STIFFNESS))


def example_texts(rules: RoutingRules) -> list[str]:
    """What is learnt from: the examples of danger by rule, then the ordinary ones."""
    return [text for rule in rules.rules for text in rule.examples] + list(rules.ordinary)


def kept_lesson(texts: Sequence[str], dangers: int, identity: EncoderIdentity) -> Lesson | None:
    """What these texts teach, the first `dangers` of them those of danger, where that is kept for the model.

    The vectors were made with one arithmetic of the model and stand for all: what a fit reads off them differs by
    less than its own uncertainty.
    """
    with resources.files(__package__).joinpath(KEPT_FILE).open("rb") as file:
        kept = np.load(io.BytesIO(file.read()), allow_pickle=False)
    if kept["key"].tobytes() != digest_of_texts(texts, identity) or int(kept["dangers"]) != dangers:
        return None
    return Lesson(kept["vectors"].astype(np.float32), kept["direction"], kept["alone"])


def keep_lesson(texts: Sequence[str], dangers: int, encoder: Encoder, file: Path) -> None:
    """Writes what `kept_lesson` reads."""
    vectors = encoder.encode_queries(list(texts)).astype(np.float16)
    lesson = Lesson.of(vectors.astype(np.float32), dangers)  # of the vectors as they are kept
    key = np.frombuffer(digest_of_texts(texts, encoder.identity), dtype=np.uint8)
    with file.open("wb") as opened:
        np.savez_compressed(
            opened,
            key=key,
            dangers=np.int64(dangers),
            vectors=vectors,
            direction=lesson.direction,
            alone=lesson.alone,
        )


def digest_of_texts(texts: Sequence[str], identity: EncoderIdentity) -> bytes:
    """A digest of the texts and of the model that reads them."""
    parts = (identity.model_sha256, identity.query_prompt, *texts)
    return hashlib.sha256("\0".join(parts).encode()).digest()


def _main(index_dir: str) -> None:
    from retriever.encoding.open_encoder import open_encoder
    from retriever.index import Index

    identity = Index.open(Path(index_dir)).manifest.encoder
    file = Path(__file__).parent / KEPT_FILE
    rules = default_rules()
    dangers = sum(len(rule.examples) for rule in rules.rules)
    keep_lesson(example_texts(rules), dangers, open_encoder(identity, Path(index_dir)), file)


if __name__ == "__main__":
    _main(*sys.argv[1:])
