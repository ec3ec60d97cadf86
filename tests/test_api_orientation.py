"""What a page needs before the first question: facets, suggestions, outlines, and filters on what is derived."""

from collections.abc import Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.collection.suggestions import suggest
from api.endpoints.facets import MAX_VALUES, count_facets
from retriever.document import Document, Metadata, Section
from tests.fakes_api import TODAY


def document(name: str, *, metadata: Metadata | None = None, headings: tuple[str, ...] = ()) -> Document:
    sections = tuple(Section(place, place + 1, (name, heading)) for place, heading in enumerate(headings))
    return Document(name, f"{name}.md", "0", "0", metadata or Metadata(title=name), name, sections)


def filtered(client: TestClient, condition: Mapping[str, Any]) -> Any:
    return client.post("/v1/query", json={"query": "mammogram denosumab", "filters": condition}).json()


def test_facets_count_the_documents_of_each_value(client: TestClient) -> None:
    body = client.get("/v1/facets").json()
    assert body["documents"] == 3
    assert body["facets"]["source"] == {
        "values": [{"value": "CDC", "documents": 1}, {"value": "NCI", "documents": 1}],
        "others": 0,
        "without": 1,
    }
    assert body["facets"]["audience"]["values"] == [{"value": "patient", "documents": 1}]
    counted = {one["value"]: one["documents"] for one in body["facets"]["freshness"]["values"]}
    assert counted == {"overdue": 1, "unknown": 2}


def test_a_facet_names_its_commonest_values_and_counts_the_rest() -> None:
    documents = [document(f"p{n}", metadata=Metadata(title="p", source=f"s{n:03}")) for n in range(MAX_VALUES + 2)]
    documents.append(document("q", metadata=Metadata(title="q", source="s101")))
    found = count_facets(documents, today=TODAY)["source"]
    assert (found.values[0].value, found.values[0].documents) == ("s101", 2)
    assert (found.values[1].value, len(found.values), found.others) == ("s000", MAX_VALUES, 2)


def test_every_facet_value_is_accepted_as_a_filter(client: TestClient) -> None:
    for key, facet in client.get("/v1/facets").json()["facets"].items():
        for value in facet["values"]:
            listed = client.get("/v1/documents", params={f"filter.{key}": value["value"]}).json()["documents"]
            assert len(listed) == value["documents"], key
            answer = filtered(client, {"type": "in", "key": key, "value": [value["value"]]})
            shown = {passage["document_id"] for passage in answer["passages"]}
            assert shown <= {one["document_id"] for one in listed}


@pytest.mark.parametrize(
    ("condition", "documents"),
    [
        ({"type": "eq", "key": "freshness", "value": "overdue"}, {"doc-0"}),
        ({"type": "nin", "key": "freshness", "value": ["overdue"]}, {"doc-1"}),
        ({"type": "eq", "key": "audience", "value": "patient"}, {"doc-0"}),
        ({"type": "ne", "key": "audience", "value": "patient"}, {"doc-1"}),
        (
            {
                "type": "or",
                "filters": [
                    {"type": "eq", "key": "freshness", "value": "current"},
                    {"type": "eq", "key": "source", "value": "CDC"},
                ],
            },
            {"doc-1"},
        ),
    ],
)
def test_questions_can_be_kept_to_an_audience_and_to_a_freshness(
    client: TestClient, condition: Mapping[str, Any], documents: set[str]
) -> None:
    body = filtered(client, condition)
    shown = {passage["document_id"] for passage in body["passages"]} - {"doc-2"}
    assert shown == documents


@pytest.mark.parametrize("kind", ["eq", "gt"])
def test_a_freshness_that_there_is_not_is_refused(client: TestClient, kind: str) -> None:
    condition = {"type": kind, "key": "freshness", "value": "stale" if kind == "eq" else "overdue"}
    refused = filtered(client, {"type": "and", "filters": [condition]})
    assert (refused["status"], refused["code"]) == (422, "filter_value")
    assert refused["errors"][0]["pointer"] == "/filters/filters/0/value"
    assert "stale" not in str(refused)


def test_the_outline_tiles_the_reading_text(client: TestClient) -> None:
    body = client.get("/v1/documents/doc-0/outline").json()
    whole = client.get("/v1/documents/doc-0/text").json()
    assert body == {
        "document_id": "doc-0",
        "sections": [{"start_char": 0, "end_char": whole["end_char"], "headings": ["About"]}],
    }
    assert client.get("/v1/documents/none/outline").json()["code"] == "document_not_found"


def test_questions_among_the_headings_are_suggested_where_they_name_their_page() -> None:
    documents = [
        document("Metastatic Cancer - NCI", headings=("What is metastatic cancer?", "How serious is it?")),
        document("Moles", headings=("Overview", "Can a mole turn into melanoma?")),
    ]
    assert [one.text for one in suggest(documents, 2)] == [
        "What is metastatic cancer?",
        "Can a mole turn into melanoma?",
    ]


def test_without_questions_a_title_and_a_heading_are_suggested() -> None:
    documents = [
        document("Vitamin D", headings=("Sources", "How much")),
        document("A title that is a sentence.", headings=("Sources",)),
        document("Calcium"),
    ]
    assert [(one.text, one.document_id) for one in suggest(documents, 4)] == [("Vitamin D: Sources", "Vitamin D")]


def test_copies_of_a_page_suggest_the_same_question_once() -> None:
    documents = [document("Vitamin D", headings=("Sources",)) for _ in range(2)] + [document("A", headings=("B",))]
    assert [one.text for one in suggest(documents, 4)] == ["Vitamin D: Sources", "A: B"]


def test_suggestions_are_spread_over_the_collection() -> None:
    documents = [document(f"Page {n:02}", headings=("Use",)) for n in range(10)]
    assert [one.document_id for one in suggest(documents, 3)] == ["Page 00", "Page 03", "Page 06"]


def test_the_number_of_suggestions_is_bounded(client: TestClient) -> None:
    assert client.get("/v1/suggestions", params={"limit": 0}).status_code == 422
    assert client.get("/v1/suggestions", params={"limit": 21}).status_code == 422
    assert len(client.get("/v1/suggestions", params={"limit": 20}).json()["suggestions"]) <= 3
