"""Haystack: its in-memory document store, and a pipeline of its sentence-transformers embedder and retriever."""

from collections.abc import Mapping, Sequence

from haystack import Document, Pipeline
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack.utils import ComponentDevice
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

PACKAGES = ("haystack-ai", "sentence-transformers-haystack", "sentence-transformers", "torch")


class Peer:
    """Documents and questions through Haystack's components."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        device = ComponentDevice.from_str("cpu")
        self._embedder = SentenceTransformersDocumentEmbedder(
            model=folders["model"], device=device, progress_bar=False
        )
        self._embedder.warm_up()
        self._store = InMemoryDocumentStore()
        self._pipeline = Pipeline()
        self._pipeline.add_component(
            "embedder",
            SentenceTransformersTextEmbedder(model=folders["model"], device=device, progress_bar=False),
        )
        self._pipeline.add_component("retriever", InMemoryEmbeddingRetriever(self._store))
        self._pipeline.connect("embedder.embedding", "retriever.query_embedding")
        self._pipeline.warm_up()

    def ingest(self, passages: Sequence[tuple[str, str]]) -> None:
        """Embeds the texts as documents and writes them into the store."""
        documents = [Document(id=identifier, content=text) for identifier, text in passages]
        self._store.write_documents(self._embedder.run(documents=documents)["documents"])

    def search(self, question: str, top_k: int) -> list[str]:
        """The ids of the best passages, best first."""
        found = self._pipeline.run({"embedder": {"text": question}, "retriever": {"top_k": top_k}})
        return [str(document.id) for document in found["retriever"]["documents"]]
