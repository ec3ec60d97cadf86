"""The vectors of a staged generation: taken over where the same text was embedded before, else encoded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.checkpoint import Checkpoint
from ingest.staging import Staging
from retriever.encoder import Encoder
from retriever.index import Index

WINDOW = 128
"""Passages that are encoded and kept together; the windows lie the same in every run, so that an interrupted
ingest ends in the same vectors, to the bit, as one that was not."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors of shape (passages, dimension), and how many of them were encoded in this run."""

    vectors: NDArray[np.float32]
    encoded: int


def embed(
    staging: Staging,
    encoder: Encoder,
    *,
    previous: Index | None,
    checkpoint: Checkpoint,
    progress: Callable[[int, int], None],
) -> Embedded:
    """Vectors for every staged passage; `previous` must have been built by the same encoder.

    `progress` is told how many passages are done, of how many that need encoding.
    """
    vectors = np.empty((staging.passages, encoder.identity.dimension), dtype=np.float32)
    row_of_key = _fill_known(vectors, staging, previous, checkpoint.vectors)
    missing = _first_rows(staging, row_of_key)
    done = 0
    progress(done, len(missing))
    for start in range(0, staging.passages, WINDOW):
        rows = [row for row in range(start, min(start + WINDOW, staging.passages)) if row in missing]
        if not rows:
            continue
        fresh = encoder.encode_passages(staging.texts_to_embed(rows))
        checkpoint.append([staging.keys[row] for row in rows], fresh)
        vectors[rows] = fresh
        row_of_key.update((staging.keys[row], row) for row in rows)
        done += len(rows)
        progress(done, len(missing))
    for row, key in enumerate(staging.keys):
        if row_of_key[key] != row:
            vectors[row] = vectors[row_of_key[key]]
    return Embedded(vectors=vectors, encoded=done)


def _fill_known(
    vectors: NDArray[np.float32],
    staging: Staging,
    previous: Index | None,
    kept: Mapping[bytes, NDArray[np.float32]],
) -> dict[bytes, int]:
    """Writes the vectors that are known already; returns, for each of their keys, a row that has it."""
    earlier: dict[bytes, int] = {}
    if previous is not None:
        earlier = {previous.embedding_key(row): row for row in range(previous.manifest.passages)}
    row_of_key: dict[bytes, int] = {}
    for row, key in enumerate(staging.keys):
        if key in row_of_key:
            continue
        if previous is not None and key in earlier:
            vectors[row] = previous.dense.vectors[earlier[key]]
        elif key in kept:
            vectors[row] = kept[key]
        else:
            continue
        row_of_key[key] = row
    return row_of_key


def _first_rows(staging: Staging, known: Mapping[bytes, int]) -> frozenset[int]:
    """The first row of every key that has no vector yet."""
    first: dict[bytes, int] = {}
    for row, key in enumerate(staging.keys):
        if key not in known:
            first.setdefault(key, row)
    return frozenset(first.values())
