"""`POST /mcp`: the Model Context Protocol over streamable HTTP, without sessions, each answer one JSON body.

The body is read and checked here, under the service's own limits, because the SDK repeats what it cannot read.
Requests from web pages of other machines are refused by their Origin (see docs/decisions on what is not checked).
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request, Response
from pydantic import ValidationError
from starlette.types import Message, Receive, Scope, Send

from api.json_body import read_value
from api.parameters import only_parameters
from api.problems import Problem
from api.service import Service, service_of

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/mcp"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOT_A_MESSAGE = Problem(
    400, "message_invalid", "the body has to be one JSON-RPC 2.0 request or notification, as MCP sends it"
)


class McpEndpoint:
    """The endpoint of one application; it answers while `running` is entered."""

    def __init__(self) -> None:
        self._manager: StreamableHTTPSessionManager | None = None

    def add_routes(self, app: FastAPI) -> None:
        """Adds `/mcp`. It is not in the OpenAPI document: the protocol describes itself (`tools/list`)."""
        app.add_api_route(
            PATH,
            self.answer,
            methods=["POST"],
            include_in_schema=False,
            dependencies=[Depends(only_parameters())],
        )

    @asynccontextmanager
    async def running(self, service: Service, *, version: str = "") -> AsyncIterator[None]:
        """Serves the tools of this service until the block ends."""
        # The SDK takes a noticeable part of a second to import, which only a server has to wait for.
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from api.mcp_server import make_server

        manager = StreamableHTTPSessionManager(
            make_server(service, version=version),
            json_response=True,
            stateless=True,
            max_request_body_size=service.settings.body_limit_bytes,
        )
        async with manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    async def answer(self, request: Request) -> Response:
        """The answer to one message of the protocol."""
        from mcp.types import jsonrpc_message_adapter

        settings = service_of(request).settings
        _refuse_foreign_pages(request)
        _refuse_unknown_version(request)
        value = await read_value(request, limit_bytes=settings.body_limit_bytes, timeout_s=settings.body_timeout_s)
        try:
            message = jsonrpc_message_adapter.validate_python(value, by_name=False)
        except ValidationError:
            raise _NOT_A_MESSAGE from None
        if self._manager is None:
            raise Problem(503, "starting", "the service is starting or stopping; try again shortly")
        content = message.model_dump_json(by_alias=True, exclude_unset=True).encode()
        return _Answered(self._manager, content)


class _Answered(Response):
    """What the SDK answers to a message that was read already."""

    def __init__(self, manager: "StreamableHTTPSessionManager", content: bytes) -> None:
        super().__init__()
        self._manager = manager
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it."""
        messages: list[Message] = [{"type": "http.request", "body": self._content, "more_body": False}]

        async def replay() -> Message:
            return messages.pop() if messages else await receive()

        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        length = (b"content-length", str(len(self._content)).encode("ascii"))
        await self._manager.handle_request({**scope, "headers": [*headers, length]}, replay, send)


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
