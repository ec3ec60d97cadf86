"""The system under evaluation as a service: the same questions over HTTP."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from eval.datasets.dataset import Question
from eval.systems.given_answer import TOP_K, Given, Quoted
from eval.systems.service import ServiceClient, ServiceFailed
from eval.systems.system import MOST_GIVEN, Found, Response
from retriever.query import Mode

_PAGE = 1_000
_REFUSALS = (400, 422)


class OverHttp:
    """A running service, asked one question at a time."""

    def __init__(self, url: str, *, mode: Mode = Mode.HYBRID, key: str | None = None) -> None:
        """Reads the service's index and documents. Raises ServiceFailed."""
        self._service = ServiceClient(url, key=key)
        self._mode = mode
        self._filter: dict[str, Any] | None = None
        index = self._service.get("/v1/index")
        try:
            self.identity = {
                "index": str(index["fingerprint"]),
                "documents": str(index["documents"]),
                "passages": str(index["passages"]),
                "encoder": str(index["encoder"].get("model", "")),
                "mode": str(mode),
            }
        except (KeyError, AttributeError) as error:
            raise ServiceFailed(
                "/v1/index is not as the contract says; check that --url is a footnoted service"
            ) from error
        self.source_paths = dict(self._documents())

    def leave_out(self, source_paths: Iterable[str]) -> None:
        """Keeps these documents out of every search from now on."""
        paths = list(source_paths)
        self._filter = {"type": "nin", "key": "source_path", "value": paths} if paths else None

    def ask(self, question: Question, *, top_k: int, max_per_document: int | None) -> Response:
        """The passages of `POST /v1/query`; a question that the service refuses has none."""
        body = self._body(question, top_k=min(top_k, MOST_GIVEN), answer="none")
        if max_per_document is not None:
            body["max_per_document"] = max_per_document
        started = time.perf_counter()
        answer = self._service.post("/v1/query", body, refusals=_REFUSALS)
        total_ms = (time.perf_counter() - started) * 1000
        if "passages" not in answer:
            return Response((), 0.0, 0.0, total_ms, refused=True)
        timings = answer["timings_ms"]
        return Response(
            found=tuple(_found(passage) for passage in answer["passages"]),
            encode_ms=float(timings["encode"]),
            search_ms=float(timings["search"]),
            total_ms=total_ms,
        )

    def answer(self, question: Question) -> Given | None:
        """The answer of `POST /v1/query`; every quote is held against the text that is served at its place."""
        found = self._service.post(
            "/v1/query", self._body(question, top_k=TOP_K, answer="extractive"), refusals=_REFUSALS
        )
        if "answerability" not in found:
            return None
        judged, answer = found["answerability"], found["answer"] or {"text": "", "spans": []}
        return Given(
            decided=judged["decision"] == "answer",
            probability=float(judged["probability"]),
            threshold=float(judged["threshold"]),
            text=answer["text"],
            quotes=tuple(self._quoted(answer["text"], span) for span in answer["spans"]),
        )

    def close(self) -> None:
        """Gives the connections back."""
        self._service.close()

    def _body(self, question: Question, *, top_k: int, answer: str) -> dict[str, Any]:
        body: dict[str, Any] = {"query": question.text, "top_k": top_k, "mode": str(self._mode), "answer": answer}
        return body if self._filter is None else body | {"filters": self._filter}

    def _quoted(self, text: str, span: Mapping[str, Any]) -> Quoted:
        quote = span["quote"]
        place = {"start": str(quote["start_char"]), "end": str(quote["end_char"])}
        served = self._service.get(f"/v1/documents/{quote['document_id']}/text", place)
        said = text[span["start_char"] : span["end_char"]]
        return Quoted(quote["document_id"], quote["start_char"], quote["end_char"], said, said == served["text"])

    def _documents(self) -> Iterable[tuple[str, str]]:
        after: str | None = None
        while True:
            page = self._service.get(
                "/v1/documents", {"limit": str(_PAGE)} | ({"after": after} if after is not None else {})
            )
            for document in page["documents"]:
                yield document["document_id"], document["source_path"]
            after = page["next"]
            if after is None:
                return


def _found(passage: Mapping[str, Any]) -> Found:
    citation = passage["citation"]
    return Found(
        document_id=passage["document_id"],
        score=float(passage["score"]),
        source_start_char=citation["source_start_char"],
        source_end_char=citation["source_end_char"],
        start_char=citation["start_char"],
        end_char=citation["end_char"],
        text=passage["text"],
        headings=tuple(citation["headings"]),
        dense=passage["scores"]["dense"],
        lexical=passage["scores"]["lexical"],
        copies=tuple(copy["document_id"] for copy in passage["also_in"]),
    )
