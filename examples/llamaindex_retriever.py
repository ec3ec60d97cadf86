"""A LlamaIndex retriever over a running Footnoted service."""

import httpx
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode


class FootnotedRetriever(BaseRetriever):
    """Gives the passages of an answerable question, each with its citation as metadata."""

    def __init__(
        self,
        address: str = "http://127.0.0.1:8000",
        *,
        key: str | None = None,
        top_k: int = 5,
        even_if_unsure: bool = False,
    ) -> None:
        super().__init__()
        self._address = address
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._top_k = top_k
        self._even_if_unsure = even_if_unsure

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        response = httpx.post(
            f"{self._address}/v1/query",
            json={"query": query_bundle.query_str, "top_k": self._top_k, "answer": "none"},
            headers=self._headers,
            timeout=30,
        )
        response.raise_for_status()
        found = response.json()
        if found["answerability"]["decision"] == "abstain" and not self._even_if_unsure:
            return []
        return [
            NodeWithScore(
                node=TextNode(
                    id_=passage["passage_id"],
                    text=passage["text"],
                    metadata={**passage["citation"], "document_id": passage["document_id"]},
                ),
                score=passage["score"],
            )
            for passage in found["passages"]
        ]
