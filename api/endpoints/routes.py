"""The routes of the service's contract: asking, the collection, writing, OpenAI's shapes, the service's state."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Depends, FastAPI
from pydantic import BaseModel

from api.chat.response import ChatCompletion
from api.collection.response import DocumentBody, DocumentPage, IndexBody, OutlineBody, TextBody
from api.endpoints import (
    chat_completions,
    documents,
    evidence,
    facets,
    governance,
    health,
    models,
    query,
    suggestions,
    vector_store,
    verification,
    writing,
)
from api.evidence.body import EvidenceResponse
from api.http.openai_errors import MEDIA_TYPE
from api.http.parameters import only_parameters
from api.operations import FILTER_PARAMETERS, body_of, refusals
from api.query.response import QueryResponse
from api.writing.body import DeletedBody, WrittenBody
from api.writing.document_folder import EXTENSIONS

Handler = Callable[..., Any]

_JSON_REFUSALS = (408, 413, 415, 422, 503)
"""Of a body that is JSON, beside 400."""
_FILE = {"schema": {"type": "string", "format": "binary"}}
_DOCUMENT = {"requestBody": {"required": True, "content": dict.fromkeys(EXTENSIONS, _FILE)}}
_EVENT = {"type": "object", "properties": {"data": {"type": "string"}}, "required": ["data"]}
_EVENTS = {"content": {"text/event-stream": {"schema": _EVENT}}}
_openai_refusals = partial(refusals, model="OpenAIRefusal", media_type=MEDIA_TYPE)


def add_routes(app: FastAPI) -> None:
    """Adds them to the application, in the order of the OpenAPI document."""
    add = partial(_add, app)
    json_refusals = refusals(400, *_JSON_REFUSALS)
    asks = partial(add, tag="asking", methods=["POST"], responses=json_refusals)
    asks("/v1/query", query.query, QueryResponse, body="QueryRequest")
    asks("/v1/citations/verify", verification.verify, verification.VerifyResponse, body="VerifyRequest")

    reads = partial(add, tag="collection", responses=refusals(422, 503))
    reads_one = partial(add, tag="collection", responses=refusals(404, 422, 503))
    reads("/v1/index", documents.index, IndexBody)
    reads(
        "/v1/documents",
        documents.documents,
        DocumentPage,
        openapi_extra=FILTER_PARAMETERS,
        parameters=only_parameters("limit", "after", filters=True),
    )
    reads_one("/v1/documents/{document_id}", documents.document, DocumentBody)
    span = only_parameters("start", "end")
    reads_one("/v1/documents/{document_id}/text", documents.document_text, TextBody, parameters=span)
    reads_one("/v1/documents/{document_id}/outline", documents.document_outline, OutlineBody)
    reads("/v1/facets", facets.facets, facets.FacetsBody)
    limit = only_parameters("limit")
    reads("/v1/suggestions", suggestions.suggestions, suggestions.SuggestionsBody, parameters=limit)
    reads("/v1/governance", governance.governance, governance.GovernanceBody)
    add_state = partial(app.add_api_route, tags=["service"])
    add_state("/livez", health.livez, response_model=health.Liveness, responses=refusals())
    not_ready = refusals(503, model="NotReady") | refusals()
    add_state("/readyz", health.readyz, response_model=health.Readiness, responses=not_ready)

    asks("/v1/compat/evidence", evidence.evidence, EvidenceResponse, body="EvidenceRequest")

    writes = partial(add, tag="writing")
    writes(
        "/v1/documents/{document_id}",
        writing.put_document,
        WrittenBody,
        methods=["PUT"],
        responses=refusals(400, 403, 408, 409, 413, 415, 422, 503) | {201: {"model": WrittenBody}},
        openapi_extra=_DOCUMENT,
    )
    writes(
        "/v1/documents/{document_id}",
        writing.delete_document,
        DeletedBody,
        methods=["DELETE"],
        responses=refusals(403, 404, 409, 422, 503),
    )
    switches = partial(writes, methods=["POST"], responses=refusals(400, 403, 404, *_JSON_REFUSALS))
    switches("/v1/index/reload", writing.reload_index, IndexBody, body="ReloadRequest")
    switches("/v1/index/rollback", writing.rollback_index, IndexBody, body="RollbackRequest")

    compatible = partial(add, tag="openai")
    asking = _openai_refusals(400, 404, *_JSON_REFUSALS)
    compatible(
        "/v1/chat/completions",
        chat_completions.complete,
        ChatCompletion,
        methods=["POST"],
        responses={200: _EVENTS, **asking},
        body="ChatRequest",
    )
    compatible("/v1/models", models.models, models.ModelList, responses=_openai_refusals(422, 503))
    one_model = _openai_refusals(404, 422, 503)
    compatible("/v1/models/{model_id}", models.model, models.ModelBody, responses=one_model)
    compatible(
        "/v1/vector_stores/{store}/search",
        vector_store.search_store,
        vector_store.StoreSearchPage,
        methods=["POST"],
        responses=asking,
        body="StoreSearchRequest",
    )


def _add(
    app: FastAPI,
    path: str,
    handler: Handler,
    model: type[BaseModel],
    *,
    tag: str,
    body: str | None = None,
    parameters: Handler | None = None,
    **operation: Any,
) -> None:
    """Adds one route, which takes a body of the model that `body` names, and no parameters but these."""
    if body is not None:
        operation["openapi_extra"] = body_of(body)
    app.add_api_route(
        path,
        handler,
        response_model=model,
        dependencies=[Depends(parameters or only_parameters())],
        tags=[tag],
        **operation,
    )
