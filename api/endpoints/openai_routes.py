"""The routes with OpenAI's shapes."""

from fastapi import Depends, FastAPI

from api.chat.response import ChatCompletion
from api.endpoints import chat_completions, models, vector_store
from api.endpoints.models import ModelBody, ModelList
from api.endpoints.vector_store import StoreSearchPage
from api.http.openai_errors import MEDIA_TYPE
from api.http.parameters import only_parameters
from api.operations import body_of, refusals

_EVENT = {"type": "object", "properties": {"data": {"type": "string"}}, "required": ["data"]}
_EVENTS = {"content": {"text/event-stream": {"schema": _EVENT}}}


def add_chat_routes(app: FastAPI) -> None:
    """Adds them to the application."""
    add = app.add_api_route
    asking = (400, 404, 408, 413, 415, 422, 503)
    add(
        "/v1/chat/completions",
        chat_completions.complete,
        methods=["POST"],
        response_model=ChatCompletion,
        responses={200: _EVENTS, **refusals(*asking, model="OpenAIRefusal", media_type=MEDIA_TYPE)},
        openapi_extra=body_of("ChatRequest"),
        dependencies=[Depends(only_parameters())],
        tags=["openai"],
    )
    add(
        "/v1/models",
        models.models,
        response_model=ModelList,
        responses=refusals(422, 503, model="OpenAIRefusal", media_type=MEDIA_TYPE),
        dependencies=[Depends(only_parameters())],
        tags=["openai"],
    )
    add(
        "/v1/models/{model_id}",
        models.model,
        response_model=ModelBody,
        responses=refusals(404, 422, 503, model="OpenAIRefusal", media_type=MEDIA_TYPE),
        dependencies=[Depends(only_parameters())],
        tags=["openai"],
    )
    add(
        "/v1/vector_stores/{store}/search",
        vector_store.search_store,
        methods=["POST"],
        response_model=StoreSearchPage,
        responses=refusals(*asking, model="OpenAIRefusal", media_type=MEDIA_TYPE),
        openapi_extra=body_of("StoreSearchRequest"),
        dependencies=[Depends(only_parameters())],
        tags=["openai"],
    )
