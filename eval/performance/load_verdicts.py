"""What a service promises under load, held against what was seen: one line for each promise that was tried."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from eval.performance.load import LoadFigures

GOODPUT_SHARE = 0.9
GOODPUT_SHARE_OF_RETRIES = 0.8
REFUSED_P99_MS = 50
LIVEZ_MS = 200
RECOVERY_S = 10
SLOWER_BESIDE_CROWD = 2


class Kind(StrEnum):
    """What a phase tries."""

    PLAIN = "plain"
    RETRIES = "retries"
    SLOW_CALLERS = "slow_callers"
    ALONE = "alone"
    BESIDE_CROWD = "beside_crowd"
    CROWD = "crowd"


@dataclass(frozen=True, slots=True)
class LoadPhase:
    """What was tried, at which multiple of the capacity, and its figures."""

    kind: Kind
    multiple: float
    figures: LoadFigures


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: its line in docs/operations.md, what it asks, what was seen."""

    line: str
    asked: str
    seen: str
    held: bool


@dataclass(frozen=True, slots=True)
class SharedMachine:
    """The processors that the service shares with who asks it, and what asking took of one at the capacity."""

    processors: int
    generator_cpu: float

    def left(self, generator_cpu: float) -> float:
        """What asking left of the processors, as a share of what it left while the capacity was measured."""
        return (self.processors - generator_cpu) / (self.processors - self.generator_cpu)


def verdicts(
    phases: Sequence[LoadPhase], capacity: float, *, seconds: float, shared: SharedMachine | None = None
) -> list[Promise]:
    """A verdict for each phase that tries a promise, in their order.

    `capacity` is in questions per second, `seconds` the length of each phase: of a short one, half must be enough
    to recover. On a `shared` machine the goodput is also told of what asking left; the verdict goes by all of it.
    """
    found: list[Promise] = []
    for number, phase in enumerate(phases):
        match phase.kind:
            case Kind.PLAIN if phase.multiple > 1:
                found += _overloaded(phase, capacity, shared)
            case Kind.PLAIN if number and phases[number - 1].multiple > 1:
                found.append(_recovered(phase, min(RECOVERY_S, seconds / 2)))
            case Kind.PLAIN if phase.multiple < 1:
                found.append(_answers_all("L1", phase))
            case Kind.RETRIES:
                found.append(_goodput("L5", phase, capacity, GOODPUT_SHARE_OF_RETRIES, shared))
            case Kind.SLOW_CALLERS:
                found.append(_answers_all("L6", phase))
            case Kind.BESIDE_CROWD:
                found.append(_fair(phase, next(each for each in phases if each.kind is Kind.ALONE)))
    return found


def _overloaded(phase: LoadPhase, capacity: float, shared: SharedMachine | None) -> Iterator[Promise]:
    seen, name = phase.figures, f"L2, {phase.figures.name}"
    yield _goodput("L2", phase, capacity, GOODPUT_SHARE, shared)
    is_quick = seen.refused_p99_ms <= REFUSED_P99_MS
    yield Promise(name, f"refused p99 <= {REFUSED_P99_MS} ms", f"{seen.refused_p99_ms:.0f} ms", is_quick)
    is_live = seen.livez_max_ms <= LIVEZ_MS
    yield Promise(name, f"/livez <= {LIVEZ_MS} ms", f"{seen.livez_max_ms:.0f} ms", is_live)
    yield Promise(name, "every question answered or refused", f"{seen.failed} failed", not seen.failed)


def _goodput(line: str, phase: LoadPhase, capacity: float, share: float, shared: SharedMachine | None) -> Promise:
    reached = phase.figures.goodput / capacity
    seen = f"{reached:.2f} C"
    if shared is not None:
        left = shared.left(phase.figures.generator_cpu)
        seen += f"; {reached / left:.2f} C of what asking left"
    return Promise(f"{line}, {phase.figures.name}", f"answered >= {share:g} C", seen, reached >= share)


def _recovered(phase: LoadPhase, within_s: float) -> Promise:
    last_s = phase.figures.last_refusal_s
    seen = "none" if last_s == 0 else f"the last after {last_s:.1f} s"
    asked = f"no refusal or failure {within_s:g} s after an overload"
    return Promise(f"L2, {phase.figures.name} after it", asked, seen, last_s <= within_s)


def _answers_all(line: str, phase: LoadPhase) -> Promise:
    seen = phase.figures
    found = f"{seen.refused:.1f}/s refused, {seen.failed} failed, p99 {seen.answered_p99_ms:.0f} ms"
    return Promise(f"{line}, {seen.name}", "all answered", found, seen.refused == seen.failed == 0)


def _fair(phase: LoadPhase, alone: LoadPhase) -> Promise:
    together_ms, alone_ms = phase.figures.answered_p99_ms, alone.figures.answered_p99_ms
    is_fair = together_ms <= SLOWER_BESIDE_CROWD * alone_ms and phase.figures.refused == phase.figures.failed == 0
    return Promise(
        f"L4, {phase.figures.name}",
        f"none refused, p99 <= {SLOWER_BESIDE_CROWD} times that alone",
        f"{phase.figures.refused:.1f}/s refused, p99 {together_ms:.0f} ms, alone {alone_ms:.0f} ms",
        is_fair,
    )
