"""Every refusal of the service as RFC 9457 problem details, and the one place where errors become statuses.

Problem                 a refusal with status, code and pointers; raised anywhere in `api`
A FootnotedError        is translated by `problem_of`, its nearest mapped class deciding

Nothing here repeats the caller's text, a file's path or a library's own words.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import BaseModel, ConfigDict, Field

from retriever.errors import (
    EncoderUnavailable,
    FootnotedError,
    IndexCorrupt,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    IndexRefused,
    QueryInvalid,
    StorageFailed,
    VectorsPending,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong with a request: where (a JSON pointer, empty for the whole), which, and why."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """A refusal. `code` is stable for programs; `detail` is our own sentence with the next action."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class _Outcome:
    status: int
    code: str
    detail: str
    retry: bool = True


_OUTCOMES: Mapping[type[FootnotedError], _Outcome] = {
    FootnotedError: _Outcome(500, "internal", "the request failed here; the log says where", retry=False),
    IndexMissing: _Outcome(
        503, "index_missing", "no index is published yet; run `footnoted ingest` and try again"
    ),
    IndexLocked: _Outcome(503, "index_locked", "another process is writing to the index; try again shortly"),
    IndexRefused: _Outcome(503, "index_refused", "the index was refused; run `footnoted doctor` on the server"),
    IndexCorrupt: _Outcome(
        503, "index_corrupt", "a file of the index was altered; run `footnoted doctor`, then ingest again"
    ),
    IndexMismatch: _Outcome(
        503, "index_mismatch", "the index was built by another version or model; ingest again with this one"
    ),
    EncoderUnavailable: _Outcome(
        503, "encoder_unavailable", "the language model cannot be loaded; run `footnoted doctor` on the server"
    ),
    VectorsPending: _Outcome(
        503,
        "vectors_pending",
        "the vectors of this collection are still being made; ask in mode hybrid or lexical, or try again later",
    ),
    StorageFailed: _Outcome(503, "storage_failed", "the disk failed; run `footnoted doctor` on the server"),
}


def problem_of(error: FootnotedError) -> Problem:
    """The refusal that an error of the core becomes; an unmapped class takes its nearest mapped parent's."""
    if isinstance(error, QueryInvalid):
        return invalid([FieldError(error.pointer, error.code, str(error))])
    outcome = next(_OUTCOMES[kind] for kind in type(error).__mro__ if kind in _OUTCOMES)
    headers = {"Retry-After": str(RETRY_AFTER_S)} if outcome.retry else {}
    return Problem(outcome.status, outcome.code, outcome.detail, headers=headers)


def is_mapped(kind: type[FootnotedError]) -> bool:
    """Whether a class has a status of its own rather than its parent's."""
    return kind in _OUTCOMES or kind is QueryInvalid


def invalid(errors: Sequence[FieldError]) -> Problem:
    """422: the request can be read, but these values are not accepted. `errors` is not empty."""
    first = errors[0]
    detail = first.detail if len(errors) == 1 else f"{len(errors)} values are not accepted; see errors"
    return Problem(422, first.code, detail, errors=errors)


class ProblemError(BaseModel):
    """One value that was not accepted."""

    model_config = ConfigDict(extra="forbid")

    pointer: str = Field(
        description="JSON pointer of the value in the body, `/NAME` for a query parameter; empty for the whole.",
        examples=["/top_k"],
    )
    code: str = Field(description="Stable code of what is wrong.", examples=["out_of_range"])
    detail: str = Field(description="What is wrong and what to send instead. Never the caller's own text.")


class ProblemDetails(BaseModel):
    """A refusal (RFC 9457). It never repeats what the caller sent."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="A URN of the kind of problem.", examples=["urn:footnoted:problem:query_empty"])
    title: str = Field(description="The status in words.", examples=["Unprocessable Entity"])
    status: int = Field(ge=400, le=599, examples=[422])
    detail: str = Field(description="What is wrong and the next action.")
    instance: str = Field(description="A URN of this one refusal.", examples=["urn:footnoted:request:01J8Z"])
    code: str = Field(description="Stable code for programs.", examples=["query_empty"])
    request_id: str = Field(description="The same as the header `X-Request-ID`.", examples=["01J8Z"])
    errors: list[ProblemError] = Field(description="The values at fault, where there are such.")


def problem_body(problem: Problem, *, request_id: str) -> bytes:
    """The JSON document of a refusal, encoded as UTF-8."""
    phrase = HTTPStatus(problem.status).phrase
    document = ProblemDetails(
        type=f"urn:footnoted:problem:{problem.code}",
        title=phrase,
        status=problem.status,
        detail=problem.detail,
        instance=f"urn:footnoted:request:{request_id}",
        code=problem.code,
        request_id=request_id,
        errors=[ProblemError(pointer=e.pointer, code=e.code, detail=e.detail) for e in problem.errors],
    )
    return json.dumps(document.model_dump(), ensure_ascii=False, separators=(",", ":")).encode()
