"""The Model Context Protocol with the SDK's own client: to a running server, and to a started process."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from fastapi.testclient import TestClient
from mcp import Client, MCPError, StdioServerParameters
from mcp.types import CallToolResult, TextContent

from api.http.problems import Problem
from retriever.query import Query
from tests.fakes_api import FolderOpener, MemoryIndex, publish, served, small_collection, snapshot_of
from tests.running import forked_server, serve_small
from tests.waiting import PATIENCE_S

CHECKOUT = Path(__file__).parent.parent
STDIO = """
import sys
from pathlib import Path
from functools import partial
import api.app
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of
from api.commands.mcp import command
index_dir = Path(sys.argv.pop(1))
name = publish(index_dir, 1)
opener = FolderOpener({name: snapshot_of(MemoryIndex(name))})
api.app.create_app = partial(api.app.create_app, opener=opener)
command(["--index", str(index_dir)])
"""
CANARY = "canary7f3a"
Result = TypeVar("Result")


def message(method: str, **params: Any) -> dict[str, Any]:
    """One request of the protocol as its older clients send it, without a session."""
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def with_client(target: Any, work: Callable[[Client], Awaitable[Result]], *, mode: Any = "auto") -> Result:
    """What `work` gives with a connected client of the SDK."""

    async def run() -> Result:
        async with Client(target, mode=mode) as client:
            return await work(client)

    return asyncio.run(run())


def text_of(result: CallToolResult) -> str:
    """The text of a result that has one text."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with forked_server(serve_small, tmp_path_factory.mktemp("mcp") / "index") as (_, address):
        yield address


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_client_of_the_sdk_finds_three_tools_that_only_read(address: str, mode: str) -> None:
    async def work(client: Client) -> Any:
        return await client.list_tools()

    tools = with_client(f"{address}/mcp", work, mode=mode).tools
    assert [tool.name for tool in tools] == ["search", "fetch", "ask"]
    for tool in tools:
        assert tool.annotations is not None
        assert (tool.annotations.read_only_hint, tool.annotations.destructive_hint) == (True, False)
        assert tool.output_schema is not None


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_what_search_finds_can_be_fetched_in_the_shapes_of_connectors(address: str, mode: str) -> None:
    async def work(client: Client) -> Any:
        found = await client.call_tool("search", {"query": "what is denosumab used in?"})
        first = found.structured_content["results"][0]
        return found, first, await client.call_tool("fetch", {"id": first["id"]})

    found, first, fetched = with_client(f"{address}/mcp", work, mode=mode)
    assert json.loads(text_of(found)) == found.structured_content
    assert {"id", "title", "url"} <= set(first)
    assert first["url"].startswith("https://example.org/denosumab#:~:text=")
    assert json.loads(text_of(fetched)) == fetched.structured_content
    assert set(fetched.structured_content) == {"id", "title", "text", "url", "metadata"}
    metadata = fetched.structured_content["metadata"]
    assert fetched.structured_content["text"][metadata["citation"]["start_char"] :].startswith("Denosumab is used")
    assert metadata["document"]["source"] == "NCI"


def test_ask_gives_the_passages_and_citations_of_the_rest_endpoint(address: str) -> None:
    async def work(client: Client) -> Any:
        return await client.call_tool("ask", {"query": "denosumab", "top_k": 2})

    asked = with_client(f"{address}/mcp", work).structured_content
    queried = httpx.post(f"{address}/v1/query", json={"query": "denosumab", "top_k": 2}, timeout=PATIENCE_S).json()
    for field in ("query", "index", "answerability", "answer", "passages", "warnings"):
        assert asked[field] == queried[field]


def test_a_started_process_answers_over_its_standard_input_and_output(tmp_path: Path) -> None:
    async def work(client: Client) -> Any:
        tools = await client.list_tools()
        return tools, await client.call_tool("ask", {"query": "denosumab"})

    process = StdioServerParameters(
        command=sys.executable, args=["-c", STDIO, str(tmp_path / "index")], cwd=CHECKOUT
    )
    tools, asked = with_client(process, work)
    assert [tool.name for tool in tools.tools] == ["search", "fetch", "ask"]
    assert asked.structured_content["passages"][0]["citation"]["title"] == "Denosumab"


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("ask", {"query": " "}, "query_empty"),
        ("ask", {}, "/query: this field is required"),
        ("ask", {"query": "x", CANARY: 1}, "unknown_field"),
        ("ask", {"query": "x", "top_k": CANARY}, "/top_k: this has to be a whole number"),
        ("search", {"query": CANARY * 300}, "query_too_long"),
        ("fetch", {"id": CANARY}, "document_not_found"),
        ("fetch", {"id": "doc-0:1-2"}, "document_not_found"),
        ("fetch", {"id": f"../{CANARY}"}, "document_not_found"),
    ],
)
def test_a_bad_call_is_an_error_that_a_model_can_mend_without_its_own_words(
    address: str, tool: str, arguments: dict[str, Any], says: str
) -> None:
    async def work(client: Client) -> CallToolResult:
        return await client.call_tool(tool, arguments)

    result = with_client(f"{address}/mcp", work)
    assert result.is_error
    assert says in text_of(result)
    assert CANARY not in text_of(result)


def test_a_tool_that_there_is_not_is_refused_without_its_name(address: str) -> None:
    async def work(client: Client) -> MCPError:
        with pytest.raises(MCPError) as refused:
            await client.call_tool(CANARY, {})
        return refused.value

    error = with_client(f"{address}/mcp", work)
    assert "there are search, fetch, ask" in str(error)
    assert CANARY not in str(error)


def test_the_answer_goes_through_the_same_edge_as_every_other(client: TestClient) -> None:
    response = client.post("/mcp", json=message("tools/list"), headers={"Accept": "application/json"})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-request-id"]
    assert len(response.json()["result"]["tools"]) == 3


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        ("{", {}, 400, "json_invalid"),
        (f'["{CANARY}"]', {}, 400, "message_invalid"),
        (f'{{"jsonrpc": "{CANARY}", "id": 1, "method": "ping"}}', {}, 400, "message_invalid"),
        ('{"jsonrpc": "2.0", "id": 1, "method": "ping"}', {"Content-Type": "text/plain"}, 415, "type_unsupported"),
        (
            '{"jsonrpc": "2.0", "id": 1, "method": "ping"}',
            {"MCP-Protocol-Version": CANARY},
            400,
            "version_invalid",
        ),
        (f'{{"jsonrpc": "2.0", "method": "{"x" * 70_000}"}}', {}, 413, "body_too_large"),
    ],
)
def test_what_is_no_message_is_refused_as_everywhere(
    client: TestClient, content: str, headers: dict[str, str], status: int, code: str
) -> None:
    sent = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    response = client.post("/mcp", content=content, headers=sent)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert CANARY not in response.text


def test_an_unknown_method_is_not_repeated(client: TestClient) -> None:
    response = client.post("/mcp", json=message(CANARY), headers={"Accept": "application/json"})
    assert response.json()["error"]["code"] == -32601
    assert CANARY not in response.text


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:6274", 200),
        ("http://[::1]:8000", 200),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
def test_a_web_page_of_another_machine_may_not_use_the_endpoint(
    client: TestClient, origin: str, status: int
) -> None:
    headers = {"Accept": "application/json", "Origin": origin}
    assert client.post("/mcp", json=message("tools/list"), headers=headers).status_code == status


def test_only_post_is_answered(client: TestClient) -> None:
    assert client.get("/mcp").status_code == 405
    assert client.delete("/mcp").status_code == 405


def test_no_log_holds_a_question_and_an_unforeseen_failure_is_logged_by_its_place(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    def break_on_request(query: Query) -> None:
        if "break" in query.text:
            raise KeyError(query.text)

    caplog.set_level("DEBUG")
    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name), before=break_on_request)})
    with served(tmp_path / "index", opener) as client:
        for question in (f"denosumab {CANARY}", f"break {CANARY}"):
            sent = message("tools/call", name="ask", arguments={"query": question})
            response = client.post("/mcp", json=sent, headers={"Accept": "application/json"})
    assert response.json()["error"]["code"] == -32603
    assert "KeyError at break_on_request" in caplog.text
    captured = capfd.readouterr()
    assert CANARY not in caplog.text + response.text + captured.out + captured.err


def test_without_an_index_a_call_says_what_to_run(tmp_path: Path) -> None:
    with served(tmp_path / "none", FolderOpener({})) as client:
        sent = message("tools/call", name="ask", arguments={"query": "denosumab"})
        response = client.post("/mcp", json=sent, headers={"Accept": "application/json"})
    result = response.json()["result"]
    assert result["isError"] is True
    assert "footnoted ingest" in result["content"][0]["text"]


@pytest.mark.parametrize(
    "body",
    [
        r'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ask","arguments":{"query":"\ud800"}}}',
        r'{"jsonrpc":"2.0","id":"\udfff","method":"tools/list"}',
        r'{"jsonrpc":"2.0","id":1,"method":"\ud800"}',
        r'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"\ud800":[{}]}}}',
    ],
)
def test_a_message_with_a_lone_surrogate_anywhere_is_refused_as_no_unicode(client: TestClient, body: str) -> None:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    refused = client.post("/mcp", content=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_unicode")


EMERGENCY = "I took too many pills and want to die"


def test_who_tells_of_an_emergency_above_the_rate_is_told_what_to_do_by_the_tool_itself(tmp_path: Path) -> None:
    with small_collection(tmp_path, rate_limit="1/hour") as client:
        client.post("/mcp", json=message("tools/list"), headers={"Accept": "application/json"})
        told = client.post("/mcp", json=message("tools/call", name="ask", arguments={"query": EMERGENCY}))
        assert (told.status_code, told.json()["id"]) == (200, 1)
        assert 0 < int(told.headers["retry-after"]) <= 3_600
        assert told.json()["result"]["isError"] is True
        assert "emergency number" in told.json()["result"]["content"][0]["text"]
        for arguments in ({"query": "denosumab"}, {"query": 1}, {"query": " "}, "x", None):
            refused = client.post("/mcp", json=message("tools/call", name="ask", arguments=arguments))
            assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        answered = {"jsonrpc": "2.0", "id": 1, "result": {"query": EMERGENCY}}
        assert client.post("/mcp", json=answered).status_code == 429


def test_an_overload_does_not_keep_the_emergency_text_from_a_tools_caller(tmp_path: Path) -> None:
    name = publish(tmp_path / "index", 1)

    def short_of_memory(_: Query) -> None:
        raise Problem(503, "overloaded", "too many questions are waiting")

    opener = FolderOpener({name: snapshot_of(MemoryIndex(name), before=short_of_memory)})
    with served(tmp_path / "index", opener) as client:
        told = client.post("/mcp", json=message("tools/call", name="search", arguments={"query": EMERGENCY}))
    assert "emergency number" in told.json()["result"]["content"][0]["text"]


@pytest.mark.parametrize("tool", ["search", "ask"])
def test_a_search_that_is_answered_shows_the_emergency_text_too(client: TestClient, tool: str) -> None:
    def warnings_of(query: str) -> list[Any]:
        sent = message("tools/call", name=tool, arguments={"query": query})
        result = client.post("/mcp", json=sent, headers={"Accept": "application/json"}).json()["result"]
        assert result["content"][0]["text"].startswith('{"warnings":')  # before what is long
        return list(result["structuredContent"]["warnings"])

    first, *_ = warnings_of(EMERGENCY)
    assert first["code"] in ("emergency", "self_harm")
    assert "emergency number" in first["detail"]
    assert not {"emergency", "self_harm"} & {warning["code"] for warning in warnings_of("denosumab")}
