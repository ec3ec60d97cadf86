"""Quick refusals: what is said at the connection is what the application would say, only sooner."""

import json
import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.service import Service
from tests.fakes_api import small_collection
from tests.made_keys import add, bearer
from tests.running_server import Answer, answers, exchange, running_server
from tests.waiting import PATIENCE_S, wait_until

QUESTION = {"query": "denosumab"}
EMERGENCY = "I took too many pills and want to die"
CHAT = {"model": "footnoted", "messages": [{"role": "user", "content": EMERGENCY}]}
JSON = {"content-type": "application/json"}


@contextmanager
def crowded(folder: Path, **settings: Any) -> Iterator[TestClient]:
    """A service whose one thread is busy, and where nobody may wait."""
    with small_collection(folder, threads=1, waiting_limit=0, wait_limit_s=60.0, **settings) as client:
        service, release = service_of(client), threading.Event()
        assert client.portal is not None
        busy = client.portal.start_task_soon(service.threads.run, lambda: release.wait(PATIENCE_S))
        wait_until(lambda: service.threads.running == 1)
        try:
            yield client
        finally:
            release.set()
            busy.result(PATIENCE_S)


def service_of(client: TestClient) -> Service:
    service = client.app.state.service  # type: ignore[attr-defined]
    assert isinstance(service, Service)
    return service


def at_connection(
    client: TestClient, path: str, body: bytes, headers: dict[str, str], *, query: bytes = b"", times: int = 1
) -> list[bytes | None]:
    """What is said before the application is called, to so many requests that are read in one turn."""
    return in_one_turn(client, path, body, [headers] * times, query=query)


def in_one_turn(
    client: TestClient, path: str, body: bytes, each_with: Sequence[dict[str, str]], *, query: bytes = b""
) -> list[bytes | None]:
    """The same to requests with these headers."""
    refusals = client.app.state.quick_refusals  # type: ignore[attr-defined]
    scopes = [
        {
            "method": "POST",
            "path": path,
            "query_string": query,
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("testclient", 1),
            "type": "http",
        }
        for headers in each_with
    ]
    if not refusals.concerns(scopes[0]):
        return [None] * len(scopes)

    async def ask() -> list[bytes | None]:
        return [refusals.refusal(scope, body, is_last=False, headers=()) for scope in scopes]

    assert client.portal is not None
    return client.portal.call(ask)


def parsed(responses: list[bytes | None]) -> Answer:
    (response,) = responses
    assert response is not None
    (answer,) = answers(response)
    return answer


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/v1/query", QUESTION),
        ("/v1/query", {"query": EMERGENCY}),
        ("/v1/compat/evidence", {"query": EMERGENCY}),
        ("/v1/vector_stores/default/search", {"query": [EMERGENCY]}),
        ("/v1/chat/completions", CHAT),
        ("/v1/chat/completions", {**CHAT, "stream": True}),
    ],
)
@pytest.mark.parametrize("rate_limit", ["off", "2/hour", "1/hour"])
def test_what_is_said_at_the_connection_is_what_the_application_says(
    tmp_path: Path, path: str, asked: object, rate_limit: str
) -> None:
    body, headers = json.dumps(asked).encode(), {**JSON, "x-request-id": "mine"}
    with crowded(tmp_path, rate_limit=rate_limit) as client:
        if rate_limit == "1/hour":
            client.get("/v1/index")
        late = client.post(path, content=body, headers=headers)
        quick = parsed(at_connection(client, path, body, headers))
    assert quick.status == late.status_code == (429 if rate_limit == "1/hour" else 503)
    assert json.loads(quick.body) == late.json()
    assert ("emergency number" in late.text) is (EMERGENCY in str(asked))
    changing = {"ratelimit", "retry-after"}  # what remains, and a moment that has passed
    assert set(quick.headers) == set(late.headers)
    assert {(name, value) for name, value in quick.headers.items() if name not in changing} == {
        (name, value) for name, value in late.headers.items() if name not in changing
    }
    assert 0 < int(quick.headers["retry-after"]) <= 3_600


@pytest.mark.parametrize(
    ("path", "body", "headers", "query"),
    [
        ("/v1/query", b'{"query": "x"}', {**JSON, "content-encoding": "gzip"}, b""),
        ("/v1/query", b'{"query": "' + b"x" * 70_000 + b'"}', JSON, b""),
        ("/v1/query", b'{"query": "x"}', JSON, b"a=b"),
        ("/v1/citations/verify", b"{}", JSON, b""),
        ("/mcp", b"{}", JSON, b""),
        # May tell of an emergency, and cannot be understood.
        ("/v1/query", b'{"query": "I took an overdose", "more": 1}', JSON, b""),
        ("/v1/query", b'{"query": "I took an overdose"', JSON, b""),
        ("/v1/query", b'{"query": "I took an overdose"}', {"content-type": "text/plain"}, b""),
        ("/v1/query", b'{"query": "I took an over\\u0064ose", "more": 1}', JSON, b""),
        ("/v1/query", '{"query": "Überdosis", "more": 1}'.encode(), JSON, b""),
        ("/v1/chat/completions", json.dumps({**CHAT, "model": "other"}).encode(), JSON, b""),
    ],
)
def test_what_is_unusual_or_may_tell_of_an_emergency_and_is_faulty_is_left_to_the_application(
    tmp_path: Path, path: str, body: bytes, headers: dict[str, str], query: bytes
) -> None:
    with crowded(tmp_path, rate_limit="1/hour") as client:
        assert at_connection(client, path, body, headers, query=query) == [None]
        # Nor was it counted: the one request of the hour is still to be had.
        assert client.get("/v1/index").status_code == 200


@pytest.mark.parametrize("body", [b"", b'{"query": 1}', b'{"query": '])
def test_what_is_faulty_and_tells_of_no_emergency_is_refused_unread(tmp_path: Path, body: bytes) -> None:
    with crowded(tmp_path) as client:
        assert parsed(at_connection(client, "/v1/query", body, JSON)).status == 503


def test_where_there_is_room_the_application_is_asked_and_the_place_is_kept_for_it(tmp_path: Path) -> None:
    body = json.dumps(QUESTION).encode()
    with small_collection(tmp_path, threads=1, waiting_limit=1) as client:
        for _ in range(2):
            found = at_connection(client, "/v1/query", body, JSON, times=3)
            assert [each is None for each in found] == [True, True, False]
        assert client.post("/v1/query", json=QUESTION).status_code == 200


def test_a_crowd_that_is_read_in_the_same_turn_takes_no_room_of_another_caller(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    crowd, other = ({**JSON, **bearer(add(path, name))} for name in ("crowd", "other"))
    with small_collection(tmp_path, threads=1, waiting_limit=2, keys_file=path) as client:
        found = in_one_turn(client, "/v1/query", json.dumps(QUESTION).encode(), [*[crowd] * 9, other])
    assert [each is None for each in found] == [*[True] * 3, *[False] * 6, True]


def test_an_unknown_key_is_told_so_however_crowded_it_is(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    known = add(path, "known")
    body = json.dumps(QUESTION).encode()
    with crowded(tmp_path, keys_file=path) as client:
        assert at_connection(client, "/v1/query", body, {**JSON, **bearer("fn_other")}) == [None]
        assert at_connection(client, "/v1/query", body, JSON) == [None]
        assert client.post("/v1/query", json=QUESTION).status_code == 401
        assert parsed(at_connection(client, "/v1/query", body, {**JSON, **bearer(known)})).status == 503


def test_quick_refusals_are_counted_each_and_logged_together(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="footnoted.access")
    with crowded(tmp_path) as client:
        at_connection(client, "/v1/query", b'{"query": "a secret"}', JSON, times=3)
        said = client.get("/metrics").text
        assert service_of(client).threads.admissions.refused == 3
    assert 'footnoted_http_requests_total{method="POST",route="/v1/query",status="503"} 3.0' in said
    assert 'footnoted_question_work_total{outcome="refused"} 3.0' in said
    lines = [record for record in caplog.records if record.name == "footnoted.access"]
    (line,) = (record for record in lines if hasattr(record, "refused"))
    assert (line.route, line.status, line.refused) == ("/v1/query", 503, 3)  # type: ignore[attr-defined]
    assert re.fullmatch(r"POST /v1/query 503 refused 3 in \d+\.\ds", line.getMessage())
    assert "secret" not in caplog.text


def test_refusals_and_answers_leave_a_connection_in_the_order_of_their_requests(tmp_path: Path) -> None:
    body = json.dumps(QUESTION).encode()
    post = b"POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    whole = post + b"Content-Length: %d\r\n\r\n" % len(body) + body
    alive = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    last = alive[:-2] + b"Connection: close\r\n\r\n"
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    malformed = b"GET /livez HTTP/1.1\r\n\r\n"
    (tmp_path / "hold").touch()
    with running_server(tmp_path, threads=1, waiting_limit=0) as (port, _):
        holder = threading.Thread(target=exchange, args=(port, whole + last), daemon=True)
        holder.start()
        wait_until(
            lambda: b"questions_running 1.0" in exchange(port, last.replace(b"livez", b"metrics"))[0][0].body
        )

        def statuses(sent: bytes) -> list[int]:
            found, closed = exchange(port, sent)
            assert closed
            return [answer.status for answer in found]

        assert statuses(whole + last) == [503, 200]
        assert statuses(whole * 50 + alive + whole + last) == [*[503] * 50, 200, 503, 200]
        assert statuses(whole + malformed) == [503, 400]
        assert statuses(post + b"Connection: close\r\n" + whole[len(post) :]) == [503]
        assert statuses(whole.replace(b"HTTP/1.1", b"HTTP/1.0")) == [503]
        assert statuses(post + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + last) == [503, 200]
        assert statuses(whole.replace(b"Host", b"Expect: 100-continue\r\nHost") + last) == [100, 503, 200]
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.settimeout(PATIENCE_S)
            connection.sendall(alive.replace(b"GET /livez", b"HEAD /v1/index") + malformed)
            received = b""
            while found := connection.recv(65_536):
                received += found
        assert re.findall(rb"HTTP/1.1 (\d+) ", received) == [b"200", b"400"]
        (tmp_path / "hold").unlink()
        holder.join(PATIENCE_S)
        assert statuses(whole + last) == [200, 200]
