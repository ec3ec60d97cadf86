"""What `footnoted eval load` does: capacity, phases below and far above it, retries, slow callers, fairness."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from eval.errors import ComparisonRefused
from eval.performance.load import (
    LoadStep,
    Target,
    capacity,
    figures,
    offer,
    service_cpu_s,
    slow_callers,
    warm_up,
)
from eval.performance.load_verdicts import Kind, LoadPhase, SharedMachine, verdicts
from eval.report.console import print_json, table_console

SHARE_OF_OTHER = 0.2
SHARE_BESIDE_SLOW = 0.7
WARM_UP_S = 30.0
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_COLUMNS = {
    "phase": "name",
    "offered/s": "offered",
    "answered/s": "goodput",
    "refused/s": "refused",
    "failed": "failed",
    "p50 ms": "answered_p50_ms",
    "p99 ms": "answered_p99_ms",
    "refused p99 ms": "refused_p99_ms",
    "livez max ms": "livez_max_ms",
    "lag p99 ms": "generator_lag_p99_ms",
    "asking, CPU": "generator_cpu",
    "service, CPU": "service_cpu",
}
_SHARES = ("generator_cpu", "service_cpu")


async def run_load(
    target: Target,
    *,
    multiples: Sequence[float],
    seconds: float,
    step_seconds: float,
    at_once: int,
    rate: float | None,
    retries: int,
    slow: int,
    other_key: str | None,
    seed: int,
) -> dict[str, Any]:
    """All figures as plain values; `rate` takes the place of the measured capacity.

    `step_seconds` is the time of each step of that measurement, `at_once` the most questions of a step, `slow`
    how many callers dawdle in a phase of their own.
    Raises ComparisonRefused where the service answers nothing at all.
    """
    await warm_up(target, WARM_UP_S)
    steps: list[LoadStep] = [] if rate else await capacity(target, step_seconds, at_most=at_once)
    best = max(steps, key=lambda step: step.answered, default=None)
    measured = rate or (best.answered if best else 0.0)
    if not measured:
        raise ComparisonRefused(
            "the service answered no question; look at its /readyz, and whether it asks for a key"
        )
    trial = _Trial(measured, seconds, seed)
    found = []
    for multiple in multiples:
        found.append(await trial.phase(f"{multiple:g} C", target, multiple))
    if retries:
        storm = Target(target.url, target.questions, key=target.key, retries=retries)
        found.append(await trial.phase(f"2 C, {retries} retries at once", storm, 2, Kind.RETRIES))
    if slow:
        async with slow_callers(target.url, slow):
            name = f"{SHARE_BESIDE_SLOW:g} C beside {slow:,} slow callers"
            found.append(await trial.phase(name, target, SHARE_BESIDE_SLOW, Kind.SLOW_CALLERS))
    if other_key is not None:
        found += await _fairness(trial, target, other_key)
    return {
        "url": target.url,
        "capacity": measured,
        "capacity_steps": [asdict(step) for step in steps],
        "seconds": seconds,
        "phases": [asdict(one.figures) for one in found],
        "service_ms": service_ms(found),
        "verdicts": [
            asdict(one) for one in verdicts(found, measured, seconds=seconds, shared=_shared(target.url, best))
        ],
    }


def _shared(url: str, best: LoadStep | None) -> SharedMachine | None:
    """The machine on which both run; None where the service is elsewhere, or the capacity was not measured."""
    if best is None or urlsplit(url).hostname not in LOOPBACK:
        return None
    return SharedMachine(os.cpu_count() or 1, best.generator_cpu)


def service_ms(phases: Sequence[LoadPhase]) -> dict[str, float] | None:
    """The service's processor time for an `answer`, where none was refused, and for a `refusal`, in milliseconds.

    What the plain phase with most refusals took above its answers is its refusals'. None where they do not tell.
    """
    plain = [one.figures for one in phases if one.kind is Kind.PLAIN and one.figures.service_cpu]
    calm = [(one.service_cpu or 0.0) / one.goodput for one in plain if one.goodput and not one.refused]
    flooded = max(plain, key=lambda one: one.refused, default=None)
    if not calm or flooded is None or not flooded.refused:
        return None
    answer_s = fmean(calm)
    refusal_s = ((flooded.service_cpu or 0.0) - flooded.goodput * answer_s) / flooded.refused
    return {"answer": answer_s * 1_000, "refusal": refusal_s * 1_000}


@dataclass(frozen=True, slots=True)
class _Trial:
    """The capacity (questions per second), how long each phase is, and the seed of its schedule."""

    capacity: float
    seconds: float
    seed: int

    async def phase(
        self, name: str, target: Target, multiple: float, kind: Kind = Kind.PLAIN, *, others: int = 0
    ) -> LoadPhase:
        """What a phase at that multiple of the capacity shows; `others` sets it apart from those beside it."""
        served_s = await service_cpu_s(target)
        began, spent = time.perf_counter(), time.process_time()
        exchanges, livez_max_ms = await offer(
            target, self.capacity * multiple, self.seconds, seed=self.seed + others
        )
        took_s, asking_s = time.perf_counter() - began, time.process_time() - spent
        ended_s = await service_cpu_s(target)
        shown = figures(
            name,
            exchanges,
            self.seconds,
            livez_max_ms=livez_max_ms,
            generator_cpu=asking_s / took_s,
            service_cpu=None if served_s is None or ended_s is None else (ended_s - served_s) / took_s,
        )
        return LoadPhase(kind, multiple, shown)


async def _fairness(trial: _Trial, target: Target, other_key: str) -> list[LoadPhase]:
    """One key asks a little, first alone, then while another asks ten times what can be answered."""
    other = Target(target.url, target.questions, key=other_key)
    alone = await trial.phase("one key alone", other, SHARE_OF_OTHER, Kind.ALONE)
    together, crowd = await asyncio.gather(
        trial.phase("that key beside a crowd", other, SHARE_OF_OTHER, Kind.BESIDE_CROWD),
        trial.phase("the crowd: another key, 10 C", target, 10, Kind.CROWD, others=1),
    )
    return [alone, together, crowd]


def echo(found: dict[str, Any], *, as_json: bool) -> None:
    """Prints the figures as JSON or as a table."""
    if as_json:
        print_json(found)
        return
    console = table_console(width=160)
    table = Table(
        title=f"capacity C = {found['capacity']:.1f} questions/s; {found['seconds']:g} s each",
        title_justify="left",
    )
    for heading in _COLUMNS:
        table.add_column(heading, justify="left" if heading == "phase" else "right")
    for one in found["phases"]:
        table.add_row(*(_cell(field, one[field]) for field in _COLUMNS.values()))
    console.print(table)
    if found["service_ms"]:
        costs = "{answer:.1f} ms an answer, {refusal:.2f} ms a refusal".format(**found["service_ms"])
        console.print(f"processor time of the service: {costs}")
    _echo_verdicts(console, found["verdicts"])
    if found["capacity_steps"]:
        steps = ", ".join(
            f"{step['at_once']} under way {step['answered']:.1f}" for step in found["capacity_steps"]
        )
        console.print(f"answered per second while the capacity was measured: {steps}", soft_wrap=True)


def _cell(field: str, value: str | float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    return f"{value:.0%}" if field in _SHARES else f"{value:.1f}" if isinstance(value, float) else str(value)


def _echo_verdicts(console: Console, found: Sequence[dict[str, Any]]) -> None:
    """Prints what is promised of these phases, and what was seen."""
    table = Table(title="what is promised under load", title_justify="left")
    for heading in ("line, phase", "asked", "seen", "held"):
        table.add_column(heading)
    for one in found:
        table.add_row(one["line"], one["asked"], one["seen"], "yes" if one["held"] else "NO")
    if found:
        console.print(table)
