"""The decision to answer: who is answered, at what risk, and whether a probability means what it says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from eval.datasets.dataset import Question
from eval.measures.uncertainty import RESAMPLES, Interval, exact_bounds
from eval.systems.given_answer import Given

RISK = 0.05
ANSWERED = 0.9
BINS = 10


@dataclass(frozen=True, slots=True)
class Answered:
    """How many questions of one kind are answered; the interval is exact (Clopper and Pearson)."""

    answerable: bool
    category: str
    questions: int
    answered: int
    share: Interval


@dataclass(frozen=True, slots=True)
class AtCoverage:
    """The same kinds at the highest threshold that answers `ANSWERED` of the answerable questions.

    A system may be right to refuse more, or to dare more; at one coverage two of them can be compared.
    """

    threshold: float
    answered: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class RiskCoveragePoint:
    """What a threshold gives: the share of answerable questions answered, and the risk of an answer.

    The risk is the share of unanswerable questions among those answered where both kinds are asked equally often.
    """

    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Questions with nearly one probability: what was said, and what share was answerable."""

    said: float
    questions: int
    answerable: Interval


@dataclass(frozen=True, slots=True)
class WordingGap:
    """How much more often answerable questions in one style are refused than those in another."""

    style: str
    other: str
    refused: float
    other_refused: float
    gap: Interval


@dataclass(frozen=True, slots=True)
class Decisions:
    """All of it for one run; `coverage_at_risk` is the most coverage of any threshold with no more than `RISK`."""

    threshold: float
    answered: tuple[Answered, ...]
    at_coverage: AtCoverage
    curve: tuple[RiskCoveragePoint, ...]
    at_threshold: RiskCoveragePoint
    coverage_at_risk: Interval
    reliability: tuple[ReliabilityBin, ...]
    calibration_error: float
    gaps: tuple[WordingGap, ...]


def decisions_of(questions: Sequence[Question], given: Mapping[str, Given], *, seed: int) -> Decisions | None:
    """The decisions on labelled questions; None where one side is missing or the system does not decide.

    A question that the service refused to read counts as not answered.
    """
    labelled = [one for one in questions if one.answerable is not None]
    sure = {one.question_id: given[one.question_id].probability for one in labelled if one.question_id in given}
    yes = np.array([sure.get(one.question_id, 0.0) for one in labelled if one.answerable])
    no = np.array([sure.get(one.question_id, 0.0) for one in labelled if not one.answerable])
    if not sure or not yes.size or not no.size:
        return None
    threshold = next(iter(given.values())).threshold
    decided = {key for key, one in given.items() if one.decided}
    daring = float(np.sort(yes)[::-1][ceil(round(ANSWERED * yes.size, 9)) - 1])
    dared = {key for key, chance in sure.items() if chance >= daring}
    bins = reliability(np.concatenate([yes, no]), np.repeat([True, False], [yes.size, no.size]))
    total = yes.size + no.size
    return Decisions(
        threshold=threshold,
        answered=tuple(_answered(labelled, decided)),
        at_coverage=AtCoverage(daring, tuple(_answered(labelled, dared))),
        curve=tuple(risk_coverage(yes, no)),
        at_threshold=_point(yes, no, threshold),
        coverage_at_risk=_coverage_at_risk(yes, no, seed=seed),
        reliability=bins,
        calibration_error=sum(one.questions * abs(one.said - one.answerable.mean) for one in bins) / total,
        gaps=tuple(_gaps(labelled, decided, seed=seed)),
    )


def risk_coverage(yes: NDArray[np.float64], no: NDArray[np.float64]) -> list[RiskCoveragePoint]:
    """The curve over every threshold that changes a decision, from the fewest answers to the most.

    Source: El-Yaniv and Wiener, "On the foundations of noise-free selective classification" (2010).
    """
    thresholds = np.unique(np.concatenate([yes, no]))[::-1]
    return [_point(yes, no, float(threshold)) for threshold in thresholds]


def reliability(probabilities: NDArray[np.float64], answerable: NDArray[np.bool_]) -> tuple[ReliabilityBin, ...]:
    """Questions in bins of a tenth of probability, empty ones left out.

    Source: DeGroot and Fienberg, "The comparison and evaluation of forecasters" (1983).
    """
    places = np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
    found = []
    for place in range(BINS):
        inside = places == place
        count, right = int(inside.sum()), int(answerable[inside].sum())
        if count:
            low, high = exact_bounds(right, count)
            found.append(
                ReliabilityBin(float(probabilities[inside].mean()), count, Interval(right / count, low, high))
            )
    return tuple(found)


def _point(yes: NDArray[np.float64], no: NDArray[np.float64], threshold: float) -> RiskCoveragePoint:
    coverage, false = float((yes >= threshold).mean()), float((no >= threshold).mean())
    return RiskCoveragePoint(coverage, false / (coverage + false) if coverage + false else 0.0)


def _coverage_at_risk(yes: NDArray[np.float64], no: NDArray[np.float64], *, seed: int) -> Interval:
    """With its percentile interval over resamples of both sides."""
    thresholds = np.unique(np.concatenate([yes, no]))
    above_yes = (yes[:, None] >= thresholds).astype(np.float64)
    above_no = (no[:, None] >= thresholds).astype(np.float64)

    def best(coverage: NDArray[np.float64], false: NDArray[np.float64]) -> NDArray[np.float64]:
        # false / (false + coverage) <= RISK, without a division by zero
        return np.asarray(np.where(false * (1 - RISK) <= RISK * coverage, coverage, 0.0).max(axis=-1))

    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(RESAMPLES // 1_000):
        picked_yes = random.multinomial(yes.size, np.full(yes.size, 1 / yes.size), size=1_000) / yes.size
        picked_no = random.multinomial(no.size, np.full(no.size, 1 / no.size), size=1_000) / no.size
        drawn.append(best(picked_yes @ above_yes, picked_no @ above_no))
    low, high = np.percentile(np.concatenate(drawn), [2.5, 97.5])
    return Interval(float(best(above_yes.mean(axis=0), above_no.mean(axis=0))), float(low), float(high))


def _answered(questions: Sequence[Question], decided: Collection[str]) -> list[Answered]:
    """Answerable questions by style, unanswerable ones by category, all of each first."""
    kinds: dict[tuple[bool, str], list[bool]] = {}
    for question in questions:
        answerable = bool(question.answerable)
        for name in ("all", *(question.subsets if answerable else (question.category or "other",))):
            kinds.setdefault((answerable, name), []).append(question.question_id in decided)
    ordered = sorted(kinds.items(), key=lambda item: (not item[0][0], item[0][1] != "all", item[0][1]))
    return [
        Answered(answerable, name, len(found), sum(found), _share(sum(found), len(found)))
        for (answerable, name), found in ordered
    ]


def _share(answered: int, questions: int) -> Interval:
    return Interval(answered / questions, *exact_bounds(answered, questions))


def _gaps(questions: Sequence[Question], decided: Collection[str], *, seed: int) -> list[WordingGap]:
    """Every style of answerable questions against the one that is refused least."""
    styles: dict[str, list[float]] = {}
    for question in questions:
        if question.answerable:
            refused = question.question_id not in decided
            for style in question.subsets:
                styles.setdefault(style, []).append(float(refused))
    if len(styles) < 2:
        return []
    shares = {style: np.array(values) for style, values in sorted(styles.items())}
    least = min(shares, key=lambda style: (float(shares[style].mean()), style))
    random = np.random.default_rng(seed)

    def resampled(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(random.binomial(values.size, values.mean(), size=RESAMPLES) / values.size)

    found = []
    for style, values in shares.items():
        if style == least:
            continue
        low, high = np.percentile(resampled(values) - resampled(shares[least]), [2.5, 97.5])
        mean, other = float(values.mean()), float(shares[least].mean())
        found.append(WordingGap(style, least, mean, other, Interval(mean - other, float(low), float(high))))
    return found
