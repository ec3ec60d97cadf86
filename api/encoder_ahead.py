"""The encoder opened ahead: it is compiled in a thread while the rest of a server is still being imported."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from retriever.encoder import Encoder, EncoderIdentity
from retriever.encoding.open_encoder import open_encoder
from retriever.errors import FootnotedError
from retriever.store.store import IndexStore

EncoderLender = Callable[[EncoderIdentity], Encoder | None]
"""Gives the encoder of that identity where it has it open already."""


class EncoderAhead:
    """The encoder of what is published at this moment, for whoever opens that a moment later."""

    def __init__(self, index_dir: Path) -> None:
        """Begins to open it, and returns at once."""
        opening = ThreadPoolExecutor(1, thread_name_prefix="encoder-ahead")
        self._opened: Future[Encoder | None] | None = opening.submit(_open_current, index_dir)
        opening.shutdown(wait=False)

    def take(self, identity: EncoderIdentity) -> Encoder | None:
        """The encoder, as soon as it is open; None where it is another one, cannot be opened, or was taken before.

        Why it could not be opened is found, and said, by whoever opens it then.
        """
        opened, self._opened = self._opened, None  # whoever takes it decides how long it stays in memory
        encoder = None if opened is None else opened.result()
        return encoder if encoder is not None and encoder.identity == identity else None


def _open_current(index_dir: Path) -> Encoder | None:
    try:
        identity = IndexStore(index_dir).open().manifest.encoder
        # Only a converted one: torch would be imported beside much that shares its libraries.
        return None if identity.artifact_sha256 is None else open_encoder(identity, index_dir)
    except FootnotedError:
        return None
