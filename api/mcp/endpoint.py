"""`POST /mcp`: the Model Context Protocol over streamable HTTP, without sessions, each answer one JSON body.

The body is read and checked here, under the service's own limits, because the SDK repeats what it cannot read.
Requests from web pages of other machines are refused by their Origin (see docs/decisions on what is not checked).
"""

import asyncio
import re
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request, Response
from pydantic import ValidationError
from starlette.types import Message, Receive, Scope, Send

from api.admission.late_refusal import MCP_PATH, waiting_refusal
from api.http.json_body import read_value, refuse_lone_surrogates
from api.http.parameters import only_parameters
from api.http.problems import Problem
from api.routed_refusal import routed
from api.service import Service
from retriever.errors import FootnotedError, QueryInvalid
from retriever.questions.normalise import normalise_question

if TYPE_CHECKING:
    from mcp.server import Server

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOT_A_MESSAGE = Problem(
    400, "message_invalid", "the body has to be one JSON-RPC 2.0 request or notification, as MCP sends it"
)


class McpEndpoint:
    """The endpoint of one application, over its service.

    The SDK is imported when the first message comes: it takes a noticeable part of a second and some memory,
    which a server that nobody uses so can do without.
    """

    def __init__(self, service: Service, *, version: str) -> None:
        self._service = service
        self._version = version
        self._server: Server[Any] | None = None
        self._opening = Lock()

    def add_routes(self, app: FastAPI) -> None:
        """Adds `/mcp`. It is not in the OpenAPI document: the protocol describes itself (`tools/list`)."""
        app.add_api_route(
            MCP_PATH,
            self.answer,
            methods=["POST"],
            include_in_schema=False,
            dependencies=[Depends(only_parameters())],
        )

    async def answer(self, request: Request) -> Response:
        """The answer to one message of the protocol."""
        settings = self._service.settings
        _refuse_foreign_pages(request)
        _refuse_unknown_version(request)
        value = await read_value(request, limit_bytes=settings.body_limit_bytes, timeout_s=settings.body_timeout_s)
        refuse_lone_surrogates(value)
        server = self._server
        if server is None:
            server = await asyncio.to_thread(self._open)
        from mcp.types import jsonrpc_message_adapter

        try:
            message = jsonrpc_message_adapter.validate_python(value, by_name=False)
        except ValidationError:
            raise _NOT_A_MESSAGE from None
        refusal = waiting_refusal(request)
        if refusal is not None:
            return _refused(refusal, message, self._service)
        content = message.model_dump_json(by_alias=True, exclude_unset=True).encode()
        return _Answered(server, content, limit_bytes=settings.body_limit_bytes)

    def _open(self) -> "Server[Any]":
        import mcp.server.streamable_http_manager  # noqa: F401 - here too, so that the event loop need not load it

        from api.mcp.server import make_server

        with self._opening:
            if self._server is None:
                self._server = make_server(self._service, version=self._version)
            return self._server


class _Answered(Response):
    """What the SDK answers to a message that was read already."""

    def __init__(self, server: "Server[Any]", content: bytes, *, limit_bytes: int) -> None:
        super().__init__()
        self._server = server
        self._content = content
        self._limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it."""
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        messages: list[Message] = [{"type": "http.request", "body": self._content, "more_body": False}]

        async def replay() -> Message:
            return messages.pop() if messages else await receive()

        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        length = (b"content-length", str(len(self._content)).encode("ascii"))
        # One for each message: without sessions it keeps nothing from one to the next.
        manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True, max_request_body_size=self._limit_bytes
        )
        async with manager.run():
            await manager.handle_request({**scope, "headers": [*headers, length]}, replay, send)


def _refused(refusal: Problem, message: Any, service: Service) -> Response:
    """The refusal of a call that tells of an emergency, as the tool's own result; raises any other.

    What refuses the request itself stays with the program that sent it: the model, and the person, never see it.
    """
    from mcp.types import JSONRPCRequest, JSONRPCResponse

    from api.mcp.server import refused_call

    if not isinstance(message, JSONRPCRequest):
        raise refusal
    try:
        snapshot = service.live.snapshot()
    except FootnotedError:
        raise refusal from None
    found = routed(refusal, service, snapshot, _said(message.params or {}))
    if found is refusal:
        raise refusal
    result = refused_call(found).model_dump(by_alias=True, mode="json", exclude_none=True)
    answer = JSONRPCResponse(jsonrpc="2.0", id=message.id, result=result)
    content = answer.model_dump_json(by_alias=True, exclude_none=True)
    return Response(content, media_type="application/json", headers=refusal.headers)


def _said(params: Mapping[str, Any]) -> list[str]:
    """The question of a call, where it has one that can be read."""
    arguments = params.get("arguments")
    query = arguments.get("query") if isinstance(arguments, dict) else None
    if not isinstance(query, str):
        return []
    try:
        return [normalise_question(query)]
    except QueryInvalid:
        return []


def _refuse_foreign_pages(request: Request) -> None:
    """Raises Problem 403 for a request that a web page of another machine sends through a person's browser.

    Every browser says the Origin of a POST, also to a name that was rebound to this machine.
    """
    for origin in request.headers.getlist("origin"):
        try:
            host = urlsplit(origin).hostname
        except ValueError:
            host = None
        if host not in _LOOPBACK:
            raise Problem(403, "origin_refused", "web pages of other machines may not use this endpoint")


def _refuse_unknown_version(request: Request) -> None:
    """Raises Problem 400 where the version is no date: the SDK would repeat it."""
    for version in request.headers.getlist("mcp-protocol-version"):
        if not _VERSION.fullmatch(version):
            raise Problem(400, "version_invalid", "MCP-Protocol-Version has to be a date such as 2025-11-25")
