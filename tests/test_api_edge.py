"""The edge of the service: syntax, sizes, types, methods, headers, refusals."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.http.json_body import parse_json
from api.http.problems import Problem
from tests.fakes_api import FolderOpener, MemoryIndex, publish, served, snapshot_of
from tests.proportion import assert_in_proportion
from tests.waiting import PATIENCE_S

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "json_invalid"),
        (b'{"query": "x",}', 400, "json_invalid"),
        (b"{'query': 'x'}", 400, "json_invalid"),
        (b'{"query": "x"} {}', 400, "json_invalid"),
        (b'{"query": "x" /* y */}', 400, "json_invalid"),
        (b'{"query": "x", "query": "y"}', 400, "json_invalid"),
        (b'{"query": "x", "top_k": NaN}', 400, "json_invalid"),
        (b'{"query": "x", "top_k": -Infinity}', 400, "json_invalid"),
        (b'{"query": "a\x00b"}', 400, "json_invalid"),
        (b'{"query": "\xed\xa0\x80"}', 400, "json_invalid"),
        ('{"query": "é"}'.encode("latin-1"), 400, "json_invalid"),
        ('{"query": "x"}'.encode("utf-16"), 400, "json_invalid"),
        (b'\xef\xbb\xbf{"query": "x"}', 400, "json_invalid"),
        (b'{"query": ' + b"[" * 900 + b"]" * 900 + b"}", 400, "json_invalid"),
        (b"[" * 60_000, 400, "json_invalid"),
        (b'{"query": "x", "top_k": 1e999}', 422, "number_out_of_range"),
        (b'{"query": "x", "top_k": ' + b"9" * 5_000 + b"}", 422, "number_out_of_range"),
        (b'{"query": "x", "\\ud800": 1}', 422, "invalid_unicode"),
        (b"null", 422, "type"),
        (b'"query"', 422, "type"),
        (b"[]", 422, "type"),
    ],
)
def test_a_body_that_is_not_one_strict_json_object_is_refused(
    client: TestClient, body: bytes, status: int, code: str
) -> None:
    response = client.post("/v1/query", content=body, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.parametrize("piece", [b"[", b'[{"a":', b"9", b'"', b"\\", b'"\\u00e9",', b" "])
def test_parsing_takes_time_in_proportion(piece: bytes) -> None:
    assert_in_proportion(lambda size: outcome(piece * size), 1_000_000 // len(piece))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: json.dumps(text).encode()))
def test_parsing_gives_a_value_or_a_refusal_for_any_bytes(body: bytes) -> None:
    status, value = outcome(body)
    assert status in (400, 422) or (status == 200 and json.loads(body) == value)


def outcome(body: bytes) -> tuple[int, object]:
    try:
        return 200, parse_json(body)
    except Problem as problem:
        return problem.status, None


def test_a_closing_bracket_inside_a_string_does_not_count_as_nesting() -> None:
    assert parse_json(json.dumps(["[" * 500, '"]\\']).encode()) == ["[" * 500, '"]\\']


def test_a_body_over_the_limit_is_refused_before_it_is_read(client: TestClient) -> None:
    pieces_read = 0

    def pieces() -> Iterator[bytes]:
        nonlocal pieces_read
        for _ in range(1_000):
            pieces_read += 1
            yield b" " * 65_536

    response = client.post("/v1/query", content=b" " * 65_537, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    response = client.post("/v1/query", content=pieces(), headers=JSON)
    assert (response.status_code, response.headers["connection"]) == (413, "close")


def test_a_body_at_the_limit_is_read(client: TestClient) -> None:
    body = b'{"query": "denosumab"}'
    assert client.post("/v1/query", content=body.ljust(65_536), headers=JSON).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json; charset=foo"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_another_type_or_encoding_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    response = client.post("/v1/query", content=b'{"query": "denosumab"}', headers=headers)
    assert response.status_code == 415
    assert "denosumab" not in response.text


def test_utf8_may_be_named_as_the_charset(client: TestClient) -> None:
    headers = {"Content-Type": 'Application/JSON; charset="UTF-8"'}
    assert client.post("/v1/query", content=b'{"query": "denosumab"}', headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "FOO", "HEAD"])
def test_another_method_is_refused_with_the_ones_that_are_allowed(client: TestClient, method: str) -> None:
    response = client.request(method, "/v1/query")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.headers["content-type"] == "application/problem+json"


def test_head_is_answered_as_get_without_a_body(client: TestClient) -> None:
    head, get = client.head("/v1/index"), client.get("/v1/index")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))
    assert client.post("/v1/index").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/v1/query/",
        "//v1/query",
        "/V1/query",
        "/v1/documents/",
        "/redoc",
        "/page/",
        "/page/../app.py",
    ],
)
def test_an_unknown_address_is_not_found_and_never_redirected(client: TestClient, path: str) -> None:
    response = client.get(path, headers={"Host": "evil.example"})
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert "location" not in response.headers
    assert "evil" not in response.text


@pytest.mark.parametrize(
    "document_id",
    [
        "nope",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "%ff",
        "%0d%0aX-Evil:1",
        "..%5c",
        "a" * 9_000,
        "%E2%80%A4%E2%80%A4",
        "doc-0%20",
    ],
)
def test_an_id_is_only_ever_looked_up(client: TestClient, document_id: str) -> None:
    response = client.get(f"/v1/documents/{document_id}")
    assert (response.status_code, response.json()["code"]) == (404, "document_not_found")


@pytest.mark.parametrize("path", ["/v1/index", "/nothing", "/", "/docs", "/readyz", "/page/page.js"])
def test_every_response_carries_the_same_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert len(headers["x-request-id"]) == 26


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-DEF_123", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ('{"a": 1}', False),
        ("\x1b[31m", False),
        ("é", False),
    ],
)
def test_a_request_id_is_kept_only_if_it_is_harmless(client: TestClient, given: str, kept: bool) -> None:
    response = client.get("/nothing", headers=[(b"X-Request-ID", given.encode("latin-1"))])
    assert (response.headers["x-request-id"] == given) is kept
    assert response.json()["request_id"] == response.headers["x-request-id"]


def test_a_problem_has_the_fields_of_the_contract(client: TestClient) -> None:
    problem = client.post("/v1/query", json={"query": ""}).json()
    assert set(problem) == {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}
    assert problem["status"] == 422
    assert problem["type"] == "urn:footnoted:problem:query_empty"


def test_too_many_waiting_questions_are_refused_at_once(tmp_path: Path) -> None:
    release, begun = threading.Event(), threading.Event()

    def wait(_: object) -> None:
        begun.set()
        release.wait(PATIENCE_S)

    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name), before=wait)})
    with served(tmp_path / "index", opener, threads=1, waiting_limit=0) as client:
        first = threading.Thread(target=client.post, args=("/v1/query",), kwargs={"json": {"query": "denosumab"}})
        first.start()
        assert begun.wait(PATIENCE_S)
        refused = client.post("/v1/query", json={"query": "denosumab"})
        release.set()
        first.join()
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert refused.headers["retry-after"] == "1"
        assert client.post("/v1/query", json={"query": "denosumab"}).status_code == 200


def test_while_every_thread_is_at_work_without_pause_it_says_truly_that_it_is_up_and_ready(tmp_path: Path) -> None:
    release = threading.Event()
    at_work = threading.Semaphore(0)

    def work(_: object) -> None:
        at_work.release()
        while not release.is_set():  # without a pause: it wants all of the processor, and the interpreter's lock
            pass

    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name), before=work)})
    with served(tmp_path / "index", opener, threads=2, waiting_limit=0) as client:
        asking = [
            threading.Thread(target=client.post, args=("/v1/query",), kwargs={"json": {"query": f"denosumab {n}"}})
            for n in range(2)
        ]
        try:
            for one in asking:
                one.start()
                assert at_work.acquire(timeout=PATIENCE_S)
            assert client.get("/livez").json() == {"status": "ok"}
            assert (client.get("/readyz").status_code, client.get("/readyz").json()["generation"]) == (200, name)
            assert client.post("/v1/query", json={"query": "denosumab"}).json()["code"] == "overloaded"
        finally:
            release.set()
        for one in asking:
            one.join()
