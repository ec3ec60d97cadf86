"""What `POST /v1/query` answers, and which values it refuses."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.query.request import QueryRequest
from retriever.query import Compound, Condition, Junction, Operator
from tests.fakes_api import PAGES, TODAY, FolderOpener, MemoryIndex, publish, served, snapshot_of


def ask(client: TestClient, **body: object) -> Any:
    response = client.post("/v1/query", json=body)
    assert response.status_code == 200, response.text
    return response.json()


def codes(client: TestClient, **body: object) -> list[tuple[str, str]]:
    response = client.post("/v1/query", json=body)
    assert response.status_code == 422, response.text
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


def test_a_response_has_exactly_the_fields_of_the_contract(client: TestClient) -> None:
    body = ask(client, query="denosumab calcium")
    assert set(body) == {
        *("query_id", "query", "index", "answerability", "answer", "passages", "warnings", "timings_ms"),
    }
    assert body["index"]["generation"] == "gen-000001"
    assert body["answerability"] == {"decision": "answer", "probability": 1.0, "threshold": 0.1, "reason": None}
    assert set(body["answer"]) == {"text", "spans"}
    assert set(body["timings_ms"]) == {"encode", "search", "total"}


def test_a_passage_carries_a_citation_that_can_be_checked(client: TestClient) -> None:
    passage = ask(client, query="denosumab calcium")["passages"][0]
    citation = passage["citation"]
    assert (passage["rank"], passage["document_id"], passage["passage_id"]) == (1, "doc-0", "doc-0:0-89")
    assert citation["last_reviewed"] == "2025-12-30"
    assert citation["review_due"] == "2026-03-30"
    assert (citation["license"], citation["page"]) == (None, None)
    span = {"start": citation["start_char"], "end": citation["end_char"]}
    text = client.get(f"/v1/documents/{passage['document_id']}/text", params=span).json()["text"]
    assert text == passage["text"] == PAGES[0][1]


def test_every_stretch_of_the_answer_is_its_quote_inside_its_passage(client: TestClient) -> None:
    body = ask(client, query="what is denosumab used for?")
    answer = body["answer"]
    assert answer["text"].endswith(" [1]")
    for span in answer["spans"]:
        quote, passage = span["quote"], body["passages"][span["passage_rank"] - 1]
        place = {"start": quote["start_char"], "end": quote["end_char"]}
        text = client.get(f"/v1/documents/{quote['document_id']}/text", params=place).json()["text"]
        assert answer["text"][span["start_char"] : span["end_char"]] == text
        assert passage["document_id"] == quote["document_id"]
        assert passage["citation"]["start_char"] <= quote["start_char"]
        assert quote["end_char"] <= passage["citation"]["end_char"]
        assert quote["deep_link"] == "https://example.org/denosumab#:~:text=Denosumab%20is%20used%20in%20cancer."


def test_no_answer_text_is_given_where_none_is_wanted(client: TestClient) -> None:
    body = ask(client, query="what is denosumab used for?", answer="none")
    assert body["answer"] is None
    assert body["passages"][0]["document_id"] == "doc-0"


def test_a_citation_leads_to_the_passage_in_its_page_and_says_for_whom_it_is(client: TestClient) -> None:
    citation = ask(client, query="denosumab calcium")["passages"][0]["citation"]
    assert citation["deep_link"] == (
        "https://example.org/denosumab#:~:text=Denosumab%20is%20used%20in%20cancer.,It%20may%20cause%20skin%20infections"
    )
    assert (citation["audience_level"], citation["audience"]) == ("patient", "patient")


def test_scores_are_rounded_to_six_decimals(client: TestClient) -> None:
    assert ask(client, query="denosumab")["passages"][0]["scores"] == {"dense": 0.333333, "lexical": None}


def test_the_same_question_gets_the_same_passages(client: TestClient) -> None:
    first, second = ask(client, query="mammogram"), ask(client, query="mammogram")
    assert first["passages"] == second["passages"]
    assert first["query_id"] < second["query_id"] or first["query_id"][:12] == second["query_id"][:12]


def test_a_repeated_text_names_its_other_places(client: TestClient) -> None:
    passage = next(each for each in ask(client, query="mammogram")["passages"] if each["document_id"] == "doc-1")
    text = PAGES[2][1]
    assert passage["also_in"] == [
        {
            "passage_id": f"doc-2:0-{len(text)}",
            "document_id": "doc-2",
            "title": "Notes",
            "url": "javascript:alert(1)",
            "source_path": "pages/doc-2.md",
        }
    ]


def test_an_overdue_page_is_warned_about_with_its_day(client: TestClient) -> None:
    warnings = ask(client, query="denosumab")["warnings"]
    assert warnings == [{"code": "source_overdue", "passage_rank": 1, "detail": "review was due on 2026-03-30"}]


def test_a_question_longer_than_the_encoder_reads_is_warned_about(client: TestClient) -> None:
    body = ask(client, query=" ".join(["mammogram"] * 60))
    assert body["warnings"][0]["code"] == "query_truncated"
    assert "62 word pieces" in body["warnings"][0]["detail"]


def test_a_search_by_words_reads_the_whole_question(client: TestClient) -> None:
    assert ask(client, query=" ".join(["mammogram"] * 60), mode="lexical")["warnings"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "zebra"}, "no_match"),
        ({"query": "denosumab", "filters": {"type": "eq", "key": "source", "value": "WHO"}}, "filtered_out"),
    ],
)
def test_no_passages_come_with_the_reason(client: TestClient, body: dict[str, object], code: str) -> None:
    answered = ask(client, **body)
    assert answered["passages"] == []
    assert [warning["code"] for warning in answered["warnings"]] == [code]
    judged = {"decision": "abstain", "probability": 0.0, "threshold": 0.1, "reason": code}
    assert (answered["answerability"], answered["answer"]) == (judged, None)


def test_weak_evidence_gets_no_answer_and_still_the_nearest_passages(client: TestClient) -> None:
    body = ask(client, query="zebra giraffe ostrich penguin walrus badger otter lynx heron quokka mammogram")
    assert body["answerability"]["decision"] == "abstain"
    assert body["answerability"]["reason"] == "weak_evidence"
    assert body["answer"] is None
    assert body["passages"]


def test_the_judgment_does_not_depend_on_how_many_passages_are_wanted(client: TestClient) -> None:
    one, many = (ask(client, query="mammogram", top_k=wanted) for wanted in (1, 5))
    assert one["answerability"] == many["answerability"]
    assert one["passages"] == many["passages"][:1]
    assert len(many["passages"]) > 1


def test_an_empty_collection_says_so(tmp_path: Path) -> None:
    name = publish(tmp_path / "index", 1)
    with served(tmp_path / "index", FolderOpener({name: snapshot_of(MemoryIndex(name, ()))})) as client:
        assert ask(client, query="denosumab")["warnings"][0]["code"] == "empty_index"


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", "query_empty"),
        (" \u200b\u0000\t", "query_empty"),
        ("x" * 2_001, "query_too_long"),
        ("\ud800", "invalid_unicode"),
    ],
)
def test_a_question_that_cannot_be_searched_is_refused(client: TestClient, question: str, code: str) -> None:
    body = f'{{"query": {ascii_json(question)}}}'
    response = client.post("/v1/query", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (422, code)
    assert response.json()["errors"][0]["pointer"] == "/query"


def ascii_json(text: str) -> str:
    return '"' + "".join(f"\\u{ord(character):04x}" for character in text) + '"'


def test_a_control_character_is_dropped_from_the_question(client: TestClient) -> None:
    assert ask(client, query="deno\u0000sumab")["query"] == "denosumab"


@pytest.mark.parametrize("given", [None, 5, 1.5, True, [], {}])
def test_a_question_has_to_be_a_string(client: TestClient, given: object) -> None:
    assert codes(client, query=given) == [("/query", "type")]


def test_a_missing_question_is_named(client: TestClient) -> None:
    assert codes(client, top_k=3) == [("/query", "missing")]


@pytest.mark.parametrize("given", ["5", 5.0, True, None, [5]])
def test_top_k_is_not_coerced(client: TestClient, given: object) -> None:
    assert codes(client, query="x", top_k=given) == [("/top_k", "type")]


@pytest.mark.parametrize("given", [0, -1, 51, 2**31])
def test_top_k_is_bounded(client: TestClient, given: int) -> None:
    assert codes(client, query="x", top_k=given) == [("/top_k", "out_of_range")]


def test_an_unknown_field_is_refused_and_the_nearest_one_named(client: TestClient) -> None:
    response = client.post("/v1/query", json={"query": "x", "topk": 3})
    assert response.json()["code"] == "unknown_field"
    assert "did you mean top_k?" in response.json()["detail"]


@pytest.mark.parametrize(
    ("field", "given", "code"),
    [
        ("answer", "generated", "not_accepted"),
        ("explain", True, "explain_not_available"),
        ("mode", "fuzzy", "not_accepted"),
        ("max_per_document", 0, "out_of_range"),
    ],
)
def test_what_this_version_does_not_do_is_refused(
    client: TestClient, field: str, given: object, code: str
) -> None:
    assert codes(client, query="x", **{field: given}) == [(f"/{field}", code)]


def test_every_field_at_its_default_is_accepted(client: TestClient) -> None:
    ask(client, query="x", top_k=5, mode="hybrid", answer="none", filters=None, max_per_document=2, explain=False)


def test_filters_become_the_filters_of_the_core() -> None:
    request = QueryRequest.model_validate(
        {
            "query": "x",
            "filters": {
                "type": "or",
                "filters": [
                    {"type": "in", "key": "source", "value": ["NCI", "CDC"]},
                    {"type": "gte", "key": "last_reviewed", "value": "2025-01-01"},
                ],
            },
        }
    )
    assert request.core_query(today=TODAY).filters == Compound(
        Junction.OR,
        (
            Condition(Operator.IN, "source", ("NCI", "CDC")),
            Condition(Operator.GTE, "last_reviewed", "2025-01-01"),
        ),
    )


def equal(value: object = "a") -> dict[str, object]:
    return {"type": "eq", "key": "source", "value": value}


def nested(depth: int) -> dict[str, object]:
    return equal() if depth == 1 else {"type": "and", "filters": [nested(depth - 1)]}


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        (equal(["a"]), ("/filters", "filter_value")),
        ({"type": "in", "key": "source", "value": "a"}, ("/filters", "filter_value")),
        ({"type": "in", "key": "source", "value": []}, ("/filters", "filter_value")),
        ({"type": "$where", "key": "source", "value": "a"}, ("/filters", "filter_type_unknown")),
        ({"key": "source", "value": "a"}, ("/filters", "filter_type_missing")),
        ({"type": "and", "filters": []}, ("/filters/filters", "too_short")),
        ({"type": "and", "filters": [equal(None)]}, ("/filters/filters/0/value", "type")),
        ({**equal(), "__proto__": 1}, ("/filters", "unknown_field")),
        ({"type": "eq", "key": "__class__", "value": "a"}, ("/filters/key", "filter_unknown_key")),
        ({"type": "eq", "key": "source", "value": 5}, ("/filters/value", "filter_value_type")),
        (nested(9), ("/filters", "filter_too_large")),
        ({"type": "or", "filters": [equal()] * 101}, ("/filters/filters", "too_long")),
        (
            {"type": "or", "filters": [{"type": "and", "filters": [equal()] * 51}] * 2},
            ("/filters", "filter_too_large"),
        ),
        ({"type": "in", "key": "source", "value": ["a"] * 1_001}, ("/filters", "filter_too_large")),
    ],
)
def test_a_filter_outside_the_language_or_its_limits_is_refused(
    client: TestClient, filters: object, error: tuple[str, str]
) -> None:
    assert error in codes(client, query="denosumab", filters=filters)


def test_a_filter_at_its_limits_is_accepted(client: TestClient) -> None:
    ask(client, query="denosumab", filters=nested(8))
    ask(client, query="denosumab", filters={"type": "or", "filters": [equal()] * 100})
    ask(client, query="denosumab", filters={"type": "in", "key": "source", "value": ["a"] * 1_000})


def test_a_parameter_in_the_address_is_refused(client: TestClient) -> None:
    response = client.post("/v1/query?query=denosumab", json={"query": "x"})
    assert (response.status_code, response.json()["code"]) == (422, "unknown_field")
