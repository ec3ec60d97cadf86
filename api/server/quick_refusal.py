"""Quick refusals: a question that there is no room for is answered before the application is called.

Overload is lost when its refusals cost what answers need. So such a question is read no further than to see
that it tells of no emergency; only where it may, it is understood as the application would, and told the same.
What is not plain is left to the application.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from starlette.types import Scope

from api.admission.gate import Doorkeeper, above_rate
from api.chat.conversation import read_conversation
from api.chat.request import ChatRequest
from api.endpoints.chat_completions import check_model
from api.endpoints.vector_store import STORE_NAME, StoreSearchRequest, question_of
from api.evidence.body import EvidenceRequest
from api.http.json_body import check, is_json, parse_json
from api.http.problems import Problem
from api.http.refusal_bytes import refusal_bytes
from api.http.request_edge import request_id_of
from api.observer import Observer, RequestSeen
from api.query.request import QueryRequest
from api.routed_refusal import routed
from api.server.refusal_tally import RefusalTally
from api.service import Service
from api.snapshot import Snapshot
from retriever.errors import FootnotedError
from retriever.questions.routing import may_fire

_UNUSUAL = frozenset({b"content-encoding", b"expect"})


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """A path that takes questions: its template, the body's model, and what a body of it says."""

    route: str
    model: type[BaseModel]
    said: Callable[[Any], Iterable[str]]


def _said_in_chat(asked: ChatRequest) -> Iterable[str]:
    check_model(asked.model)
    return read_conversation(asked.messages).unanswered


_ENDPOINTS: Mapping[str, _Endpoint] = {
    "/v1/query": _Endpoint("/v1/query", QueryRequest, lambda asked: (asked.query,)),
    "/v1/compat/evidence": _Endpoint("/v1/compat/evidence", EvidenceRequest, lambda asked: (asked.query,)),
    "/v1/chat/completions": _Endpoint("/v1/chat/completions", ChatRequest, _said_in_chat),
    f"/v1/vector_stores/{STORE_NAME}/search": _Endpoint(
        "/v1/vector_stores/{store}/search", StoreSearchRequest, lambda asked: (question_of(asked),)
    ),
}


class QuickRefusals:
    """Refuses at the connection. Used from the event loop alone."""

    def __init__(self, service: Service, doorkeeper: Doorkeeper, observer: Observer) -> None:
        self._service = service
        self._doorkeeper = doorkeeper
        self._observer = observer
        self._tally = RefusalTally()
        self._let_through: Counter[str] = Counter()

    def concerns(self, scope: Scope) -> bool:
        """Whether a request is one that could be refused here once its body is there."""
        return scope["method"] == "POST" and scope["path"] in _ENDPOINTS

    def refusal(
        self, scope: Scope, body: bytes, *, is_last: bool, headers: Iterable[tuple[bytes, bytes]]
    ) -> bytes | None:
        """The whole response to a request of which all is there; None where the application has to answer it.

        `is_last` and `headers` are as for `refusal_bytes`.
        """
        try:
            problem = self._problem(scope, body)
        except (Problem, FootnotedError):
            return None  # the application says it
        if problem is None:
            return None
        started = perf_counter()
        ended = self._observer.request_began(scope["headers"])
        request_id = request_id_of(scope)
        path = scope["path"]
        response = refusal_bytes(problem, path=path, request_id=request_id, is_last=is_last, headers=headers)
        seen = RequestSeen(request_id, "POST", _ENDPOINTS[path].route, problem.status, perf_counter() - started)
        ended(seen)
        self._tally.count(seen.route, problem.status)
        return response

    def close(self) -> None:
        """Tells what was refused last."""
        self._tally.tell()

    def _problem(self, scope: Scope, body: bytes) -> Problem | None:
        """Why a request is refused, if it is. Raises Problem, FootnotedError where it is faulty besides."""
        caller = self._doorkeeper.caller(scope)
        threads = self._service.threads
        if threads.has_room(caller, besides=self._let_through) and not self._doorkeeper.is_used_up(caller):
            self._let_one_through(caller)
            return None
        endpoint, settings = _ENDPOINTS[scope["path"]], self._service.settings
        limit = settings.chat_body_limit_bytes if endpoint.model is ChatRequest else settings.body_limit_bytes
        is_plain = not scope["query_string"] and all(name not in _UNUSUAL for name, _ in scope["headers"])
        if not is_plain or len(body) > limit:
            return None
        snapshot = self._service.live.snapshot()
        said: Iterable[str] = ()
        if self._may_be_routed(snapshot, body):
            if not is_json(Request(scope)):
                return None
            said = endpoint.said(check(parse_json(body), endpoint.model))
        standing = self._doorkeeper.count(caller)
        if standing is not None and not standing.allowed:
            return routed(above_rate(standing), self._service, snapshot, said)
        problem = routed(threads.refusal(), self._service, snapshot, said)
        if standing is not None:
            problem.headers |= standing.headers()
        return problem

    def _may_be_routed(self, snapshot: Snapshot, body: bytes) -> bool:
        """Whether a rule of routing could fire on what the body says, as far as its bytes tell."""
        rules = self._service.policy.rules
        if rules is None or not snapshot.concerns_health:
            return False
        return not body.isascii() or b"\\" in body or may_fire(body.decode("ascii"), rules)

    def _let_one_through(self, caller: str) -> None:
        """Counts a question that is about to ask for room.

        It does so in the loop's next turn; until then many more may be read, for which it has the place.
        """
        if not self._let_through:
            asyncio.get_running_loop().call_soon(self._let_through.clear)
        self._let_through[caller] += 1
