"""txtai: an embeddings database in memory, as its defaults make it (FAISS)."""

from collections.abc import Mapping, Sequence

from txtai import Embeddings

PACKAGES = ("txtai", "torch")


class Peer:
    """`Embeddings` by the model's folder."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self._embeddings = Embeddings(path=folders["model"], gpu=False)

    def ingest(self, passages: Sequence[tuple[str, str]]) -> None:
        """Embeds the texts and indexes them."""
        self._embeddings.index([(identifier, text, None) for identifier, text in passages])

    def search(self, question: str, top_k: int) -> list[str]:
        """The ids of the best passages, best first."""
        return [str(identifier) for identifier, _ in self._embeddings.search(question, top_k)]
