"""A LangChain retriever over a running Footnoted service."""

import httpx
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever


class FootnotedRetriever(BaseRetriever):
    """Gives the passages of an answerable question, each with its citation as metadata."""

    address: str = "http://127.0.0.1:8000"
    key: str | None = None
    top_k: int = 5
    even_if_unsure: bool = False

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain names it
    ) -> list[Document]:
        response = httpx.post(
            f"{self.address}/v1/query",
            json={"query": query, "top_k": self.top_k, "answer": "none"},
            headers={"Authorization": f"Bearer {self.key}"} if self.key else {},
            timeout=30,
        )
        response.raise_for_status()
        found = response.json()
        if found["answerability"]["decision"] == "abstain" and not self.even_if_unsure:
            return []
        return [
            Document(
                id=passage["passage_id"],
                page_content=passage["text"],
                metadata={
                    **passage["citation"],
                    "document_id": passage["document_id"],
                    "score": passage["score"],
                },
            )
            for passage in found["passages"]
        ]
