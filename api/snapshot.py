"""A snapshot: one open generation with the encoder that built it, immutable, serving whole requests."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from retriever.encoder import Encoder
from retriever.index import Index
from retriever.query import Query
from retriever.retrieve import Retriever

WARM_UP = Query(text="warm-up", top_k=1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one request needs, all of one generation. Safe to share between threads."""

    index: Index
    encoder: Encoder
    retriever: Retriever


class SnapshotOpener(Protocol):
    """Opens the current generation below a directory; `previous` lends its encoder where it is the same."""

    def __call__(self, index_dir: Path, previous: Snapshot | None) -> Snapshot:
        """A snapshot that has answered a warm-up query. Raises FootnotedError."""


def open_snapshot(index_dir: Path, previous: Snapshot | None = None) -> Snapshot:
    """The current generation, every file verified, with its own encoder, after a warm-up query.

    Raises IndexMissing, IndexRefused, EncoderUnavailable or StorageFailed.
    """
    # The encoder brings the numeric libraries along; what only imports this module does not wait for them.
    from retriever.open_encoder import open_encoder

    index = Index.open(index_dir)
    identity = index.manifest.encoder
    if previous is not None and previous.encoder.identity == identity:
        encoder = previous.encoder
    else:
        encoder = open_encoder(identity, index_dir)
    retriever = Retriever(index, encoder)
    retriever.retrieve(WARM_UP)
    return Snapshot(index=index, encoder=encoder, retriever=retriever)
