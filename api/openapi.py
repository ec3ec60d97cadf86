"""The OpenAPI document: what FastAPI derives, the models that no signature names, and what the gate refuses."""

import asyncio
import json
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from threading import Lock
from typing import Any

from fastapi import FastAPI, Response
from pydantic.json_schema import models_json_schema

from api.admission.gate import is_open, is_writing
from api.chat.request import ChatRequest
from api.endpoints.health import NotReady
from api.endpoints.vector_store import StoreSearchRequest
from api.endpoints.verification import VerifyRequest
from api.evidence.body import EvidenceRequest
from api.http.openai_errors import OpenAIRefusal
from api.http.problems import ProblemDetails
from api.operations import REFERENCE
from api.query.request import QueryRequest
from api.writing.body import ReloadRequest, RollbackRequest

_GATE = {
    401: "No valid key came with the request.",
    403: "The key may not change the collection, or no key may.",
    429: "More requests than this key, or this address, may send; `Retry-After` says when to come back.",
}
_SCHEME = "key"

_READ = (
    *(EvidenceRequest, QueryRequest, VerifyRequest, ChatRequest, StoreSearchRequest),
    *(ReloadRequest, RollbackRequest),
)
"""The bodies that we read ourselves; the models of refusals and others that no handler's signature names."""
_WRITTEN = (ProblemDetails, NotReady, OpenAIRefusal)


def add_openapi(app: FastAPI, *, with_keys: bool) -> None:
    """Serves the document at `/openapi.json`. It is written for the first who asks, in a thread, and then kept:
    that takes most of a second, for which neither a start nor a question should wait.
    """
    one_at_a_time = Lock()
    app.openapi = _complete_document(app, with_keys=with_keys)  # type: ignore[method-assign]

    @cache
    def written() -> bytes:
        return json.dumps(app.openapi(), ensure_ascii=False, separators=(",", ":")).encode()

    def content() -> bytes:
        with one_at_a_time:
            return written()

    async def openapi() -> Response:
        return Response(await asyncio.to_thread(content), media_type="application/json")

    app.add_api_route("/openapi.json", openapi, include_in_schema=False)


def _complete_document(app: FastAPI, *, with_keys: bool) -> Callable[[], dict[str, Any]]:
    """FastAPI's document with the models that no handler's signature names, and with what the gate refuses."""
    derive = app.openapi

    def openapi() -> dict[str, Any]:
        document = derive()
        read = [(model, "validation") for model in _READ]
        ours = [*read, *((model, "serialization") for model in _WRITTEN)]
        _, definitions = models_json_schema(ours, ref_template=REFERENCE)  # type: ignore[arg-type]
        document.setdefault("components", {}).setdefault("schemas", {}).update(definitions["$defs"])
        document["components"]["securitySchemes"] = {_SCHEME: {"type": "http", "scheme": "bearer"}}
        for path, operations in document["paths"].items():
            if not is_open(path):
                for method, operation in operations.items():
                    _add_gate(operation, with_keys=with_keys, writes=is_writing(method.upper(), path))
        return document

    return openapi


def _add_gate(operation: dict[str, Any], *, with_keys: bool, writes: bool) -> None:
    responses = operation["responses"]
    for status, reason in _GATE.items():
        if status != HTTPStatus.FORBIDDEN or writes:
            responses[str(status)] = {"description": reason, "content": responses["500"]["content"]}
    operation["security"] = [{_SCHEME: []}] if with_keys else [{}, {_SCHEME: []}]
