"""Refusals that wait until a question has been read: whoever tells of an emergency is told what to do.

A request above its rate, or one more than can be worked on, is refused without looking for passages. The rules of
routing are patterns and cost next to nothing, so they are tried first, and what they say goes into the refusal.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from starlette.types import Scope

from api.problems import FieldError, Problem
from api.service import service_of
from api.snapshot import Snapshot
from retriever.routing import route

QUESTION_PATHS = frozenset({"/v1/query", "/v1/chat/completions", "/v1/compat/evidence"})
"""Where a question is in the body. The handlers of these paths work `within_limits`."""

_STATE = "late_refusal"


def refuse_later(scope: Scope, problem: Problem) -> None:
    """Leaves a refusal for `within_limits` to raise."""
    scope.setdefault("state", {})[_STATE] = problem


@contextmanager
def within_limits(request: Request, snapshot: Snapshot, *said: str) -> Iterator[None]:
    """Raises the refusal that waits for this request, if one does, before the block, and any 503 of the block.

    Either then holds the routing text, where a rule fires on what was said.
    """
    try:
        waiting = getattr(request.state, _STATE, None)
        if isinstance(waiting, Problem):
            raise waiting
        yield
    except Problem as problem:
        rules = service_of(request).policy.rules
        if rules is None or not snapshot.concerns_health or problem.status not in (429, 503):
            raise
        routing = next((found for text in said if (found := route(text, rules)) is not None), None)
        if routing is None:
            raise
        raise Problem(
            problem.status,
            problem.code,
            f"{routing.text} ({problem.detail})",
            errors=[FieldError("", routing.code, routing.text)],
            headers=problem.headers,
        ) from None
