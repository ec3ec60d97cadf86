"""Refusals in OpenAI's form, for the endpoints that have OpenAI's shapes."""

import json
import re

from pydantic import BaseModel, ConfigDict, Field

from api.http.problems import Problem

MEDIA_TYPE = "application/json"

# With all that lies below: an id may be anything. Three are not offered here; who calls them reads OpenAI's form.
_SHAPED = re.compile(
    r"/v1/(?:chat/completions|models|vector_stores|responses|completions|embeddings)(?:/.*)?", re.DOTALL
)
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class OpenAIError(BaseModel):
    """What was refused and why, as OpenAI's clients read it. Never the caller's own text."""

    model_config = ConfigDict(extra="forbid")

    message: str = Field(description="What is wrong and the next action.")
    type: str = Field(
        description="`invalid_request_error`, `authentication_error`, `permission_error`, `rate_limit_error` or "
        "`server_error`.",
        examples=["invalid_request_error"],
    )
    code: str = Field(description="Stable code, the same as in problem details.", examples=["query_empty"])
    param: str | None = Field(description="The field at fault, where it is one.", examples=["messages[0].content"])


class OpenAIRefusal(BaseModel):
    """The body of every refusal of the OpenAI-shaped endpoints."""

    model_config = ConfigDict(extra="forbid")

    error: OpenAIError


def is_openai_shaped(path: str) -> bool:
    """Whether the endpoint at a path refuses in OpenAI's form."""
    return _SHAPED.fullmatch(path) is not None


def openai_error_body(problem: Problem) -> bytes:
    """The JSON document of a refusal, encoded as UTF-8."""
    error = OpenAIError(
        message="; ".join(each.detail for each in problem.errors) if len(problem.errors) > 1 else problem.detail,
        type=_TYPES.get(problem.status, "server_error" if problem.status >= 500 else "invalid_request_error"),
        code=problem.code,
        param=_param(problem.errors[0].pointer) if problem.errors else None,
    )
    return json.dumps({"error": error.model_dump()}, ensure_ascii=False, separators=(",", ":")).encode()


def _param(pointer: str) -> str | None:
    """A JSON pointer as OpenAI writes it: `/messages/0/content` is `messages[0].content`."""
    parts = [f"[{part}]" if part.isdigit() else f".{part}" for part in pointer.split("/") if part]
    return "".join(parts).lstrip(".") or None
