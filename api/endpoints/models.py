"""`GET /v1/models`: the one model, as OpenAI's clients list it."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path, Request
from pydantic import Field

from api.bodies import ResponseBody
from api.chat.request import MODEL_NAME
from api.endpoints.chat_completions import check_model
from api.service import service_of


class ModelBody(ResponseBody):
    """A model: this service over its collection."""

    id: str = Field(examples=[MODEL_NAME])
    object: Literal["model"] = "model"
    created: int = Field(description="Unix time at which the generation that serves was made.")
    owned_by: str = Field(examples=[MODEL_NAME])


class ModelList(ResponseBody):
    """All models: one."""

    object: Literal["list"] = "list"
    data: list[ModelBody]


def models(request: Request) -> ModelList:
    """The models: one, which answers from the collection."""
    return ModelList(data=[_model(request)])


def model(
    request: Request, model_id: Annotated[str, Path(description="`footnoted`.", max_length=256)]
) -> ModelBody:
    """The one model."""
    check_model(model_id)
    return _model(request)


def _model(request: Request) -> ModelBody:
    made = service_of(request).live.snapshot().index.manifest.created
    return ModelBody(id=MODEL_NAME, created=int(datetime.fromisoformat(made).timestamp()), owned_by=MODEL_NAME)
