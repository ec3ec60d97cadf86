"""What is opened ahead: encoder and index are opened in threads while the rest of a program is still imported."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from retriever.encoder import Encoder, EncoderIdentity
from retriever.encoding.open_encoder import open_encoder
from retriever.errors import FootnotedError
from retriever.store.generation import VerifiedGeneration
from retriever.store.manifest import Manifest
from retriever.store.store import IndexStore

if TYPE_CHECKING:
    from retriever.index import Index

Opened = TypeVar("Opened")


class Lender(Protocol):
    """Gives what it has open already, each once; whoever takes it decides how long it stays in memory.

    None where it has another one, or could not open it: why is found, and said, by whoever opens it then.
    """

    def encoder(self, identity: EncoderIdentity) -> Encoder | None:
        """The encoder of that identity, as soon as it is open."""

    def index(self, manifest: Manifest) -> "Index | None":
        """The index over the generation of that manifest, every file verified, as soon as it is open."""


class OpenedAhead:
    """The encoder and the index of what is published at this moment, for whoever opens that a moment later."""

    def __init__(self, index_dir: Path, *, dense_search: str = "exact") -> None:
        """Begins to open them, and returns as soon as what the index needs is imported.

        `dense_search` is a value of `DenseSearch`.
        """
        self._encoder: Future[Encoder | None] | None = None
        self._index: Future[Index | None] | None = None
        try:
            generation = IndexStore(index_dir).open()
        except FootnotedError:
            return
        identity = generation.manifest.encoder
        if identity.artifact_sha256 is not None:  # torch would be imported beside much that shares its libraries
            self._encoder = _begun(partial(open_encoder, identity, index_dir), "encoder-ahead")
        self._index = _begun(_opening_of(generation, dense_search), "index-ahead")

    def encoder(self, identity: EncoderIdentity) -> Encoder | None:
        """See `Lender`."""
        opening, self._encoder = self._encoder, None
        encoder = None if opening is None else opening.result()
        return encoder if encoder is not None and encoder.identity == identity else None

    def index(self, manifest: Manifest) -> "Index | None":
        """See `Lender`."""
        opening, self._index = self._index, None
        index: Index | None = None if opening is None else opening.result()
        return index if index is not None and index.manifest == manifest else None


def _opening_of(generation: VerifiedGeneration, dense_search: str) -> "Callable[[], Index]":
    """Imported here, not in the thread: two threads that import at once may find a module half made."""
    from retriever.index import Index
    from retriever.search.dense import DenseSearch

    return partial(Index, generation, dense_search=DenseSearch(dense_search))


def _begun(open_it: Callable[[], Opened], name: str) -> "Future[Opened | None]":
    opening = ThreadPoolExecutor(1, thread_name_prefix=name)
    begun = opening.submit(_unless_refused, open_it)
    opening.shutdown(wait=False)
    return begun


def _unless_refused(open_it: Callable[[], Opened]) -> Opened | None:
    try:
        return open_it()
    except FootnotedError:
        return None
