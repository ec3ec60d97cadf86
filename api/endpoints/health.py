"""Whether the process is up (`/livez`) and whether it can answer (`/readyz`)."""

from datetime import datetime
from enum import StrEnum

from fastapi import Request, Response
from pydantic import Field

from api.bodies import ResponseBody
from api.collection.response import CoverageBody, coverage_of
from api.http.problems import MEDIA_TYPE, ProblemDetails, problem_body, problem_of
from api.live_index import ReloadFailure
from api.service import service_of
from retriever.errors import EncoderUnavailable, FootnotedError


class Liveness(ResponseBody):
    """The process is up."""

    status: str = Field(examples=["ok"])


class ComponentState(StrEnum):
    """Where one part of the service stands."""

    READY = "ready"
    FAILED = "failed"
    WAITING = "waiting"


class Component(ResponseBody):
    """One part of the service; `code` and `detail` say why it is not ready."""

    state: ComponentState
    code: str | None = Field(examples=["index_missing"])
    detail: str | None


class Components(ResponseBody):
    """The parts that have to be ready."""

    index: Component
    encoder: Component


class ReloadError(ResponseBody):
    """Why the newest generation is not the one that serves; the log has the particulars."""

    code: str = Field(examples=["index_corrupt"])
    detail: str
    at: datetime


class Readiness(ResponseBody):
    """The service answers: a verified index and its encoder have answered a warm-up query."""

    status: str = Field(examples=["ready"])
    generation: str = Field(examples=["gen-000042"])
    components: Components
    coverage: CoverageBody
    last_reload_error: ReloadError | None = Field(description="Null unless a newer generation was refused.")


class NotReady(ProblemDetails):
    """The service cannot answer yet; each part says why."""

    components: Components


_READY = Component(state=ComponentState.READY, code=None, detail=None)


async def livez() -> Liveness:
    """Says that the process is up; it does not look at the index."""
    return Liveness(status="ok")


async def readyz(request: Request) -> Response:
    """Says whether questions can be answered; 503 with the reason of each part when they cannot."""
    live = service_of(request).live
    try:
        snapshot = live.snapshot()
    except FootnotedError as error:
        return _not_ready(request, error)
    body = Readiness(
        status="ready",
        generation=snapshot.index.generation,
        components=Components(index=_READY, encoder=_READY),
        coverage=coverage_of(snapshot.index),
        last_reload_error=None if live.last_failure is None else _reload_error(live.last_failure),
    )
    return Response(body.model_dump_json(), media_type="application/json")


def _not_ready(request: Request, error: FootnotedError) -> Response:
    problem = problem_of(error)
    failed = Component(state=ComponentState.FAILED, code=problem.code, detail=problem.detail)
    if isinstance(error, EncoderUnavailable):
        waiting = Component(state=ComponentState.WAITING, code=None, detail="verified; it waits for its encoder")
        components = Components(index=waiting, encoder=failed)
    else:
        waiting = Component(state=ComponentState.WAITING, code=None, detail="it is loaded once an index is open")
        components = Components(index=failed, encoder=waiting)
    details = ProblemDetails.model_validate_json(problem_body(problem, request_id=request.state.request_id))
    body = NotReady(**details.model_dump(), components=components)
    return Response(
        body.model_dump_json(), status_code=problem.status, headers=problem.headers, media_type=MEDIA_TYPE
    )


def _reload_error(failure: ReloadFailure) -> ReloadError:
    problem = problem_of(failure.error)
    return ReloadError(code=problem.code, detail=problem.detail, at=failure.at)
