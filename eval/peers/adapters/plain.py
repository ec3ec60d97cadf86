"""What the others are compared with: sentence-transformers' default call and a flat FAISS index, no more."""

from collections.abc import Mapping, Sequence

import faiss
from sentence_transformers import SentenceTransformer

PACKAGES = ("sentence-transformers", "faiss-cpu", "torch")


class Peer:
    """Exact inner products over float32 vectors."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self._model = SentenceTransformer(folders["model"], device="cpu", local_files_only=True)

    def ingest(self, passages: Sequence[tuple[str, str]]) -> None:
        """Embeds the texts and adds them to the index."""
        self._ids = [identifier for identifier, _ in passages]
        vectors = self._model.encode(
            [text for _, text in passages], normalize_embeddings=True, show_progress_bar=False
        )
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def search(self, question: str, top_k: int) -> list[str]:
        """The ids of the best passages, best first."""
        vector = self._model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        _, found = self._index.search(vector, top_k)
        return [self._ids[row] for row in found[0].tolist() if row >= 0]
