"""`GET /metrics`: what happened since the service started and where it stands, in Prometheus' formats.

Every label is a word of a closed set: a route's template, a status, a reason. Nothing that a caller wrote
can become one. Each application has a registry of its own.
"""

import asyncio
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from api.observer import GenerationSeen, GenerationStatus, Headers, QuestionSeen, RequestSeen
from retriever.abstention.answerability import Decision, Reason

REQUEST_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
STAGE_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
STAGES = ("encode", "search", "answer")


class Metrics:
    """The counters of one application; an Observer. Safe to use from any thread."""

    def __init__(self, *, version: str) -> None:
        """`version` is the program's."""
        self.registry = self._shown = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        build = Gauge(
            "footnoted_build_info", "Always 1; the version is a label.", ["version"], registry=self.registry
        )
        build.labels(version).set(1)
        self._requests = Counter(
            "footnoted_http_requests",
            "Requests that have ended, by route template, method and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._durations = Histogram(
            "footnoted_http_request_duration_seconds",
            "Time from a request's first byte here to the last byte of its response.",
            ["method", "route"],
            buckets=REQUEST_BUCKETS_S,
            registry=self.registry,
        )
        self._open = Gauge(
            "footnoted_http_requests_in_progress", "Requests that are open now.", registry=self.registry
        )
        stages = Histogram(
            "footnoted_stage_duration_seconds",
            "Time that questions spent in each stage: encode, search, answer (all that follows the search).",
            ["stage"],
            buckets=STAGE_BUCKETS_S,
            registry=self.registry,
        )
        self._stages = tuple(stages.labels(stage) for stage in STAGES)
        decisions = Counter(
            "footnoted_questions",
            "Questions that were worked on, by the decision to answer or to abstain.",
            ["decision"],
            registry=self.registry,
        )
        self._decisions = {decision: decisions.labels(decision.value) for decision in Decision}
        abstentions = Counter(
            "footnoted_abstentions", "Questions left unanswered, by reason.", ["reason"], registry=self.registry
        )
        self._abstentions = {reason: abstentions.labels(reason.value) for reason in Reason}
        self._generations = Counter(
            "footnoted_generations",
            "Replies that a language model was to give, by what became of them and why.",
            ["status", "reason"],
            registry=self.registry,
        )
        sentences = Counter(
            "footnoted_generated_sentences",
            "Sentences of a language model that were checked: kept, or dropped since no passage says them.",
            ["outcome"],
            registry=self.registry,
        )
        self._kept, self._dropped = sentences.labels("kept"), sentences.labels("dropped")
        self._generation_durations = Histogram(
            "footnoted_generation_duration_seconds",
            "Time until a language model's reply was read and checked to its end.",
            buckets=REQUEST_BUCKETS_S,
            registry=self.registry,
        )

    def watch(self, collector: Collector) -> None:
        """Asks `collector` as well whenever the metrics are read."""
        self.registry.register(collector)

    def show(self, collector: Collector) -> None:
        """Renders what `collector` gives in place of what is counted here: it may know of other processes."""
        self._shown = CollectorRegistry()
        self._shown.register(collector)

    def request_began(self, headers: Headers) -> Callable[[RequestSeen], None]:  # noqa: ARG002 - Observer's
        """Counts a request as open until it has ended."""
        self._open.inc()
        return self._request_ended

    def question_answered(self, question: QuestionSeen) -> None:
        """Counts a question, its stages and its decision."""
        spent = (question.encode_ms, question.search_ms, question.answer_ms)
        for histogram, milliseconds in zip(self._stages, spent, strict=True):
            histogram.observe(milliseconds / 1_000)
        self._decisions[question.decision].inc()
        if question.reason is not None:
            self._abstentions[question.reason].inc()

    def reply_generated(self, generation: GenerationSeen) -> None:
        """Counts a reply and its sentences, and its time where the model was to be asked."""
        reason = "none" if generation.reason is None else generation.reason.value
        self._generations.labels(generation.status.value, reason).inc()
        self._kept.inc(generation.kept)
        self._dropped.inc(generation.dropped)
        if generation.status is not GenerationStatus.SKIPPED:
            self._generation_durations.observe(generation.duration_s)

    def render(self, accept: str) -> tuple[bytes, str]:
        """All metrics in the format that an `Accept` header prefers, and its media type."""
        encode, media_type = choose_encoder(accept)
        return encode(self._shown), media_type

    def _request_ended(self, request: RequestSeen) -> None:
        self._open.dec()
        status = "none" if request.status is None else str(request.status)
        self._requests.labels(request.method, request.route, status).inc()
        self._durations.labels(request.method, request.route).observe(request.duration_s)


def add_metrics(app: FastAPI, metrics: Metrics) -> None:
    """Adds the route. Reading the state of a large collection takes a moment, so it is done in a thread."""

    async def read(request: Request) -> Response:
        body, media_type = await asyncio.to_thread(metrics.render, request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": media_type})

    app.add_api_route("/metrics", read, include_in_schema=False)
