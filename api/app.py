"""The application: every route in one table, every error in one form, one live index."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date
from functools import partial

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.admission.caller import networks
from api.admission.gate import Doorkeeper, Gate
from api.admission.live_keys import LiveKeys
from api.admission.rate_limit import Rate, RateLimiter
from api.admission.retrieval_threads import RetrievalThreads
from api.chat.small_talk import read_small_talk
from api.collection.older_texts import OlderTexts
from api.endpoints.documents import document_not_found
from api.endpoints.routes import add_routes
from api.evidence.policy import evidence_policy
from api.generation.configured import generator_of
from api.http.problems import Problem, invalid, problem_of
from api.http.refusal import respond_problem
from api.http.request_edge import RequestEdge
from api.http.validation import parameter_errors
from api.live_index import LiveIndex
from api.mcp.endpoint import McpEndpoint
from api.observer import Observer, Observers
from api.observing.metrics import Metrics, add_metrics
from api.observing.metrics_state import ServiceState
from api.openapi import add_openapi
from api.opened_ahead import Lender
from api.query.answer_policy import AnswerPolicy, routing_rules
from api.question_page import add_pages
from api.server.quick_refusal import QuickRefusals
from api.service import Service
from api.settings import Settings
from api.snapshot import SnapshotOpener, observed, open_snapshot
from api.today import utc_today
from api.version import program_version
from api.workers.counts import EveryWorker, counts_of
from api.workers.supervisor_link import SupervisorLink
from api.writing.writer import CollectionWriter
from retriever.errors import FootnotedError
from retriever.provenance.overdue import FreshnessPolicy
from retriever.questions.synonyms import read_synonyms
from retriever.search.dense import DenseSearch

_ABOUT = "Questions in; passages out, each with a citation that anyone can check. Nothing that is asked is stored."


def create_app(
    settings: Settings,
    *,
    opener: SnapshotOpener | None = None,
    today: Callable[[], date] = utc_today,
    observers: Sequence[Observer] = (),
    link: SupervisorLink | None = None,
    lender: Lender | None = None,
) -> FastAPI:
    """The service over one index directory. It starts without an index too, and picks one up when it appears.

    `observers` are told of requests and questions, beside the metrics of the service itself. `link` leads to the
    supervisor where this is one of several workers. `lender` may have encoder and index open already.
    Raises RoutingRulesInvalid, SynonymsInvalid, SmallTalkInvalid, EvidencePolicyInvalid and KeysUnusable where the
    settings name files that cannot be used, and ValueError where a rate or a network cannot be read.
    """
    policy = AnswerPolicy(
        rules=routing_rules(settings.routing_rules) if settings.routing else None,
        freshness=FreshnessPolicy(settings.freshness),
    )
    metrics = Metrics(version=program_version())
    observer = Observers((metrics, *observers))
    opening = partial(
        open_snapshot,
        rules=policy.rules,
        reranker=settings.reranker,
        synonyms=read_synonyms(settings.synonyms),
        max_risk=settings.max_risk,
        dense_search=DenseSearch(settings.dense_search),
        lender=lender,
    )
    last_good = None
    if link is not None:
        last_good = observed(partial(opening, source=link.last_good), observer)
        opening = partial(opening, source=link.published)
        metrics.show(EveryWorker(metrics.registry, worker=link.number, others=link.counts_of_others))
        link.answer_asked(partial(counts_of, metrics.registry, worker=link.number))
    live = LiveIndex(
        settings.index_dir,
        observed(opener or opening, observer),
        reload_interval_s=settings.reload_interval_s,
        retry_interval_s=settings.retry_interval_s,
        last_good=last_good,
    )
    threads = RetrievalThreads(
        threads=settings.threads, waiting_limit=settings.waiting_limit, wait_limit_s=settings.wait_limit_s
    )
    writer = None
    if settings.documents_dir is not None:
        writer = CollectionWriter(
            live,
            documents_dir=settings.documents_dir,
            index_dir=settings.index_dir,
            timeout_s=settings.write_timeout_s,
        )
    generator = generator_of(settings, observer)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await live.refresh()
        watch = asyncio.create_task(live.watch())
        try:
            yield
        finally:
            if writer is not None:
                await writer.close()
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
            live.close()
            threads.close()
            app.state.quick_refusals.close()
            if generator is not None:
                await generator.close()

    app = FastAPI(
        title="Footnoted",
        version=program_version(),
        description=_ABOUT,
        lifespan=lifespan,
        redirect_slashes=False,
        openapi_url=None,  # `add_openapi` serves it
        # FastAPI's own telemetry would send addresses and the messages of exceptions wherever a process-wide
        # provider is set up; `api.observing.tracing` sends neither.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.service = Service(
        settings=settings,
        policy=policy,
        evidence=evidence_policy(settings.evidence_policy),
        live=live,
        older=OlderTexts(settings.index_dir),
        writer=writer,
        threads=threads,
        small_talk=read_small_talk(settings.small_talk),
        today=today,
        generator=generator,
    )
    add_routes(app)
    add_pages(app)
    McpEndpoint(app.state.service, version=app.version).add_routes(app)
    metrics.watch(ServiceState(live, threads, today=today))
    if settings.metrics:
        add_metrics(app, metrics)
    _add_error_handlers(app)
    doorkeeper = Doorkeeper(
        keys=None if settings.keys_file is None else LiveKeys(settings.keys_file),
        limiter=None if settings.rate_limit == "off" else RateLimiter(Rate.parse(settings.rate_limit)),
        trusted=networks(settings.trusted_proxies),
    )
    app.state.quick_refusals = QuickRefusals(app.state.service, doorkeeper, observer)
    app.add_middleware(Gate, doorkeeper=doorkeeper)
    app.add_middleware(RequestEdge, observer=observer)
    add_openapi(app, with_keys=settings.keys_file is not None)
    return app


def _add_error_handlers(app: FastAPI) -> None:
    async def on_problem(request: Request, error: Exception) -> Response:
        return respond_problem(request, _problem(request, error))

    for kind in (Problem, FootnotedError, RequestValidationError, HTTPException, MemoryError):
        app.add_exception_handler(kind, on_problem)


def _problem(request: Request, error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case FootnotedError():
            return problem_of(error)
        case MemoryError():
            detail = "there is not enough memory for this question now; try again shortly"
            return Problem(503, "overloaded", detail, headers={"Retry-After": "1"})
        case RequestValidationError():
            return invalid(parameter_errors(error.errors()))
        case HTTPException(status_code=405):
            allowed = ", ".join(_methods(request))
            return Problem(405, "method_not_allowed", f"use {allowed} here", headers={"Allow": allowed})
        case HTTPException(status_code=404) if request.url.path.startswith("/v1/documents/"):
            return document_not_found()
        case HTTPException(status_code=404):
            return Problem(
                404, "not_found", "there is nothing at this address; GET /openapi.json lists what there is"
            )
        case _:
            raise error


def _methods(request: Request) -> list[str]:
    scope = dict(request.scope)
    methods: set[str] = set()
    for route in request.app.routes:
        if route.matches(scope)[0] is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    # The edge answers HEAD wherever GET is answered.
    return sorted(methods | ({"HEAD"} if "GET" in methods else set()))
