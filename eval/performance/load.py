"""An open loop of questions against a running service: what becomes of them when more come than it can answer.

Questions are sent when their time has come, whether or not earlier ones were answered, and latency counts from
then. A client that waits for an answer before it asks again would not notice a service that stands still.
"""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from urllib.parse import urlsplit

from eval.measures.percentiles import quantile
from eval.performance.keep_alive_client import KeepAliveClient

PROBE_EVERY_S = 0.1
TIMEOUT_S = 30.0
REFUSALS = (429, 503)
WARMING_AT_ONCE = 8
SLOW_BYTE_S = 1.0
GROWTH = 1.03
"""What twice as many questions under way have to gain for the next step to be worth its time."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question: when it was due, when it left, when the last word came (seconds), and the status; 0: none."""

    due_s: float
    left_s: float
    ended_s: float
    status: int


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """What a phase showed. Rates are per second; latencies are milliseconds from when a question was due.

    `last_refusal_s` is when the last question that was refused, or got no answer, was due; 0 without any.
    `generator_lag_p99_ms` says how late the questions left: where it is large, this machine was the bottleneck.
    `generator_cpu` is the part of one processor that asking took; on the service's own machine it misses that.
    `service_cpu` is the part that the service took; None where its `/metrics` do not say.
    """

    name: str
    offered: float
    goodput: float
    refused: float
    failed: int
    answered_p50_ms: float
    answered_p99_ms: float
    refused_p99_ms: float
    livez_max_ms: float
    last_refusal_s: float
    generator_lag_p99_ms: float
    generator_cpu: float
    service_cpu: float | None


@dataclass(frozen=True, slots=True)
class Target:
    """Where questions go, with which key, and how often a refused one is sent again at once."""

    url: str
    questions: Sequence[str]
    key: str | None = None
    retries: int = 0


def arrivals(rate: float, seconds: float, *, seed: int) -> Iterator[float]:
    """The times (seconds from now) at which questions come: a Poisson process, as of many independent people."""
    draw = random.Random(seed)  # noqa: S311 - a schedule, not a secret
    due = draw.expovariate(rate)
    while due < seconds:
        yield due
        due += draw.expovariate(rate)


async def offer(target: Target, rate: float, seconds: float, *, seed: int) -> tuple[list[Exchange], float]:
    """What became of every question, and the longest that `/livez` took meanwhile (milliseconds)."""
    async with _client(target) as client:
        origin = time.perf_counter()
        probing = asyncio.create_task(_probe(client))
        sending, requests = [], _requests(client, target)
        for number, due in enumerate(arrivals(rate, seconds, seed=seed)):
            await asyncio.sleep(max(0.0, due - (time.perf_counter() - origin)))
            request = requests[number % len(requests)]
            sending.append(asyncio.create_task(_ask(client, request, due, origin, retries=target.retries)))
        exchanges = list(await asyncio.gather(*sending))
        probing.cancel()
        (longest,) = await asyncio.gather(probing, return_exceptions=True)
        return exchanges, longest if isinstance(longest, float) else 0.0


@dataclass(frozen=True, slots=True)
class LoadStep:
    """How many questions were answered per second while `at_once` were always under way.

    `generator_cpu` is the part of one processor that asking took.
    """

    at_once: int
    answered: float
    generator_cpu: float


async def warm_up(target: Target, seconds: float) -> int:
    """Asks every question once, for at most that long; how many were answered.

    Until then a service opens files, and remembers what it is asked for the second time: it is not yet itself.
    """
    return await _closed_loop(target, seconds, at_once=WARMING_AT_ONCE, questions=len(target.questions))


async def capacity(target: Target, seconds: float, *, at_most: int) -> list[LoadStep]:
    """What the service answers with 1, 2, 4, ... questions under way, until more of them gain nothing.

    Its capacity is the best of the steps: with too few it waits for the next question, with too many it refuses.
    """
    steps: list[LoadStep] = []
    at_once = 1
    while at_once <= at_most:
        started, spent = time.perf_counter(), time.process_time()
        answered = await _closed_loop(target, seconds, at_once=at_once)
        took_s = time.perf_counter() - started
        steps.append(LoadStep(at_once, answered / took_s, (time.process_time() - spent) / took_s))
        *earlier, last = [step.answered for step in steps]
        if len(earlier) > 1 and last < max(earlier) * GROWTH and earlier[-1] < max(earlier[:-1]) * GROWTH:
            break
        at_once *= 2
    return steps


async def _closed_loop(target: Target, seconds: float, *, at_once: int, questions: int | None = None) -> int:
    """How many questions were answered while that many were always under way; `questions` ends it earlier."""
    async with _client(target) as client:
        origin = time.perf_counter()
        numbers, requests = count(), _requests(client, target)

        async def again_and_again() -> int:
            answered = 0
            while time.perf_counter() - origin < seconds:
                number = next(numbers)
                if questions is not None and number >= questions:
                    break
                exchange = await _ask(client, requests[number % len(requests)], 0.0, origin, retries=0)
                answered += exchange.status == HTTPStatus.OK
                if exchange.status in REFUSALS:
                    await asyncio.sleep(PROBE_EVERY_S)  # to ask again at once would cost what is being measured
            return answered

        return sum(await asyncio.gather(*(again_and_again() for _ in range(at_once))))


@asynccontextmanager
async def slow_callers(url: str, number: int) -> AsyncIterator[None]:
    """So many connections that send their headers a byte a second and come back as soon as they are closed."""
    parts = urlsplit(url)

    async def dawdle() -> None:
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
                try:
                    writer.write(b"POST /v1/query HTTP/1.1\r\nHost: slow\r\nX-Slow: ")
                    while not writer.is_closing():
                        await asyncio.sleep(SLOW_BYTE_S)
                        writer.write(b"s")
                        await writer.drain()
                finally:
                    writer.close()
            await asyncio.sleep(SLOW_BYTE_S)

    dawdling = [asyncio.create_task(dawdle()) for _ in range(number)]
    try:
        yield
    finally:
        for task in dawdling:
            task.cancel()
        await asyncio.gather(*dawdling, return_exceptions=True)


async def service_cpu_s(target: Target) -> float | None:
    """The processor time that the service has taken so far, all its workers; None where it does not say."""
    async with _client(target) as client:
        status, body = await client.response(client.request("GET", "/metrics"))
    if status != HTTPStatus.OK:
        return None
    taken = re.findall(rb"^process_cpu_seconds_total(?:\{[^}]*\})? ([0-9.e+-]+)$", body, re.MULTILINE)
    return sum(map(float, taken)) if taken else None


def figures(
    name: str,
    exchanges: Sequence[Exchange],
    seconds: float,
    *,
    livez_max_ms: float,
    generator_cpu: float = 0.0,
    service_cpu: float | None = None,
) -> LoadFigures:
    """The exchanges of a phase of that many seconds as figures."""
    answered = [each for each in exchanges if each.status == HTTPStatus.OK]
    refused = [each for each in exchanges if each.status in REFUSALS]
    # What was answered long after the end of a phase was not answered at the phase's rate.
    span_s = max([seconds, *(each.ended_s for each in answered)])
    return LoadFigures(
        name=name,
        offered=len(exchanges) / seconds,
        goodput=len(answered) / span_s,
        refused=len(refused) / seconds,
        failed=len(exchanges) - len(answered) - len(refused),
        answered_p50_ms=quantile([each.ended_s - each.due_s for each in answered], 0.50) * 1_000,
        answered_p99_ms=quantile([each.ended_s - each.due_s for each in answered], 0.99) * 1_000,
        refused_p99_ms=quantile([each.ended_s - each.due_s for each in refused], 0.99) * 1_000,
        livez_max_ms=livez_max_ms,
        last_refusal_s=max((each.due_s for each in exchanges if each.status != HTTPStatus.OK), default=0.0),
        generator_cpu=generator_cpu,
        service_cpu=service_cpu,
        generator_lag_p99_ms=quantile([each.left_s - each.due_s for each in exchanges], 0.99) * 1_000,
    )


def _client(target: Target) -> KeepAliveClient:
    return KeepAliveClient(target.url, key=target.key, timeout_s=TIMEOUT_S)


def _requests(client: KeepAliveClient, target: Target) -> list[bytes]:
    return [client.request("POST", "/v1/query", {"query": question}) for question in target.questions]


async def _ask(client: KeepAliveClient, request: bytes, due_s: float, origin: float, *, retries: int) -> Exchange:
    left_s = time.perf_counter() - origin
    status = 0
    for _ in range(retries + 1):
        status = await client.status(request)
        if status not in REFUSALS:
            break
    return Exchange(due_s, left_s, time.perf_counter() - origin, status)


async def _probe(client: KeepAliveClient) -> float:
    """The longest that `/livez` took until this is cancelled (milliseconds); no answer is the time limit."""
    longest, request = 0.0, client.request("GET", "/livez")
    try:
        while True:
            started = time.perf_counter()
            if not await client.status(request):
                longest = TIMEOUT_S * 1_000
            longest = max(longest, (time.perf_counter() - started) * 1_000)
            await asyncio.sleep(PROBE_EVERY_S)
    except asyncio.CancelledError:
        return longest
