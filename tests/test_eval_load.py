"""The load generator: its schedule and its arithmetic, and what it sees of a service that is asked too much."""

import asyncio
from dataclasses import fields
from pathlib import Path

import pytest

from eval.measures.percentiles import quantile
from eval.performance.load import Exchange, LoadFigures, Target, arrivals, capacity, figures
from eval.performance.load_verdicts import Kind, LoadPhase, SharedMachine, verdicts
from eval.performance.run_load import run_load, service_ms
from tests.running_server import running_server


def test_questions_come_at_the_rate_whatever_is_answered_and_the_same_each_time() -> None:
    first = list(arrivals(50, 20, seed=1))
    assert first == list(arrivals(50, 20, seed=1)) == sorted(first)
    assert 900 < len(first) < 1_100
    assert first[-1] < 20


def test_latency_counts_from_when_a_question_was_due() -> None:
    exchanges = [Exchange(0.0, 0.5, 1.0, 200), Exchange(1.0, 1.0, 1.25, 200), Exchange(1.0, 1.0, 1.0625, 503)]
    found = figures("x", exchanges, 2.0, livez_max_ms=3.0)
    assert (found.offered, found.goodput, found.refused, found.failed) == (1.5, 1.0, 0.5, 0)
    assert (found.answered_p50_ms, found.answered_p99_ms, found.refused_p99_ms) == (250.0, 1000.0, 62.5)
    assert (found.generator_lag_p99_ms, found.livez_max_ms, found.last_refusal_s) == (500.0, 3.0, 1.0)


def test_what_is_answered_after_the_end_does_not_count_as_answered_in_time() -> None:
    assert figures("x", [Exchange(0.0, 0.0, 4.0, 200)], 2.0, livez_max_ms=0).goodput == 0.25


def test_a_question_without_any_answer_has_failed() -> None:
    assert (
        figures("x", [Exchange(0.0, 0.0, 1.0, 0), Exchange(0.0, 0.0, 1.0, 500)], 1.0, livez_max_ms=0).failed == 2
    )


def phase(name: str, multiple: float, kind: Kind = Kind.PLAIN, **seen: float) -> LoadPhase:
    nothing = dict.fromkeys((each.name for each in fields(LoadFigures)), 0.0)
    return LoadPhase(kind, multiple, LoadFigures(**{**nothing, "failed": 0, **seen, "name": name}))  # type: ignore[arg-type]


def test_goodput_is_also_told_of_the_processors_that_asking_left() -> None:
    over = [phase("2 C", 2, goodput=45, generator_cpu=0.3)]
    # Of two processors asking left 1.7 in place of 1.9: 45 of 50 there are 50.3 of 50.
    shared = SharedMachine(processors=2, generator_cpu=0.1)
    assert verdicts(over, 50, seconds=60, shared=shared)[0].seen == "0.90 C; 1.01 C of what asking left"
    assert not verdicts([phase("2 C", 2, goodput=44, generator_cpu=1)], 50, seconds=60, shared=shared)[0].held


def test_the_services_time_is_parted_into_answers_and_refusals() -> None:
    calm = phase("0.7 C", 0.7, goodput=40, service_cpu=0.8)
    flood = phase("5 C", 5, goodput=50, refused=250, service_cpu=1.1)
    beside = phase("beside", 0.2, Kind.BESIDE_CROWD, goodput=2, service_cpu=1.1)
    # 20 ms an answer; 1.1 s less 50 of those leaves .1 s for 250 refusals.
    assert service_ms([calm, beside, flood]) == pytest.approx({"answer": 20, "refusal": 0.4})
    assert service_ms([calm]) is None
    assert service_ms([flood]) is None


def test_what_is_promised_is_held_against_what_was_seen() -> None:
    phases = [
        phase("0.7 C", 0.7, answered_p99_ms=20),
        phase("5 C", 5, goodput=44, refused_p99_ms=50, livez_max_ms=201, failed=1),
        phase("0.7 C", 0.7, refused=1, last_refusal_s=10.5),
        phase("retries", 2, Kind.RETRIES, goodput=40),
        phase("slow", 0.7, Kind.SLOW_CALLERS, refused=0.1),
        phase("alone", 0.2, Kind.ALONE, answered_p99_ms=20),
        phase("beside", 0.2, Kind.BESIDE_CROWD, answered_p99_ms=40),
        phase("crowd", 10, Kind.CROWD),
    ]
    found = [(one.line, one.seen, one.held) for one in verdicts(phases, capacity=50, seconds=60)]
    assert found == [
        ("L1, 0.7 C", "0.0/s refused, 0 failed, p99 20 ms", True),
        ("L2, 5 C", "0.88 C", False),
        ("L2, 5 C", "50 ms", True),
        ("L2, 5 C", "201 ms", False),
        ("L2, 5 C", "1 failed", False),
        ("L2, 0.7 C after it", "the last after 10.5 s", False),
        ("L5, retries", "0.80 C", True),
        ("L6, slow", "0.1/s refused, 0 failed, p99 0 ms", False),
        ("L4, beside", "0.0/s refused, p99 40 ms, alone 20 ms", True),
    ]


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.51, 3), (0.99, 4), (0.01, 1)])
def test_a_quantile_is_a_value_that_was_seen(share: float, value: float) -> None:
    assert quantile([4, 1, 3, 2], share) == value
    assert quantile([], share) == 0


@pytest.mark.slow
def test_a_service_that_is_asked_too_much_refuses_the_rest_and_goes_on(tmp_path: Path) -> None:
    # Two threads of 200 ms answer at most ten a second, however quick the machine is.
    with running_server(tmp_path, question_s=0.2, waiting_limit=4) as (port, _):
        target = Target(f"http://127.0.0.1:{port}", ["denosumab"])
        steps = asyncio.run(capacity(target, 0.5, at_most=8))
        found = asyncio.run(
            run_load(
                target, multiples=(8, 0.5), seconds=2, step_seconds=1, at_once=8,
                rate=10, retries=0, slow=0, other_key=None, seed=1,
            )
        )  # fmt: skip
    assert [step.at_once for step in steps] == [1, 2, 4, 8]
    assert all(0 < step.answered < 10.1 for step in steps)
    over, after = found["phases"]
    assert over["failed"] == after["failed"] == 0
    assert over["goodput"] > 0
    assert over["refused"] > after["refused"]
    assert over["generator_cpu"] > 0
    assert over["service_cpu"] > 0
    assert [one["line"] for one in found["verdicts"]] == [*["L2, 8 C"] * 4, "L2, 0.5 C after it"]
