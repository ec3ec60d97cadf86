"""Traces: one span for a request, one for each stage below it, and nothing of the question in them."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from api.app import create_app
from api.observing.tracing import Traces, TracingUnavailable, open_tracing, wants_traces
from api.settings import Settings
from retriever.query import Query
from tests.fakes_api import FolderOpener, MemoryIndex, publish, snapshot_of
from tests.scripted_llm import says, scripted
from tests.waiting import PATIENCE_S

CHECKOUT = Path(__file__).parent.parent
CANARY = "canary7f3a"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def fail_on_request(query: Query) -> None:
    if "break" in query.text:
        raise ValueError(f"cannot work on {query.text}")


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def client(tmp_path: Path, exporter: InMemorySpanExporter) -> Iterator[TestClient]:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name), before=fail_on_request)})
    settings = Settings(index_dir=tmp_path / "index")
    with TestClient(create_app(settings, opener=opener, observers=[Traces(provider)])) as client:
        yield client


def everything_in(spans: Sequence[ReadableSpan]) -> str:
    return " ".join(span.to_json() for span in spans).lower()


def test_a_question_is_one_request_span_with_its_stages_below(
    client: TestClient, exporter: InMemorySpanExporter
) -> None:
    client.post("/v1/query", json={"query": "denosumab"})
    encode, search, answer, request = exporter.get_finished_spans()
    assert [one.name for one in (encode, search, answer)] == ["encode", "search", "answer"]
    assert request.name == "POST /v1/query"
    assert request.attributes is not None
    assert request.attributes["http.response.status_code"] == 200
    for stage in (encode, search, answer):
        assert stage.parent is not None
        assert stage.parent.span_id == request.context.span_id
    # The retriever in memory says 0.1 ms of encoding and 0.2 ms of searching; each begins where the last ended.
    assert (encode.end_time or 0) - (encode.start_time or 0) == 100_000
    assert (search.start_time, (search.end_time or 0) - (search.start_time or 0)) == (encode.end_time, 200_000)
    assert answer.attributes == {"footnoted.decision": "answer", "footnoted.reason": "none"}


def test_a_generated_reply_is_a_span_below_its_request_without_its_words(
    tmp_path: Path, exporter: InMemorySpanExporter
) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    name = publish(tmp_path / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name))})
    with scripted(says(f"{CANARY} is used [1].")) as model:
        settings = Settings(index_dir=tmp_path / "index", llm_url=model.url, llm_model="m")
        with TestClient(create_app(settings, opener=opener, observers=[Traces(provider)])) as client:
            messages = [{"role": "user", "content": "what is denosumab used for?"}]
            client.post("/v1/chat/completions", json={"model": "footnoted", "messages": messages, "stream": True})
    spans = {span.name: span for span in exporter.get_finished_spans()}
    generate, request = spans["generate"], spans["POST /v1/chat/completions"]
    assert generate.attributes == {"footnoted.status": "rejected", "footnoted.reason": "nothing_supported"}
    assert generate.parent is not None
    assert request.context is not None
    assert generate.parent.span_id == request.context.span_id
    assert CANARY not in everything_in(exporter.get_finished_spans())


def test_requests_after_one_another_are_traces_of_their_own(
    client: TestClient, exporter: InMemorySpanExporter
) -> None:
    for _ in range(3):
        client.get("/livez")
    spans = exporter.get_finished_spans()
    assert len({span.context.trace_id for span in spans}) == 3
    assert all(span.parent is None for span in spans)


def test_a_trace_goes_on_below_the_callers(client: TestClient, exporter: InMemorySpanExporter) -> None:
    client.get("/livez", headers={"traceparent": PARENT, "tracestate": f"vendor={CANARY}", "baggage": CANARY})
    client.get("/livez", headers={"traceparent": f"{PARENT}{CANARY}"})
    first, second = exporter.get_finished_spans()
    assert first.parent is not None
    assert f"{first.context.trace_id:032x}-{first.parent.span_id:016x}" == PARENT[3:-3]
    assert second.parent is None
    assert CANARY not in everything_in([first, second])


def test_nothing_of_a_question_is_in_the_spans_whether_it_succeeds_or_fails(
    client: TestClient, exporter: InMemorySpanExporter
) -> None:
    client.post("/v1/query", json={"query": f"denosumab {CANARY}"})
    client.post("/v1/query", json={"query": f"break {CANARY}"})
    client.post("/v1/query", json={"query": CANARY, CANARY: CANARY})
    client.get(f"/v1/documents/{CANARY}")
    client.get(f"/v1/documents/{CANARY}?{CANARY}={CANARY}")
    client.request(CANARY.upper(), f"/{CANARY}")
    spans = exporter.get_finished_spans()
    statuses = [dict(span.attributes or {}).get("http.response.status_code") for span in spans]
    assert [status for status in statuses if status is not None] == [200, 500, 422, 404, 422, 404]
    assert CANARY not in everything_in(spans)
    failed = [span for span in spans if not span.status.is_ok and not span.status.is_unset]
    assert [dict(span.attributes or {})["http.response.status_code"] for span in failed] == [500]


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://localhost:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_traces_are_made_only_where_the_standard_variables_ask_for_them(
    environment: dict[str, str], wanted: bool
) -> None:
    assert wants_traces(environment) is wanted


def test_a_protocol_that_is_not_spoken_is_named_with_the_remedy() -> None:
    with pytest.raises(TracingUnavailable, match="http/protobuf"):
        open_tracing({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, version="1")


def test_serving_without_traces_imports_neither_the_sdk_nor_the_exporter() -> None:
    code = (
        "import sys; import api.app, api.commands.serve, api.observing.tracing;"
        "sys.exit(any(name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter')) for name in sys.modules))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, timeout=PATIENCE_S, check=False).returncode == 0
    )


def test_a_provider_of_the_whole_process_is_given_nothing_by_the_web_framework(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
from tests.fakes_api import small_collection
with small_collection(Path(sys.argv[1])) as client:
    client.get("/v1/documents/a-name-of-the-caller")
sys.exit(len(exporter.get_finished_spans()))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=CHECKOUT, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0
