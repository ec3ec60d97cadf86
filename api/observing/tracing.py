"""OpenTelemetry traces, where the environment names a place to send them; the libraries are the extra `otel`.

Spans hold a route's template, a status, the times of the stages and the decision: nothing that a caller wrote,
but for a request id that has the form of one.
"""

import re
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from api.observer import GenerationSeen, Headers, QuestionSeen, RequestSeen

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_TRACEPARENT = re.compile(rb"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


class TracingUnavailable(Exception):
    """Traces were asked for by the environment and cannot be made; the message says what to do."""


def wants_traces(environment: Mapping[str, str]) -> bool:
    """Whether the standard variables name a place to send traces to and do not switch them off.

    Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    """
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    if environment.get("OTEL_TRACES_EXPORTER", "otlp") != "otlp":
        return False
    return any(environment.get(name) for name in _ENDPOINTS)


def open_tracing(environment: Mapping[str, str], *, version: str) -> "Traces":
    """Traces that are sent as `environment`, the process's own, says. Raises TracingUnavailable."""
    if not _installed():
        raise TracingUnavailable(
            "OTEL_* asks for traces, and their libraries are missing; install footnoted[otel]"
        )
    protocol = next((environment[name] for name in _PROTOCOLS if environment.get(name)), "http/protobuf")
    if protocol != "http/protobuf":
        raise TracingUnavailable("traces are sent as http/protobuf; set OTEL_EXPORTER_OTLP_PROTOCOL to that")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = {} if environment.get("OTEL_SERVICE_NAME") else {"service.name": "footnoted"}
    provider = TracerProvider(
        resource=Resource.create({**named, "service.version": version}), shutdown_on_exit=False
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Traces(provider)


class Traces:
    """One span for each request and, below it, one for each stage of its questions; an Observer."""

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("footnoted")

    def request_began(self, headers: Headers) -> Callable[[RequestSeen], None]:
        """Opens the request's span, below the caller's where its `traceparent` has the standard form."""
        from opentelemetry import context, trace

        # Neither `tracestate` nor `baggage` is read: both are free text that the exporter would pass on.
        span = self._tracer.start_span("request", context=_parent(headers), kind=trace.SpanKind.SERVER)
        token = context.attach(trace.set_span_in_context(span))

        def ended(request: RequestSeen) -> None:
            context.detach(token)
            span.update_name(f"{request.method} {request.route}")
            span.set_attribute("http.request.method", request.method)
            span.set_attribute("http.route", request.route)
            span.set_attribute("footnoted.request_id", request.request_id)
            if request.status is not None:
                span.set_attribute("http.response.status_code", request.status)
            if request.status is None or request.status >= 500:
                span.set_status(trace.StatusCode.ERROR)
            span.end()

        return ended

    def question_answered(self, question: QuestionSeen) -> None:
        """Adds the spans of the stages, whose times were taken as they ran one after the other."""
        ended = time.time_ns()
        lengths = {"encode": question.encode_ms, "search": question.search_ms, "answer": question.answer_ms}
        began = ended - sum(_nanoseconds(length) for length in lengths.values())
        for name, length in lengths.items():
            span = self._tracer.start_span(name, start_time=began)
            if name == "answer":
                span.set_attribute("footnoted.decision", question.decision.value)
                span.set_attribute(
                    "footnoted.reason", "none" if question.reason is None else question.reason.value
                )
            began += _nanoseconds(length)
            span.end(began)

    def reply_generated(self, generation: GenerationSeen) -> None:
        """Adds a span for the language model's reply, whose time was taken as it ran."""
        ended = time.time_ns()
        span = self._tracer.start_span("generate", start_time=ended - _nanoseconds(generation.duration_s * 1_000))
        span.set_attribute("footnoted.status", generation.status.value)
        span.set_attribute("footnoted.reason", "none" if generation.reason is None else generation.reason.value)
        span.end(ended)

    def close(self) -> None:
        """Sends what is still waiting."""
        self._provider.shutdown()


def _installed() -> bool:
    try:
        needed = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")
        return all(find_spec(name) is not None for name in needed)
    except ModuleNotFoundError:  # a package above it is missing
        return False


def _parent(headers: Headers) -> "Context":
    from opentelemetry import trace
    from opentelemetry.context import Context

    given = [value for name, value in headers if name == b"traceparent"]
    found = _TRACEPARENT.fullmatch(given[0]) if len(given) == 1 else None
    if found is None:
        return Context()
    parent = trace.SpanContext(
        trace_id=int(found[1], 16),
        span_id=int(found[2], 16),
        is_remote=True,
        trace_flags=trace.TraceFlags(int(found[3], 16)),
    )
    return trace.set_span_in_context(trace.NonRecordingSpan(parent), Context())


def _nanoseconds(milliseconds: float) -> int:
    return round(milliseconds * 1_000_000)
