"""What the service says of its collection."""

from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from api.collection.response import index_body
from tests.fakes_api import PAGES, MemoryIndex


def test_the_index_names_its_generation_its_encoder_and_its_counts(client: TestClient) -> None:
    body = client.get("/v1/index").json()
    assert (body["generation"], body["documents"], body["passages"]) == ("gen-000001", 3, 3)
    assert (body["encoder"]["model"], body["split"]["chunk_size"]) == ("hashing", 200)
    assert body["coverage"] == {"dense": 1.0, "lexical": 1.0}


@pytest.mark.parametrize(("prefixes", "ranking"), [(8, "texts"), (9, "pages")])
def test_the_index_says_how_it_is_ranked(prefixes: int, ranking: str) -> None:
    assert index_body(MemoryIndex("gen-000001", heading_prefixes=prefixes)).ranking == ranking


def test_pages_of_documents_join_to_the_whole_list(client: TestClient) -> None:
    ids: list[str] = []
    after: str | None = None
    while True:
        parameters = {"limit": "1"} | ({} if after is None else {"after": after})
        page = client.get("/v1/documents", params=parameters).json()
        ids += [document["document_id"] for document in page["documents"]]
        after = page["next"]
        if after is None:
            break
    assert ids == ["doc-0", "doc-1", "doc-2"]


def test_a_document_carries_its_metadata_and_its_review(client: TestClient) -> None:
    body = client.get("/v1/documents/doc-0").json()
    assert (body["title"], body["tags"], body["extra"]) == ("Denosumab", ["bone", "drug"], {"pageType": "drug"})
    assert (body["passages"], body["freshness"], body["review_due"]) == (1, "overdue", "2026-03-30")
    assert client.get("/v1/documents/doc-1").json()["last_reviewed"] is None


@pytest.mark.parametrize(
    ("parameters", "ids"),
    [
        ([("filter.source", "CDC")], ["doc-1"]),
        ([("filter.source", "CDC"), ("filter.source", "NCI")], ["doc-0", "doc-1"]),
        ([("filter.source", "NCI"), ("filter.tags", "drug")], ["doc-0"]),
        ([("filter.source", "CDC"), ("filter.tags", "drug")], []),
        ([("filter.pageType", "drug")], ["doc-0"]),
    ],
)
def test_documents_can_be_filtered(client: TestClient, parameters: list[tuple[str, str]], ids: list[str]) -> None:
    found = client.get(f"/v1/documents?{urlencode(parameters)}").json()["documents"]
    assert [document["document_id"] for document in found] == ids


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "out_of_range"),
        ("limit=1001", "out_of_range"),
        ("limit=many", "type"),
        ("limit=1_0", "type"),
        ("limit=%2B1", "type"),
        ("limit=1&limit=2", "repeated"),
        ("offset=3", "unknown_field"),
        ("filter.=x", "unknown_field"),
        ("filter.colour=blue", "filter_unknown_key"),
    ],
)
def test_a_bad_parameter_is_refused(client: TestClient, query: str, code: str) -> None:
    response = client.get(f"/v1/documents?{query}")
    assert (response.status_code, response.json()["code"]) == (422, code)


def test_the_reading_text_is_given_by_code_points(client: TestClient) -> None:
    text = PAGES[2][1]
    assert client.get("/v1/documents/doc-2/text").json()["text"] == text
    part = client.get("/v1/documents/doc-2/text", params={"start": len(text) - 2}).json()
    assert part == {"document_id": "doc-2", "start_char": len(text) - 2, "end_char": len(text), "text": "é."}
    assert client.get("/v1/documents/doc-2/text?start=0&end=0").json()["text"] == ""


@pytest.mark.parametrize("query", ["end=100000", "start=5&end=4", "start=-1", "start=100000"])
def test_a_span_outside_the_text_is_refused(client: TestClient, query: str) -> None:
    response = client.get(f"/v1/documents/doc-1/text?{query}")
    assert (response.status_code, response.json()["code"]) == (422, "out_of_range")
