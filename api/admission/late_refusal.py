"""Refusals that wait until a question has been read: whoever tells of an emergency is told what to do.

A request above its rate, or one more than can be worked on, is refused without looking for passages. The rules of
routing are patterns and cost next to nothing, so they are tried first, and what they say goes into the refusal.
"""

import re

from fastapi import Request
from starlette.types import Scope

from api.http.problems import Problem

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
