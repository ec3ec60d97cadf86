"""`GET /metrics`: what is counted, from closed sets of words, and documented name by name."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from retriever.errors import IndexCorrupt
from tests.fakes_api import FolderOpener, MemoryIndex, publish, served, small_collection, snapshot_of
from tests.scripted_llm import says, scripted

ROOT = Path(__file__).parent.parent
CANARY = "canary7f3a"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with small_collection(tmp_path) as client:
        yield client


def value(client: TestClient, name: str, **labels: str) -> float | None:
    """The sample of that name and exactly these labels, None where there is none."""
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return None


def ask(client: TestClient, question: str) -> None:
    assert client.post("/v1/query", json={"query": question}).status_code == 200


def test_questions_are_counted_by_decision_and_reason_and_their_stages_timed(client: TestClient) -> None:
    ask(client, "denosumab calcium")
    ask(client, "zebra")
    assert value(client, "footnoted_questions_total", decision="answer") == 1
    assert value(client, "footnoted_questions_total", decision="abstain") == 1
    assert value(client, "footnoted_abstentions_total", reason="no_match") == 1
    for stage in ("encode", "search", "answer"):
        assert value(client, "footnoted_stage_duration_seconds_count", stage=stage) == 2
    # The retriever in memory says 0.1 ms of encoding for each question.
    assert value(client, "footnoted_stage_duration_seconds_sum", stage="encode") == pytest.approx(0.0002)


def test_generated_replies_are_counted_by_what_became_of_them_and_their_sentences(tmp_path: Path) -> None:
    text = "Denosumab is used in cancer [1]. Denosumab cures cancer [1]."
    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name))})
    with (
        scripted(says(text)) as model,
        served(tmp_path / "index", opener, llm_url=model.url, llm_model="m") as client,
    ):
        for question in ("what is denosumab used for?", "zebra", "what is denosumab used for?"):
            messages = [{"role": "user", "content": question}]
            body = {"model": "footnoted", "messages": messages, "stream": True}
            assert client.post("/v1/chat/completions", json=body).status_code == 200
        assert value(client, "footnoted_generations_total", status="used", reason="none") == 2
        assert value(client, "footnoted_generations_total", status="skipped", reason="abstained") == 1
        assert value(client, "footnoted_generated_sentences_total", outcome="kept") == 2
        assert value(client, "footnoted_generated_sentences_total", outcome="dropped") == 2
        assert (
            value(client, "footnoted_generation_duration_seconds_count") == 2
        )  # the model was not asked of zebras


def test_a_model_that_cannot_be_reached_is_counted_with_its_reason(tmp_path: Path) -> None:
    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name))})
    with served(tmp_path / "index", opener, llm_url="http://127.0.0.1:1/v1", llm_model="m") as client:
        body = {"model": "footnoted", "messages": [{"role": "user", "content": "what is denosumab used for?"}]}
        assert client.post("/v1/chat/completions", json=body).status_code == 200
        assert value(client, "footnoted_generations_total", status="unavailable", reason="unreachable") == 1


def test_requests_are_counted_by_template_method_and_status(client: TestClient) -> None:
    client.get("/v1/documents/doc-0")
    client.get(f"/v1/documents/{CANARY}")
    client.get(f"/{CANARY}")
    client.request(CANARY.upper(), "/v1/query")
    client.head("/livez")
    template = "/v1/documents/{document_id}"
    name = "footnoted_http_requests_total"
    assert value(client, name, method="GET", route=template, status="200") == 1
    assert value(client, name, method="GET", route=template, status="404") == 1
    assert value(client, name, method="GET", route="-", status="404") == 1
    assert value(client, name, method="HEAD", route="/livez", status="200") == 1
    assert value(client, "footnoted_http_request_duration_seconds_count", method="GET", route=template) == 2
    text = client.get("/metrics").text
    assert 'method="OTHER"' in text
    assert CANARY not in text.lower()


def test_nothing_of_a_question_is_in_the_metrics(client: TestClient) -> None:
    ask(client, f"denosumab {CANARY}")
    client.post("/v1/query", json={"query": CANARY, CANARY: CANARY})
    assert CANARY not in client.get("/metrics").text


def test_the_open_requests_are_those_that_have_not_ended(client: TestClient) -> None:
    ask(client, "denosumab")
    assert value(client, "footnoted_http_requests_in_progress") == 1  # the one that reads the metrics


def test_the_index_its_documents_and_their_reviews_are_told(client: TestClient) -> None:
    fingerprint = client.get("/v1/index").json()["fingerprint"]
    assert value(client, "footnoted_index_info", generation="gen-000001", fingerprint=fingerprint) == 1
    assert value(client, "footnoted_index_open") == 1
    assert value(client, "footnoted_index_documents") == 3
    assert value(client, "footnoted_index_passages") == 3
    assert value(client, "footnoted_index_coverage_ratio", search="dense") == 1
    assert value(client, "footnoted_index_documents_by_freshness", freshness="overdue") == 1
    assert value(client, "footnoted_index_documents_by_freshness", freshness="unknown") == 2
    assert value(client, "footnoted_index_documents_by_freshness", freshness="current") == 0
    assert value(client, "footnoted_index_reload_failed") == 0


def test_without_an_index_the_metrics_say_so(tmp_path: Path) -> None:
    with served(tmp_path / "none", FolderOpener({})) as client:
        assert value(client, "footnoted_index_open") == 0
        assert value(client, "footnoted_index_documents") is None
        assert value(client, "footnoted_index_reload_failed") == 1


def test_a_generation_that_was_refused_shows_beside_the_one_that_serves(tmp_path: Path) -> None:
    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name)), "gen-000002": IndexCorrupt("altered")})
    with served(tmp_path / "index", opener) as client:
        publish(tmp_path / "index", 2)
        while value(client, "footnoted_index_reload_failed") == 0:
            pass
        assert value(client, "footnoted_index_open") == 1
        assert (
            'footnoted_index_reload_error_timestamp_seconds{code="index_corrupt"}' in client.get("/metrics").text
        )


def test_two_services_count_apart(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with small_collection(tmp_path / "one") as one, small_collection(tmp_path / "two") as two:
        ask(one, "denosumab")
        assert value(one, "footnoted_questions_total", decision="answer") == 1
        assert value(two, "footnoted_questions_total", decision="answer") == 0


def test_the_metrics_can_be_switched_off(tmp_path: Path) -> None:
    with small_collection(tmp_path, metrics=False) as client:
        assert client.get("/metrics").status_code == 404


def test_openmetrics_is_spoken_where_it_is_asked_for(client: TestClient) -> None:
    response = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


def families(client: TestClient) -> dict[str, str]:
    """Every metric with its kind, as it is named in the text format."""
    ask(client, "zebra")
    found = re.findall(r"^# TYPE (\S+) (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return {name: kind for name, kind in found if not name.endswith("_created")}


def test_the_operations_page_lists_exactly_the_metrics_that_exist(client: TestClient) -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `((?:footnoted|process|python)_\w+)`[^|]*\| (\w+) \|", page, re.MULTILINE))
    assert listed == families(client)


def test_every_query_of_the_dashboard_uses_metrics_that_exist(client: TestClient) -> None:
    dashboard = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text(encoding="utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    existing = families(client)
    exposed = set(existing) | {
        f"{name}_{part}"
        for name, kind in existing.items()
        if kind == "histogram"
        for part in ("bucket", "sum", "count")
    }
    assert len(queries) >= 10
    for query in queries:
        named = set(re.findall(r"\b(?:footnoted|process|python)_\w+", query))
        assert named
        assert named <= exposed
