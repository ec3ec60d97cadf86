"""A refusal for want of room, with what has to be said to whoever tells of an emergency."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from fastapi import Request

from api.admission.late_refusal import waiting_refusal
from api.http.problems import FieldError, Problem
from api.service import Service, service_of
from api.snapshot import Snapshot
from retriever.questions.routing import route


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
