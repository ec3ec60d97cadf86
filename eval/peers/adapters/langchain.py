"""LangChain: its FAISS vector store in memory, embedded by its Hugging Face integration."""

from collections.abc import Mapping, Sequence

from langchain_community.vectorstores import FAISS
from langchain_huggingface import HuggingFaceEmbeddings

PACKAGES = ("langchain-community", "langchain-huggingface", "faiss-cpu", "sentence-transformers", "torch")


class Peer:
    """`FAISS.from_texts` with its defaults (a flat index)."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self._embeddings = HuggingFaceEmbeddings(model_name=folders["model"], model_kwargs={"device": "cpu"})

    def ingest(self, passages: Sequence[tuple[str, str]]) -> None:
        """Embeds the texts and keeps them."""
        self._store = FAISS.from_texts(
            [text for _, text in passages], self._embeddings, ids=[identifier for identifier, _ in passages]
        )

    def search(self, question: str, top_k: int) -> list[str]:
        """The ids of the best passages, best first."""
        return [str(found.id) for found in self._store.similarity_search(question, k=top_k)]
