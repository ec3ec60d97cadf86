"""What `footnoted eval load` does: capacity, phases below and far above it, retries, slow callers, fairness."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from eval.errors import ComparisonRefused
from eval.load import Figures, Step, Target, capacity, figures, offer, slow_callers, warm_up

SHARE_OF_OTHER = 0.2
SHARE_BESIDE_SLOW = 0.7
WARM_UP_S = 30.0
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
}


def run_load(
    url: str,
    questions: Sequence[str],
    *,
    multiples: Sequence[float],
    seconds: float,
    step_seconds: float,
    at_once: int,
    rate: float | None,
    retries: int,
    slow: int,
    key: str | None,
    other_key: str | None,
    seed: int,
) -> dict[str, Any]:
    """All figures as plain values; `rate` takes the place of the measured capacity.

    `step_seconds` is the time of each step of that measurement, `at_once` the most questions of a step, `slow`
    how many callers dawdle in a phase of their own.
    Raises ComparisonRefused where the service answers nothing at all.
    """
    return asyncio.run(
        _run(
            Target(url, questions, key=key),
            multiples=multiples,
            seconds=seconds,
            step_seconds=step_seconds,
            at_once=at_once,
            rate=rate,
            retries=retries,
            slow=slow,
            other_key=other_key,
            seed=seed,
        )
    )


async def _run(
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
    await warm_up(target, WARM_UP_S)
    steps: list[Step] = [] if rate else await capacity(target, step_seconds, at_most=at_once)
    measured = rate or max(step.answered for step in steps)
    if not measured:
        raise ComparisonRefused(
            "the service answered no question; look at its /readyz, and whether it asks for a key"
        )
    found = []
    for multiple in multiples:
        found.append(await _phase(f"{multiple:g} C", target, measured * multiple, seconds, seed=seed))
    if retries:
        storm = Target(target.url, target.questions, key=target.key, retries=retries)
        name = f"2 C, {retries} retries at once"
        found.append(await _phase(name, storm, measured * 2, seconds, seed=seed))
    if slow:
        async with slow_callers(target.url, slow):
            name = f"{SHARE_BESIDE_SLOW:g} C beside {slow:,} slow callers"
            found.append(await _phase(name, target, measured * SHARE_BESIDE_SLOW, seconds, seed=seed))
    if other_key is not None:
        found += await _fairness(target, other_key, measured, seconds, seed=seed)
    return {
        "url": target.url,
        "capacity": measured,
        "capacity_steps": [asdict(step) for step in steps],
        "seconds": seconds,
        "phases": [asdict(one) for one in found],
    }


async def _phase(name: str, target: Target, rate: float, seconds: float, *, seed: int) -> Figures:
    exchanges, livez_max_ms = await offer(target, rate, seconds, seed=seed)
    return figures(name, exchanges, seconds, livez_max_ms=livez_max_ms)


async def _fairness(
    target: Target, other_key: str, measured: float, seconds: float, *, seed: int
) -> list[Figures]:
    """One key asks a little, first alone, then while another asks ten times what can be answered."""
    other = Target(target.url, target.questions, key=other_key)
    alone = await _phase("one key alone", other, measured * SHARE_OF_OTHER, seconds, seed=seed)
    together, crowd = await asyncio.gather(
        _phase("that key beside a crowd", other, measured * SHARE_OF_OTHER, seconds, seed=seed),
        _phase("the crowd: another key, 10 C", target, measured * 10, seconds, seed=seed + 1),
    )
    return [alone, together, crowd]


def echo(found: dict[str, Any], *, as_json: bool) -> None:
    """Prints the figures as JSON or as a table."""
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=1))
        return
    console = Console(highlight=False, width=None if Console().is_terminal else 160)
    table = Table(
        title=f"capacity C = {found['capacity']:.1f} questions/s; {found['seconds']:g} s each",
        title_justify="left",
    )
    for heading in _COLUMNS:
        table.add_column(heading, justify="left" if heading == "phase" else "right")
    for one in found["phases"]:
        cells = [one[field] for field in _COLUMNS.values()]
        table.add_row(*(f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in cells))
    console.print(table)
    if found["capacity_steps"]:
        steps = ", ".join(
            f"{step['at_once']} under way {step['answered']:.1f}" for step in found["capacity_steps"]
        )
        console.print(f"answered per second while the capacity was measured: {steps}", soft_wrap=True)
