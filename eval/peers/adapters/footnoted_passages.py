"""Footnoted's encoder and dense index alone, on given passages: what the other systems do, and no more."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ingest.embed import WINDOW
from retriever.encoding.open_encoder import open_encoder
from retriever.search.dense import DenseIndex
from retriever.store.store import IndexStore

PACKAGES = ("footnoted", "openvino", "faiss-cpu")


class Peer:
    """Ingest encodes on every core, a question is encoded on one, as the two commands do."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        index_dir = Path(folders["index"])
        identity = IndexStore(index_dir).open().manifest.encoder
        self._passages = open_encoder(identity, index_dir, threads=os.cpu_count() or 1)
        self._queries = open_encoder(identity, index_dir, threads=1)

    def ingest(self, passages: Sequence[tuple[str, str]]) -> None:
        """Encodes the texts, in windows as an ingest does, and builds the dense index."""
        self._ids = [identifier for identifier, _ in passages]
        texts = [text for _, text in passages]
        windows = [texts[start : start + WINDOW] for start in range(0, len(texts), WINDOW)]
        self._index = DenseIndex.build(np.concatenate([self._passages.encode_passages(each) for each in windows]))

    def search(self, question: str, top_k: int) -> list[str]:
        """The ids of the best passages, best first."""
        vector = self._queries.encode_queries([question])[0]
        _, rows = self._index.search(vector, top_k=top_k, allowed=None)
        return [self._ids[row] for row in rows.tolist()]
