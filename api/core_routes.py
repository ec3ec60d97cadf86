"""The routes of the service's own contract: asking, the collection, the state of the service."""

from fastapi import Depends, FastAPI

from api.collection import documents as collection
from api.collection import facets, governing, suggestions, verifying
from api.collection.facets import FacetsBody
from api.collection.governing import GovernanceBody
from api.collection.response import DocumentBody, DocumentPage, IndexBody, OutlineBody, TextBody
from api.collection.suggestions import SuggestionsBody
from api.collection.verifying import VerifyResponse
from api.http.parameters import only_parameters
from api.observing import health
from api.operations import FILTER_PARAMETERS, body_of, refusals
from api.query import asking
from api.query.response import QueryResponse


def add_core_routes(app: FastAPI) -> None:
    """Adds them to the application."""
    add = app.add_api_route
    add(
        "/v1/query",
        asking.query,
        methods=["POST"],
        response_model=QueryResponse,
        responses=refusals(400, 408, 413, 415, 422, 503),
        openapi_extra=body_of("QueryRequest"),
        dependencies=[Depends(only_parameters())],
        tags=["asking"],
    )
    add(
        "/v1/citations/verify",
        verifying.verify,
        methods=["POST"],
        response_model=VerifyResponse,
        responses=refusals(400, 408, 413, 415, 422, 503),
        openapi_extra=body_of("VerifyRequest"),
        dependencies=[Depends(only_parameters())],
        tags=["asking"],
    )
    add(
        "/v1/index",
        collection.index,
        response_model=IndexBody,
        responses=refusals(422, 503),
        dependencies=[Depends(only_parameters())],
        tags=["collection"],
    )
    add(
        "/v1/documents",
        collection.documents,
        response_model=DocumentPage,
        responses=refusals(422, 503),
        openapi_extra=FILTER_PARAMETERS,
        dependencies=[Depends(only_parameters("limit", "after", filters=True))],
        tags=["collection"],
    )
    add(
        "/v1/documents/{document_id}",
        collection.document,
        response_model=DocumentBody,
        responses=refusals(404, 422, 503),
        dependencies=[Depends(only_parameters())],
        tags=["collection"],
    )
    add(
        "/v1/documents/{document_id}/text",
        collection.document_text,
        response_model=TextBody,
        responses=refusals(404, 422, 503),
        dependencies=[Depends(only_parameters("start", "end"))],
        tags=["collection"],
    )
    add(
        "/v1/documents/{document_id}/outline",
        collection.document_outline,
        response_model=OutlineBody,
        responses=refusals(404, 422, 503),
        dependencies=[Depends(only_parameters())],
        tags=["collection"],
    )
    add(
        "/v1/facets",
        facets.facets,
        response_model=FacetsBody,
        responses=refusals(422, 503),
        dependencies=[Depends(only_parameters())],
        tags=["collection"],
    )
    add(
        "/v1/suggestions",
        suggestions.suggestions,
        response_model=SuggestionsBody,
        responses=refusals(422, 503),
        dependencies=[Depends(only_parameters("limit"))],
        tags=["collection"],
    )
    add(
        "/v1/governance",
        governing.governance,
        response_model=GovernanceBody,
        responses=refusals(422, 503),
        dependencies=[Depends(only_parameters())],
        tags=["collection"],
    )
    add("/livez", health.livez, response_model=health.Liveness, responses=refusals(), tags=["service"])
    add(
        "/readyz",
        health.readyz,
        response_model=health.Readiness,
        responses=refusals(503, model="NotReady") | refusals(),
        tags=["service"],
    )
