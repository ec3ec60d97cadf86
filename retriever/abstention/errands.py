"""Errands: what people want done or ask of their own affairs, where a page tells what holds for all.

"When is my next scan" and "which hospital is best for lung surgery" hold every word of a page on scans or on
lung surgery, and no page answers them. Their vectors lie apart from those of questions for knowledge, see
`errands.toml`.

`python -m retriever.abstention.errands INDEX` learns the direction anew with the encoder of an index: after the
examples or the bundled model have changed.
"""

import io
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retriever.encoder import Encoder, EncoderIdentity
from retriever.index import Index
from retriever.query import Hit
from retriever.questions.direction import learnt_direction
from retriever.questions.example_vectors import digest_of_texts

EXAMPLES_FILE = "errands.toml"
KEPT_FILE = "errand_direction.npz"
_STIFFNESS = 3.0
"""Chosen by how well held-out questions of people are told apart; from 1 to 3 they hardly differ."""


@dataclass(frozen=True, slots=True)
class ErrandDirection:
    """A text is the more of an errand the higher above `least` its vector lies along `direction`, (dimension,)."""

    direction: NDArray[np.float32]
    least: float

    def beyond(self, vector: NDArray[np.float32], hits: Sequence[Hit], index: Index) -> float:
        """How much more of an errand a question is than what was found, 0 for one that is none.

        A page that says what a mammogram costs is headed so, and its heading lies as high as the question: a
        collection of opening times and prices may answer on them.
        """
        asked = float(vector @ self.direction) - self.least
        if asked <= 0 or not len(index.heading_vectors):
            return max(asked, 0.0)
        headings = index.heading_of_row[[index.row_of(hit.passage) for hit in hits]]
        told = float((index.heading_vectors[headings] @ self.direction).max()) - self.least
        return max(asked - max(told, 0.0), 0.0)


def errand_direction(identity: EncoderIdentity) -> ErrandDirection | None:
    """What was learnt from the examples with this model; None for another model than the bundled one."""
    key, found = _kept()
    errands, ordinary = examples()
    return found if key == digest_of_texts([*errands, *ordinary], identity) else None


def examples() -> tuple[Sequence[str], Sequence[str]]:
    """Errands, and questions in like words that are none."""
    read = tomllib.loads(files(__package__).joinpath(EXAMPLES_FILE).read_text(encoding="utf-8"))
    return read["errands"], read["ordinary"]


def learn_errands(encoder: Encoder) -> ErrandDirection:
    """The direction along which errands lie furthest from ordinary questions. Raises what the encoder raises."""
    errands, ordinary = examples()
    vectors = encoder.encode_queries([*errands, *ordinary]).astype(np.float64)
    is_errand = np.arange(len(vectors)) < len(errands)
    direction, _ = learnt_direction(vectors, is_errand, stiffness=_STIFFNESS)
    least = float(vectors.mean(axis=0) @ direction) - (2 * float(is_errand.mean()) - 1)
    return ErrandDirection(direction.astype(np.float32), least)


@cache
def _kept() -> tuple[bytes, ErrandDirection]:
    with files(__package__).joinpath(KEPT_FILE).open("rb") as file:
        kept = np.load(io.BytesIO(file.read()), allow_pickle=False)
    return kept["key"].tobytes(), ErrandDirection(kept["direction"], float(kept["least"]))


def _main(index_dir: str) -> None:
    from retriever.encoding.open_encoder import open_encoder

    encoder = open_encoder(Index.open(Path(index_dir)).manifest.encoder, Path(index_dir))
    found = learn_errands(encoder)
    errands, ordinary = examples()
    key = np.frombuffer(digest_of_texts([*errands, *ordinary], encoder.identity), dtype=np.uint8)
    with (Path(__file__).parent / KEPT_FILE).open("wb") as file:
        np.savez(file, key=key, direction=found.direction, least=np.float64(found.least))


if __name__ == "__main__":
    _main(*sys.argv[1:])
