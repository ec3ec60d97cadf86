"""LlamaIndex: a vector index over nodes in memory, embedded by its Hugging Face integration."""

from collections.abc import Mapping, Sequence

from llama_index.core import VectorStoreIndex
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

PACKAGES = ("llama-index-core", "llama-index-embeddings-huggingface", "sentence-transformers", "torch")


class Peer:
    """`VectorStoreIndex` with its default store."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self._embedding = HuggingFaceEmbedding(model_name=folders["model"], device="cpu")

    def ingest(self, passages: Sequence[tuple[str, str]]) -> None:
        """Embeds the texts as nodes and keeps them."""
        nodes = [TextNode(id_=identifier, text=text) for identifier, text in passages]
        self._index = VectorStoreIndex(nodes, embed_model=self._embedding)

    def search(self, question: str, top_k: int) -> list[str]:
        """The ids of the best passages, best first."""
        retriever = self._index.as_retriever(similarity_top_k=top_k)
        return [str(found.node.node_id) for found in retriever.retrieve(question)]
