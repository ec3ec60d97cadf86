"""The routes of the service's own contract: asking, the collection, the state of the service."""

from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI

from api.bodies import ResponseBody
from api.collection.response import DocumentBody, DocumentPage, IndexBody, OutlineBody, TextBody
from api.endpoints import documents, facets, governance, health, query, suggestions, verification
from api.endpoints.facets import FacetsBody
from api.endpoints.governance import GovernanceBody
from api.endpoints.suggestions import SuggestionsBody
from api.endpoints.verification import VerifyResponse
from api.http.parameters import only_parameters
from api.operations import FILTER_PARAMETERS, body_of, refusals
from api.query.response import QueryResponse

Handler = Callable[..., Any]


def add_core_routes(app: FastAPI) -> None:
    """Adds them to the application."""
    add = app.add_api_route

    def asks(path: str, handler: Handler, model: type[ResponseBody], *, body: str) -> None:
        add(
            path,
            handler,
            methods=["POST"],
            response_model=model,
            responses=refusals(400, 408, 413, 415, 422, 503),
            openapi_extra=body_of(body),
            dependencies=[Depends(only_parameters())],
            tags=["asking"],
        )

    def reads(path: str, handler: Handler, model: type[ResponseBody], *parameters: str) -> None:
        add(
            path,
            handler,
            response_model=model,
            responses=refusals(*((404,) if "{" in path else ()), 422, 503),
            dependencies=[Depends(only_parameters(*parameters))],
            tags=["collection"],
        )

    asks("/v1/query", query.query, QueryResponse, body="QueryRequest")
    asks("/v1/citations/verify", verification.verify, VerifyResponse, body="VerifyRequest")
    reads("/v1/index", documents.index, IndexBody)
    add(
        "/v1/documents",
        documents.documents,
        response_model=DocumentPage,
        responses=refusals(422, 503),
        openapi_extra=FILTER_PARAMETERS,
        dependencies=[Depends(only_parameters("limit", "after", filters=True))],
        tags=["collection"],
    )
    reads("/v1/documents/{document_id}", documents.document, DocumentBody)
    reads("/v1/documents/{document_id}/text", documents.document_text, TextBody, "start", "end")
    reads("/v1/documents/{document_id}/outline", documents.document_outline, OutlineBody)
    reads("/v1/facets", facets.facets, FacetsBody)
    reads("/v1/suggestions", suggestions.suggestions, SuggestionsBody, "limit")
    reads("/v1/governance", governance.governance, GovernanceBody)
    add("/livez", health.livez, response_model=health.Liveness, responses=refusals(), tags=["service"])
    add(
        "/readyz",
        health.readyz,
        response_model=health.Readiness,
        responses=refusals(503, model="NotReady") | refusals(),
        tags=["service"],
    )
