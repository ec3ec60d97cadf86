"""The OpenAPI document says what the service does, and docs/http-api.md what the OpenAPI document says."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from api.endpoints.health import NotReady
from api.http.openai_errors import is_openai_shaped
from api.http.problems import ProblemDetails
from api.query.response import QueryResponse

REFERENCE = Path(__file__).parent.parent / "docs" / "http-api.md"


@pytest.fixture
def document(client: TestClient) -> Any:
    return client.get("/openapi.json").json()


def test_the_reference_lists_exactly_the_endpoints_that_exist(document: Any) -> None:
    listed = set(re.findall(r"^\| `([A-Z]+) (/\S*)` \|", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE))
    existing = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert listed == existing


def test_the_reference_lists_exactly_the_fields_of_a_query(document: Any) -> None:
    asking = REFERENCE.read_text(encoding="utf-8").split("## Asking")[1].split("## Filters")[0]
    listed = set(re.findall(r"^\| `([a-z_]+)` \|", asking, re.MULTILINE))
    assert listed == set(document["components"]["schemas"]["QueryRequest"]["properties"])


def test_every_reference_within_the_document_leads_somewhere(document: Any) -> None:
    wanted = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert wanted <= set(document["components"]["schemas"])


def test_every_operation_says_how_it_can_be_refused(document: Any) -> None:
    for path, methods in document["paths"].items():
        refusal = "application/json" if is_openai_shaped(path) else "application/problem+json"
        for operation in methods.values():
            assert operation["description"]
            for status, response in operation["responses"].items():
                expected = "application/json" if status in ("200", "201") else refusal
                assert set(response["content"]) - {"text/event-stream"} == {expected}


def test_every_field_that_is_sent_is_described_or_plain(document: Any) -> None:
    asked = document["components"]["schemas"]["QueryRequest"]["properties"]
    assert all(field.get("description") for field in asked.values())


def test_a_response_is_what_its_model_says(client: TestClient) -> None:
    text = client.post("/v1/query", json={"query": "mammogram"}).text
    assert QueryResponse.model_validate_json(text).model_dump_json() == text
    refused = client.post("/v1/query", json={}).text
    assert TypeAdapter(ProblemDetails | NotReady).validate_json(refused)


def test_the_pages_ask_for_nothing_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/docs", "/page/page.js", "/page/page.css", "/page/docs.js", "/page/docs.css"):
        response = client.get(path)
        assert response.status_code == 200
        assert not re.search(r"""(?:src|href|url|import|fetch)\W{1,3}(?:https?:)?//""", response.text), path


def test_the_pages_forbid_inline_and_foreign_code(client: TestClient) -> None:
    for path in ("/", "/docs"):
        response = client.get(path)
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", response.text)
