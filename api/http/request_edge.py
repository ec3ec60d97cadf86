"""The edge around every request: its id, the headers of every response, one log line, and the last resort."""

import asyncio
import logging
import re
import traceback
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.identifiers import new_identifier
from api.http.problems import Problem
from api.http.refusal import refusal
from api.observer import NOBODY, Observer, RequestSeen

CALLER_GONE = "the caller has gone"
"""Why a request is cancelled when its connection ends."""

logger = logging.getLogger("footnoted.access")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_INTERNAL = Problem(500, "internal", "the request failed here; the server's log has it under this request id")
_STOPPING = Problem(
    503,
    "stopping",
    "the service is stopping; ask again shortly",
    headers={"Retry-After": "5", "Connection": "close"},
)


class RequestEdge:
    """ASGI middleware. Neither its headers nor its log lines hold anything that a caller wrote freely.

    HEAD is answered as GET without a body. What no handler expected becomes a 500 problem: letting it go on
    to the server would write its message, and with it perhaps a person's question, into the log.
    """

    def __init__(self, app: ASGIApp, *, observer: Observer = NOBODY) -> None:
        self._app = app
        self._observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        ended = self._observer.request_began(scope["headers"])
        request_id = request_id_of(scope)
        response = _Response(send, request_id=request_id, without_body=scope["method"] == "HEAD")
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        inner.setdefault("state", {})["request_id"] = request_id
        try:
            await self._app(inner, receive, response.send)
        except asyncio.CancelledError as cancelled:
            # The server stops and the grace is over: it would answer with a trace in its log.
            if response.status is None and CALLER_GONE not in cancelled.args:
                await _send_problem(response.send, _STOPPING, scope["path"], request_id)
        except Exception as error:  # noqa: BLE001 - the outermost boundary; see the docstring of the class
            where = _where(error)
            logger.error("request_id=%s failed: %s", request_id, where, extra={"request_id": request_id})
            if response.status is not None:
                raise ConnectionAbortedError("the response had begun when the request failed") from None
            await _send_problem(response.send, _INTERNAL, scope["path"], request_id)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            route = getattr(inner.get("route"), "path", "-")
            seen = RequestSeen(request_id, method, route, response.status, perf_counter() - started)
            ended(seen)
            log_request(seen)


class _Response:
    """Sends a response's messages on with our headers, and remembers its status."""

    def __init__(self, send: Send, *, request_id: str, without_body: bool) -> None:
        self._send = send
        self._headers = [*_HEADERS, (b"x-request-id", request_id.encode("ascii"))]
        self._without_body = without_body
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", []), *self._headers]}
        elif message["type"] == "http.response.body" and self._without_body:
            message = {**message, "body": b""}
        await self._send(message)


def log_request(request: RequestSeen) -> None:
    """Writes the one line that the log has for a request."""
    milliseconds = request.duration_s * 1_000
    logger.info(
        "%s %s %s %.1fms request_id=%s",
        request.method,
        request.route,
        request.status,
        milliseconds,
        request.request_id,
        extra={
            "request_id": request.request_id,
            "method": request.method,
            "route": request.route,
            "status": request.status,
            "duration_ms": round(milliseconds, 1),
        },
    )


def request_id_of(scope: Scope) -> str:
    """The id that a request has, or a new one."""
    given = [value for name, value in scope["headers"] if name == b"x-request-id"]
    if len(given) == 1 and _REQUEST_ID.fullmatch(given[0]):
        return bytes(given[0]).decode("ascii")
    return new_identifier()


def _where(error: BaseException) -> str:
    """The classes and lines of an error and its causes; never its message."""
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        lines = " < ".join(f"{frame.name} {frame.filename}:{frame.lineno}" for frame in reversed(frames))
        parts.append(f"{type(seen).__name__} at {lines}")
        seen = seen.__cause__ or seen.__context__
    return "; caused by ".join(parts)


async def _send_problem(send: Send, problem: Problem, path: str, request_id: str) -> None:
    body, media_type = refusal(problem, path=path, request_id=request_id)
    headers = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
