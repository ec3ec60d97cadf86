"""What makes an answer one that can be trusted: warnings, freshness, verifying, governance."""

import hashlib
from dataclasses import replace
from datetime import date
from itertools import compress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from api.app import create_app
from api.commands.serve import command as serve
from api.query.answer_policy import routing_rules
from api.settings import Settings
from retriever.document import Metadata
from retriever.provenance.overdue import FreshnessPolicy
from retriever.query import Condition, NoHits, Operator, Query
from retriever.questions.routing import RoutingRulesInvalid
from tests.collections_on_disk import DENOSUMAB, run_ingest, write_collection
from tests.fakes_api import (
    PAGES,
    FolderOpener,
    MemoryIndex,
    open_with_hashing,
    publish,
    served,
    small_collection,
    snapshot_of,
)

CRISIS = "my mum has collapsed right now"
RULES = """version = 1
[applies]
share = 0.2
words = []
[words]
[[rule]]
code = "emergency"
text = "Ring the ward."
signs = ["denosumab"]
unless = []
"""


def ask(client: TestClient, query: str, **body: object) -> Any:
    response = client.post("/v1/query", json={"query": query, **body})
    assert response.status_code == 200, response.text
    return response.json()


def first_warning(client: TestClient, query: str) -> str | None:
    warnings = ask(client, query)["warnings"]
    return warnings[0]["code"] if warnings else None


def test_a_question_that_reads_as_an_emergency_gets_the_fixed_text_first(client: TestClient) -> None:
    warning = ask(client, CRISIS)["warnings"][0]
    assert (warning["code"], warning["passage_rank"]) == ("emergency", None)
    assert "call your local emergency number now" in warning["detail"]
    assert first_warning(client, "I want to kill myself") == "self_harm"
    assert first_warning(client, "mammogram") is None


def test_a_collection_that_is_not_about_health_routes_nothing(tmp_path: Path) -> None:
    name = publish(tmp_path / "index", 1)
    pages = [(Metadata(title="Bread"), "Knead the dough for ten minutes.")]
    with served(tmp_path / "index", FolderOpener({name: snapshot_of(MemoryIndex(name, pages))})) as client:
        assert first_warning(client, CRISIS) == "no_match"


def test_routing_can_be_switched_off(tmp_path: Path) -> None:
    with small_collection(tmp_path, routing=False) as client:
        assert first_warning(client, CRISIS) == "no_match"


def test_an_answer_that_no_sentence_can_give_is_said_to_be_missing(tmp_path: Path) -> None:
    name = publish(tmp_path / "index", 1)
    pages = [(Metadata(title="Mammography"), "What is a mammogram, and is a mammogram an X-ray?")]
    with served(tmp_path / "index", FolderOpener({name: snapshot_of(MemoryIndex(name, pages))})) as client:
        found = ask(client, "mammogram")
        assert (found["answerability"]["decision"], found["answer"]) == ("answer", None)
        assert [(one["code"], one["passage_rank"]) for one in found["warnings"]] == [("not_quotable", None)]
        assert len(found["passages"]) == 1
        assert first_warning(client, "sourdough") == "no_match"
        assert ask(client, "mammogram", answer="none")["warnings"] == []


def test_a_persons_own_rules_take_the_place_of_the_programs(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES, encoding="utf-8")
    with small_collection(tmp_path, routing_rules=rules) as client:
        assert ask(client, "denosumab")["warnings"][0]["detail"] == "Ring the ward."
        assert first_warning(client, CRISIS) == "no_match"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (RULES.replace('"emergency"', '"poisoning"'), "use emergency or self_harm"),
        (RULES.replace("version = 1", "version = 9"), "of version 9"),
        ("[", "not TOML"),
    ],
)
def test_rules_that_cannot_be_used_stop_the_service_before_it_starts(
    content: str, says: str, tmp_path: Path
) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(content, encoding="utf-8")
    with pytest.raises(RoutingRulesInvalid, match=says):
        routing_rules(rules)
    outcome = CliRunner().invoke(serve, ["--index", str(tmp_path), "--routing-rules", str(rules)])
    assert outcome.exit_code == 2
    assert says in outcome.stderr


def test_a_missing_file_of_rules_is_named(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(serve, ["--index", str(tmp_path), "--routing-rules", str(tmp_path / "none.toml")])
    assert (outcome.exit_code, "none.toml cannot be read: No such file" in outcome.stderr) == (2, True)


def dated(*years: int) -> FolderOpener:
    """Pages that speak of calcium, each reviewed in one of these years; the older ones are overdue."""
    metadata = PAGES[0][0]
    pages = [
        (replace(metadata, title=f"Page {year}", last_reviewed=date(year, 11, 1)), f"Calcium in {year}.")
        for year in years
    ]
    return FolderOpener({"gen-000001": snapshot_of(MemoryIndex("gen-000001", pages))})


@pytest.mark.parametrize(
    ("policy", "titles", "overdue"),
    [
        (FreshnessPolicy.IGNORE, ["Page 2024", "Page 2026"], []),
        (FreshnessPolicy.WARN, ["Page 2024", "Page 2026"], [1]),
        (FreshnessPolicy.DEMOTE, ["Page 2026", "Page 2024"], [2]),
        (FreshnessPolicy.EXCLUDE, ["Page 2026"], []),
    ],
)
def test_overdue_pages_are_treated_as_the_policy_says(
    policy: FreshnessPolicy, titles: list[str], overdue: list[int], tmp_path: Path
) -> None:
    publish(tmp_path / "index", 1)
    with served(tmp_path / "index", dated(2024, 2026), freshness=policy.value) as client:
        body = ask(client, "calcium")
    assert [passage["citation"]["title"] for passage in body["passages"]] == titles
    assert [passage["rank"] for passage in body["passages"]] == list(range(1, len(titles) + 1))
    assert [one["passage_rank"] for one in body["warnings"] if one["code"] == "source_overdue"] == overdue


def test_where_every_page_is_overdue_a_strict_service_says_why_it_gives_none(tmp_path: Path) -> None:
    publish(tmp_path / "index", 1)
    with served(tmp_path / "index", dated(2024), freshness="exclude") as client:
        warning = ask(client, "calcium")["warnings"][0]
    assert warning["code"] == "filtered_out"
    assert "within its review" in warning["detail"]


def test_only_documents_that_may_be_searched_are_found(tmp_path: Path) -> None:
    run_ingest(write_collection(tmp_path / "pages"), tmp_path / "index")
    snapshot = open_with_hashing(tmp_path / "index", None)
    query = Query(text="injections and falls", top_k=50, max_per_document=50)
    everything = snapshot.retriever.retrieve(query)
    assert len({hit.document.document_id for hit in everything.hits}) == 2
    for searched in ([True, False], [False, True]):
        (wanted,) = compress(snapshot.index.documents, searched)
        found = snapshot.retriever.retrieve(query, may_be_searched=searched)
        assert {hit.document.document_id for hit in found.hits} == {wanted.document_id}
        outside = Condition(Operator.NE, "document_id", wanted.document_id)
        neither = snapshot.retriever.retrieve(replace(query, filters=outside), may_be_searched=searched)
        assert neither.no_hits is NoHits.FILTERED_OUT
    assert snapshot.retriever.retrieve(query, may_be_searched=[True, True]).hits == everything.hits


def verify(client: TestClient, **body: object) -> Any:
    cited = {"document_id": "doc-0", "start_char": 0, "end_char": 28, "text": PAGES[0][1][:28]}
    response = client.post("/v1/citations/verify", json=cited | body)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_citation_that_holds_matches(client: TestClient) -> None:
    assert verify(client) == {
        "valid": True,
        "reason": "match",
        "start_char": 0,
        "end_char": 28,
        "stood_before": None,
    }


def test_a_text_that_stands_elsewhere_has_moved(client: TestClient) -> None:
    found = verify(client, start_char=3, end_char=31)
    assert (found["valid"], found["reason"], found["start_char"], found["end_char"]) == (False, "moved", 0, 28)


def test_what_was_never_there_is_not_found(client: TestClient) -> None:
    assert verify(client, text="Denosumab cures everything.")["reason"] == "not_found"
    assert verify(client, document_id="doc-9")["reason"] == "not_found"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"end_char": 0}, ("", "span_empty")),
        ({"start_char": -1}, ("/start_char", "out_of_range")),
        ({"end_char": 10**12}, ("/end_char", "out_of_range")),
        ({"text": ""}, ("/text", "too_short")),
        ({"text": "x" * 20_001}, ("/text", "too_long")),
        ({"document_sha256": "abc"}, ("/document_sha256", "not_accepted")),
        ({"document_id": "x" * 257}, ("/document_id", "too_long")),
        ({"quote": "x"}, ("", "unknown_field")),
    ],
)
def test_a_citation_that_is_none_is_refused(
    client: TestClient, changed: dict[str, object], error: tuple[str, str]
) -> None:
    cited = {"document_id": "doc-0", "start_char": 0, "end_char": 28, "text": "Denosumab"} | changed
    response = client.post("/v1/citations/verify", json=cited)
    assert response.status_code == 422
    assert error in [(each["pointer"], each["code"]) for each in response.json()["errors"]]


def test_a_citation_of_an_older_generation_is_known_to_have_stood(tmp_path: Path) -> None:
    pages, index_dir = tmp_path / "pages", tmp_path / "index"
    said = "Denosumab is an antibody."
    run_ingest(write_collection(pages, {"a.md": DENOSUMAB}), index_dir)
    run_ingest(write_collection(pages, {"a.md": DENOSUMAB.replace("an antibody", "a medicine")}), index_dir)
    sha256 = hashlib.sha256(DENOSUMAB.encode()).hexdigest()
    with TestClient(create_app(Settings(index_dir=index_dir), opener=open_with_hashing)) as client:
        document_id = client.get("/v1/documents").json()["documents"][0]["document_id"]
        start = client.get(f"/v1/documents/{document_id}/text").json()["text"].index("Denosumab is a")
        cited = {"document_id": document_id, "start_char": start, "end_char": start + len(said), "text": said}
        found = verify(client, **cited, document_sha256=sha256)
        assert (found["valid"], found["reason"], found["stood_before"]) == (False, "document_changed", True)
        invented = verify(client, **cited | {"text": "Denosumab is an antidote."}, document_sha256=sha256)
        assert (invented["reason"], invented["stood_before"]) == ("not_found", False)
        assert verify(client, **cited, document_sha256="0" * 64)["stood_before"] is None


def test_governance_names_what_the_keeper_should_look_at(client: TestClient) -> None:
    body = client.get("/v1/governance").json()
    assert (body["index"]["generation"], body["today"], body["documents"]) == ("gen-000001", "2026-11-22", 3)
    assert body["freshness"] == {
        "current": [],
        "due_soon": [],
        "overdue": ["doc-0"],
        "unknown": ["doc-1", "doc-2"],
    }
    assert body["missing"]["source"] == ["doc-2"]
    assert body["freshness_policy"] == "warn"


def test_a_document_says_for_whom_it_is_written(tmp_path: Path) -> None:
    metadata = Metadata(title="Bone Loss - Health Professional Version", audience_level="patient")
    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name, [(metadata, "Bones thin with age.")]))})
    with served(tmp_path / "index", opener) as client:
        document = client.get("/v1/documents/doc-0").json()
        conflicts = client.get("/v1/governance").json()["audience_conflicts"]
    assert (document["audience_level"], document["audience"]) == ("patient", "professional")
    assert conflicts == [
        {"document_id": "doc-0", "declared": "patient", "found": "professional", "because": "title"}
    ]
