"""What a person asks stands in the answer to it, and nowhere else: not in a log, not in a refusal."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from retriever.query import Query
from tests.fakes_api import FolderOpener, MemoryIndex, publish, served, snapshot_of

CANARY = "canary7f3a"
JSON = {"Content-Type": "application/json"}


def break_on_request(query: Query) -> None:
    if "break" in query.text:
        raise ValueError(f"cannot work on {query.text}") from KeyError(query.text)


@pytest.fixture
def client(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[TestClient]:
    caplog.set_level(logging.DEBUG, logger="footnoted")
    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name), before=break_on_request)})
    with served(tmp_path / "index", opener) as client:
        yield client


def test_an_unforeseen_failure_is_a_problem_and_its_log_line_has_no_message(
    client: TestClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    response = client.post("/v1/query", json={"query": f"{CANARY} break"})
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert response.headers["x-request-id"] in caplog.text
    assert "ValueError at break_on_request" in caplog.text
    assert "caused by KeyError" in caplog.text
    captured = capfd.readouterr()
    assert CANARY not in response.text + caplog.text + captured.out + captured.err


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/query", f'{{"query": "{CANARY}", "top_k": 0}}'),
        ("POST", "/v1/query", f'{{"query": "{CANARY}", "{CANARY}": 1}}'),
        ("POST", "/v1/query", f'{{"query": "x", "mode": "{CANARY}"}}'),
        ("POST", "/v1/query", f'{{"query": "x", "answer": "{CANARY}"}}'),
        ("POST", "/v1/query", f'{{"query": "{CANARY}"'),
        ("POST", "/v1/query", f'{{"query": "x", "filters": {{"type": "{CANARY}"}}}}'),
        ("POST", "/v1/query", f'{{"query": "x", "filters": {{"type": "eq", "key": "{CANARY}", "value": 1}}}}'),
        ("POST", "/v1/query", f'{{"query": "{CANARY * 300}"}}'),
        ("POST", f"/v1/query?q={CANARY}", '{"query": "x"}'),
        ("GET", f"/v1/query?query={CANARY}", ""),
        ("GET", f"/{CANARY}", ""),
        ("GET", f"/v1/documents/{CANARY}", ""),
        ("GET", f"/v1/documents?limit={CANARY}", ""),
        ("GET", f"/v1/documents?{CANARY}=1", ""),
        ("GET", f"/v1/documents?filter.{CANARY}=1", ""),
        (CANARY.upper(), "/v1/query", ""),
    ],
)
def test_no_refusal_and_no_log_repeats_the_caller(
    client: TestClient, caplog: pytest.LogCaptureFixture, method: str, path: str, body: str
) -> None:
    response = client.request(method, path, content=body, headers=JSON)
    assert 400 <= response.status_code < 500
    assert CANARY not in (response.text + our_log(caplog)).lower()


def test_an_answered_question_leaves_one_line_without_it(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    response = client.post("/v1/query", json={"query": f"denosumab {CANARY}"})
    assert CANARY in response.json()["query"]
    lines = [record.getMessage() for record in caplog.records if record.name == "footnoted.access"]
    assert len(lines) == 1
    method, route, status, milliseconds, request_id = lines[0].split()
    assert (method, route, status) == ("POST", "/v1/query", "200")
    assert milliseconds.endswith("ms")
    assert request_id == f"request_id={response.headers['x-request-id']}"
    assert CANARY not in our_log(caplog)


def test_the_log_names_the_route_and_not_the_address(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/v1/documents/doc-0/text?start=0&end=4")
    assert "GET /v1/documents/{document_id}/text 200" in caplog.text
    assert "doc-0" not in our_log(caplog)


def our_log(caplog: pytest.LogCaptureFixture) -> str:
    """What the service logged; the test's own HTTP client logs its addresses too."""
    return "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("http"))
