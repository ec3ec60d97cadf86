"""The gate before every route: keys, scopes and rates, decided before a body is read."""

import re

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.admission.caller import CALLER, Network, address_of
from api.admission.keys import Key, KeyRing
from api.admission.keys import Scope as KeyScope
from api.admission.late_refusal import may_hold_question, refuse_later
from api.admission.live_keys import LiveKeys
from api.admission.rate_limit import RateLimiter, Standing
from api.http.problems import Problem
from api.http.refusal import respond_problem

OPEN_PATHS = frozenset({"/", "/docs", "/livez", "/readyz"})
OPEN_FOLDER = "/page/"
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="footnoted"'}
MAX_CREDENTIALS = 512

_BEARER = re.compile(rb"bearer +([\x21-\x7e]+)", re.IGNORECASE)
_DOCUMENT = re.compile(r"/v1/documents/[^/]+")
_WRITING = frozenset({"PUT", "PATCH", "DELETE"})


class Doorkeeper:
    """Knows whose request one is and how often that caller may ask.

    Without a file of keys everybody may read and nobody may write.
    """

    def __init__(
        self, *, keys: LiveKeys | None, limiter: RateLimiter | None, trusted: tuple[Network, ...]
    ) -> None:
        self._keys = keys
        self._limiter = limiter
        self._trusted = trusted

    def caller(self, scope: Scope) -> str:
        """Whose quota and turn this is. Raises Problem 401 without a valid key, 403 without the scope."""
        ring = KeyRing(()) if self._keys is None else self._keys.ring()
        key = None if self._keys is None else _key(scope, ring)
        needed = KeyScope.WRITE if is_writing(scope["method"], scope["path"]) else KeyScope.READ
        if needed is KeyScope.WRITE and not ring.allows(KeyScope.WRITE):
            raise Problem(
                403,
                "writing_off",
                "no key here may change the collection; `footnoted keys add NAME --scope write`",
            )
        if key is None:
            return f"address {address_of(scope, self._trusted)}"
        if needed not in key.scopes:
            raise Problem(403, "scope_missing", f"this key may not do that; use one that has the scope {needed}")
        return f"key {key.name}"

    def count(self, caller: str) -> Standing | None:
        """Counts a request; where its caller stands then, or None where there is no rate."""
        return None if self._limiter is None else self._limiter.count(caller)

    def is_used_up(self, caller: str) -> bool:
        """Whether a request of this caller would be above the rate. Counts nothing."""
        return self._limiter is not None and self._limiter.is_used_up(caller)


class Gate:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, doorkeeper: Doorkeeper) -> None:
        self._app = app
        self._doorkeeper = doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it with its refusal."""
        if scope["type"] != "http" or is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            caller = self._doorkeeper.caller(scope)
            standing = self._doorkeeper.count(caller)
            if standing is not None and not standing.allowed:
                _refuse(scope, standing)
        except Problem as problem:
            await respond_problem(Request(scope), problem)(scope, receive, send)
            return
        CALLER.set(caller)
        await self._app(scope, receive, send if standing is None else _with_headers(send, standing))


def is_open(path: str) -> bool:
    """Whether a path asks for no key: the signs of life, and the files of the pages."""
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDER)


def is_writing(method: str, path: str) -> bool:
    """Whether a request would change the collection; what no route takes is left to be refused as such."""
    if _DOCUMENT.fullmatch(path):
        return method in _WRITING
    return path.startswith("/v1/index/") and method == "POST"


def _key(scope: Scope, ring: KeyRing) -> Key:
    """The key that a request presents. Raises Problem 401, the same for every cause."""
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    credentials = given[0].strip(b" \t") if len(given) == 1 else b""
    form = _BEARER.fullmatch(credentials) if len(credentials) <= MAX_CREDENTIALS else None
    key = ring.find(b"" if form is None else form[1])
    if key is None:
        raise Problem(401, "key_required", "send a valid key as `Authorization: Bearer KEY`", headers=CHALLENGE)
    return key


def above_rate(standing: Standing) -> Problem:
    """The refusal of a request that is above its caller's rate."""
    unit = f"{standing.rate.quota} requests in {standing.rate.window_s} s"
    detail = f"this is more than {unit}; try again in {standing.reset_s} s"
    return Problem(429, "rate_limited", detail, headers=standing.headers())


def _refuse(scope: Scope, standing: Standing) -> None:
    """Raises the refusal of a request above its rate, or leaves it to be raised once a question has been read."""
    problem = above_rate(standing)
    if scope["method"] != "POST" or not may_hold_question(scope["path"]):
        raise problem
    refuse_later(scope, problem)


def _with_headers(send: Send, standing: Standing) -> Send:
    headers = [(name.lower().encode(), value.encode()) for name, value in standing.headers().items()]

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name for name, _ in message.get("headers", [])}
            added = [(name, value) for name, value in headers if name not in present]
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return send_with_headers
