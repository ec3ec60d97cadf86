"""Refusals that wait until a question has been read: whoever tells of an emergency is told what to do.

A request above its rate, or one more than can be worked on, is refused without looking for passages. The rules of
routing are patterns and cost next to nothing, so they are tried first, and what they say goes into the refusal.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from fastapi import Request
from starlette.types import Scope

from api.http.problems import FieldError, Problem
from api.service import Service, service_of
from api.snapshot import Snapshot
from retriever.questions.routing import route

MCP_PATH = "/mcp"
_QUESTIONS = re.compile(r"/v1/(?:query|chat/completions|compat/evidence|vector_stores/[^/]*/search)")
_STATE = "late_refusal"


def takes_question(path: str) -> bool:
    """Whether the body of a POST to this path is a question: it may be broken off, and is refused late."""
    return _QUESTIONS.fullmatch(path) is not None


def may_hold_question(path: str) -> bool:
    """Whether a question may be in the body of a POST to this path. Its handler asks for a refusal that waits."""
    return takes_question(path) or path == MCP_PATH


def refuse_later(scope: Scope, problem: Problem) -> None:
    """Leaves a refusal for the handler of the path to raise."""
    scope.setdefault("state", {})[_STATE] = problem


def waiting_refusal(request: Request) -> Problem | None:
    """The refusal that was left for this request."""
    waiting = getattr(request.state, _STATE, None)
    return waiting if isinstance(waiting, Problem) else None


@contextmanager
def within_limits(request: Request, snapshot: Snapshot, *said: str) -> Iterator[None]:
    """Raises the refusal that waits for this request, if one does, before the block, and any 503 of the block.

    Either then holds the routing text, where a rule fires on what was said.
    """
    try:
        waiting = waiting_refusal(request)
        if waiting is not None:
            raise waiting
        yield
    except Problem as problem:
        raise routed(problem, service_of(request), snapshot, said) from None


def routed(problem: Problem, service: Service, snapshot: Snapshot, said: Iterable[str]) -> Problem:
    """The problem, with the routing text in it where it is a want of room and a rule fires on what was said."""
    rules = service.policy.rules
    if rules is None or not snapshot.concerns_health or problem.status not in (429, 503):
        return problem
    routing = next((found for text in said if (found := route(text, rules)) is not None), None)
    if routing is None:
        return problem
    return Problem(
        problem.status,
        problem.code,
        f"{routing.text} ({problem.detail})",
        errors=[FieldError("", routing.code, routing.text)],
        headers=problem.headers,
    )
