"""The system under evaluation as a service: the same questions over HTTP."""

import http.client
import json
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from eval.dataset import Question
from eval.errors import ComparisonRefused, EvalError
from eval.system import Found, Response
from retriever.query import Mode

TIMEOUT_S = 30.0
_ATTEMPTS = 3
_PAGE = 1_000


class ServiceFailed(EvalError):
    """The service did not answer, or not as its contract says."""


class OverHttp:
    """A running service, asked over one kept connection."""

    def __init__(self, url: str, *, mode: Mode = Mode.HYBRID) -> None:
        """Reads the service's index and documents. Raises ServiceFailed."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ServiceFailed("--url is not an http address; write it like http://127.0.0.1:8000")
        self._host = parts
        self._connection = self._connect()
        self._mode = mode
        self._filter: dict[str, Any] | None = None
        index = self._call("GET", "/v1/index")
        self.identity = {
            "index": str(index["fingerprint"]),
            "documents": str(index["documents"]),
            "passages": str(index["passages"]),
            "encoder": str(index["encoder"].get("model", "")),
            "mode": str(mode),
        }
        self.source_paths = dict(self._documents())

    def leave_out(self, source_paths: Iterable[str]) -> None:
        """Keeps these documents out of every search from now on."""
        paths = list(source_paths)
        self._filter = {"type": "nin", "key": "source_path", "value": paths} if paths else None

    def ask(self, question: Question, *, top_k: int, max_per_document: int | None) -> Response:
        """The passages of `POST /v1/query`; a question that the service refuses has none."""
        body: dict[str, Any] = {"query": question.text, "top_k": min(top_k, 50), "mode": str(self._mode)}
        if max_per_document is not None:
            body["max_per_document"] = max_per_document
        if self._filter is not None:
            body["filters"] = self._filter
        started = time.perf_counter()
        answer = self._call("POST", "/v1/query", body, refusals=(400, 422))
        total_ms = (time.perf_counter() - started) * 1000
        if "passages" not in answer:
            return Response((), 0.0, 0.0, total_ms, refused=True)
        timings = answer["timings_ms"]
        answerability = answer.get("answerability") or {}
        return Response(
            found=tuple(_found(passage) for passage in answer["passages"]),
            encode_ms=float(timings["encode"]),
            search_ms=float(timings["search"]),
            total_ms=total_ms,
            probability=answerability.get("probability"),
        )

    def close(self) -> None:
        """Gives the connection back; the next question opens another."""
        self._connection.close()

    def _documents(self) -> Iterable[tuple[str, str]]:
        after: str | None = None
        while True:
            query = {"limit": str(_PAGE)} | ({"after": after} if after else {})
            page = self._call("GET", f"/v1/documents?{urlencode(query)}")
            for document in page["documents"]:
                yield document["document_id"], document["source_path"]
            after = page["next"]
            if after is None:
                return

    def _connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._host.scheme == "https" else http.client.HTTPConnection
        return kind(str(self._host.hostname), self._host.port, timeout=TIMEOUT_S)

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, refusals: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        """One exchange, tried again where the connection broke or the service is busy."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if content else {})
        reason = ""
        for attempt in range(_ATTEMPTS):
            try:
                self._connection.request(method, self._host.path.rstrip("/") + path, content, headers)
                response = self._connection.getresponse()
                text = response.read()
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                self._connection = self._connect()
                reason = f"the connection failed ({type(error).__name__})"
                continue
            if response.status == 200 or response.status in refusals:
                return _object(text, path)
            reason = f"it answered {response.status}"
            if response.status not in (429, 503):
                break
            time.sleep(min(5.0, float(response.headers.get("Retry-After") or 1) * (attempt + 1)))
        raise ServiceFailed(f"{method} {path.split('?')[0]}: {reason}; check that the service runs at --url")


def _object(text: bytes, path: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ServiceFailed(f"{path} did not answer with JSON; check that --url is a footnoted service") from error
    if not isinstance(found, dict):
        raise ComparisonRefused(f"{path} did not answer with an object; check that --url is a footnoted service")
    return found


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
