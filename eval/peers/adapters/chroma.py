"""Chroma: a collection in memory, its own embedder replaced by sentence-transformers, no telemetry."""

from collections.abc import Mapping, Sequence

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

PACKAGES = ("chromadb", "sentence-transformers", "torch")


class Peer:
    """One collection with Chroma's defaults (an approximate graph, HNSW)."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self._client = chromadb.EphemeralClient(settings=Settings(anonymized_telemetry=False))
        self._collection = self._client.create_collection(
            "passages",
            embedding_function=SentenceTransformerEmbeddingFunction(model_name=folders["model"], device="cpu"),
        )

    def ingest(self, passages: Sequence[tuple[str, str]]) -> None:
        """Adds the texts in batches of the size that Chroma takes; it embeds them."""
        most = self._client.get_max_batch_size()
        for start in range(0, len(passages), most):
            batch = passages[start : start + most]
            self._collection.add(
                ids=[identifier for identifier, _ in batch], documents=[text for _, text in batch]
            )

    def search(self, question: str, top_k: int) -> list[str]:
        """The ids of the best passages, best first."""
        found = self._collection.query(query_texts=[question], n_results=top_k)
        return [str(identifier) for identifier in found["ids"][0]]
