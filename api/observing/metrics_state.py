"""The metrics that are read off the service when they are asked for: its index, its reviews, its queue."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.admission.retrieval_threads import RetrievalThreads
from api.collection.response import index_body
from api.http.problems import problem_of
from api.live_index import LiveIndex
from retriever.errors import FootnotedError
from retriever.freshness import Freshness, review
from retriever.index import Index


class ServiceState(Collector):
    """Reads one running service. What no index is open for is left out, but for `footnoted_index_open`."""

    def __init__(self, live: LiveIndex, threads: RetrievalThreads, *, today: Callable[[], date]) -> None:
        self._live = live
        self._threads = threads
        self._today = today
        self._counted: tuple[str, date] | None = None
        self._standings: Counter[Freshness] = Counter()

    def collect(self) -> Iterator[Metric]:
        """Every metric with its present value."""
        yield _gauge(
            "footnoted_questions_running", "Questions being worked on in a thread.", self._threads.running
        )
        yield _gauge("footnoted_questions_waiting", "Questions waiting for a thread.", self._threads.waiting)
        yield self._admissions()
        try:
            index = self._live.snapshot().index
        except FootnotedError:
            index = None
        yield _gauge("footnoted_index_open", "1 while a verified index serves, else 0.", int(index is not None))
        if index is not None:
            yield from self._of(index)
        yield from self._failure()

    def _admissions(self) -> Metric:
        counts = self._threads.admissions
        work = CounterMetricFamily(
            "footnoted_question_work",
            "Questions by what became of them before a thread: begun, refused, expired, abandoned.",
            labels=["outcome"],
        )
        work.add_metric(["begun"], counts.begun)
        work.add_metric(["refused"], counts.refused)
        work.add_metric(["expired"], counts.expired)
        work.add_metric(["abandoned"], counts.abandoned)
        return work

    def _of(self, index: Index) -> Iterator[Metric]:
        body = index_body(index)
        info = GaugeMetricFamily(
            "footnoted_index_info", "Always 1; which generation serves.", labels=["generation", "fingerprint"]
        )
        info.add_metric([body.generation, body.fingerprint], 1)
        yield info
        created = datetime.fromisoformat(body.created).timestamp()
        yield _gauge("footnoted_index_created_timestamp_seconds", "When this generation was published.", created)
        yield _gauge("footnoted_index_documents", "Documents of this generation.", body.documents)
        yield _gauge("footnoted_index_passages", "Passages of this generation.", body.passages)
        coverage = GaugeMetricFamily(
            "footnoted_index_coverage_ratio", "Share of the passages that each search covers.", labels=["search"]
        )
        coverage.add_metric(["dense"], body.coverage.dense)
        coverage.add_metric(["lexical"], body.coverage.lexical)
        yield coverage
        standings = GaugeMetricFamily(
            "footnoted_index_documents_by_freshness",
            "Documents by the standing of their review today: current, due_soon, overdue, unknown.",
            labels=["freshness"],
        )
        counted = self._freshness(index)
        for standing in Freshness:
            standings.add_metric([standing.value], counted[standing])
        yield standings

    def _freshness(self, index: Index) -> "Counter[Freshness]":
        """Counted once a day for each generation: it looks at every document."""
        today = self._today()
        if self._counted != (index.fingerprint, today):
            self._standings = Counter(review(each.metadata, today=today).freshness for each in index.documents)
            self._counted = (index.fingerprint, today)
        return self._standings

    def _failure(self) -> Iterator[Metric]:
        failure = self._live.last_failure
        yield _gauge(
            "footnoted_index_reload_failed",
            "1 while what was published last cannot be opened, else 0.",
            int(failure is not None),
        )
        error = GaugeMetricFamily(
            "footnoted_index_reload_error_timestamp_seconds",
            "When that was noticed, by the code of the problem; absent where nothing failed.",
            labels=["code"],
        )
        if failure is not None:
            error.add_metric([problem_of(failure.error).code], failure.at.timestamp())
        yield error


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)
