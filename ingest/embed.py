"""The vectors of a generation: taken over where the same text was embedded before, else encoded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.checkpoint import Checkpoint
from retriever.encoder import Encoder

WINDOW = 128
"""Texts that are encoded and kept together; the windows lie the same in every run, so that an interrupted
ingest ends in the same vectors, to the bit, as one that was not."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors of shape (keys, dimension), and how many of them were encoded in this run."""

    vectors: NDArray[np.float32]
    encoded: int


def embed(
    keys: Sequence[bytes],
    texts: Callable[[Sequence[int]], list[str]],
    encoder: Encoder,
    *,
    known: Mapping[bytes, NDArray[np.float32]],
    checkpoint: Checkpoint,
    progress: Callable[[int, int], None],
) -> Embedded:
    """A vector for every key: one that is `known` by this encoder, else `texts(rows)` is encoded, rows ascending.

    `progress` is told how many are done, of how many that need encoding.
    """
    vectors = np.empty((len(keys), encoder.identity.dimension), dtype=np.float32)
    row_of_key: dict[bytes, int] = {}
    missing: dict[bytes, int] = {}
    for row, key in enumerate(keys):
        if key in row_of_key or key in missing:
            continue
        if key in known:
            vectors[row] = known[key]
            row_of_key[key] = row
        else:
            missing[key] = row
    first_rows = frozenset(missing.values())
    done = 0
    progress(done, len(missing))
    for start in range(0, len(keys), WINDOW):
        rows = [row for row in range(start, min(start + WINDOW, len(keys))) if row in first_rows]
        if not rows:
            continue
        fresh = encoder.encode_passages(texts(rows))
        checkpoint.append([keys[row] for row in rows], fresh)
        vectors[rows] = fresh
        done += len(rows)
        progress(done, len(missing))
    row_of_key |= missing
    for row, key in enumerate(keys):
        if row_of_key[key] != row:
            vectors[row] = vectors[row_of_key[key]]
    return Embedded(vectors=vectors, encoded=done)
