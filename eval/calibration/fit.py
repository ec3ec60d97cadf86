"""Fitting the model of answerability to labelled evidence, and judging it on questions it was not fitted on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from retriever.abstention.calibration import CurvePoint, Weights
from retriever.abstention.evidence import Evidence

FOLDS = 5
PENALTY = 2.0
"""How strongly the weights are drawn to the prior: as much as this many questions, for a weight that is one
standard deviation off. With few questions the prior decides, with hundreds the questions do."""
DOWN = frozenset({"missing", "unknown", "neighbour", "errand"})
"""Numbers that can only make an answer less probable; all others can only make it more so."""
STEPS = 4_000
Z_95 = 1.959964
POINT_DIGITS = 3
"""Digits of the thresholds of a curve: it is kept with the weights, and read at every start."""


@dataclass(frozen=True, slots=True)
class Example:
    """The evidence of one question. Questions of one `group` are made from the same page: a fold has all or none.

    `source` is the set that it comes from; all sets count alike in a fit, and the two sides of a set too.
    """

    evidence: Evidence
    answerable: bool
    category: str
    group: str
    source: str = ""


def fit(examples: Sequence[Example], prior: Weights | None = None, *, adding: str | None = None) -> Weights:
    """The weights that make the labels most probable, held to their signs and drawn to `prior`.

    With `adding` that number's weight alone is fitted, from zero, and all others are the prior's.
    Signs are held since a weight of the wrong sign is what a template leaves behind. Without a prior the weights
    are drawn to zero. Raises ValueError where a side has no example.
    """
    table, labels = _table(examples)
    if labels.all() or not labels.any():
        raise ValueError("a fit needs answerable and unanswerable questions")
    mean, scale = table.mean(axis=0), np.maximum(table.std(axis=0), 1e-6)
    inputs = np.hstack([(table - mean) / scale, np.ones((len(table), 1))])
    start, is_held = np.zeros(inputs.shape[1]), np.zeros(inputs.shape[1], dtype=np.bool_)
    if prior is not None:
        raw = np.array(astuple(prior.of))
        if adding is not None:
            place = [field.name for field in fields(Evidence)].index(adding)
            inputs[:, place] += mean[place] / scale[place]
            raw[place] = mean[place] = 0.0
            is_held = np.arange(inputs.shape[1]) != place
        start = np.append(raw * scale, prior.intercept + raw @ mean)
    found = _descend(inputs, np.where(labels, 1.0, -1.0), shares(examples), start, is_held)
    raw = found[:-1] / scale
    of = Evidence(*(round(float(weight), 6) for weight in raw))
    return Weights(intercept=round(float(found[-1] - raw @ mean), 6), of=of)


def held_out(
    examples: Sequence[Example], *, seed: int, prior: Weights | None = None, adding: str | None = None
) -> NDArray[np.float64]:
    """The probability of each example by weights fitted without its fold, shape (len(examples),)."""
    groups = sorted({example.group for example in examples})
    order = np.random.default_rng(seed).permutation(len(groups))
    fold = {group: int(place) % FOLDS for group, place in zip(groups, order, strict=True)}
    folds = np.array([fold[example.group] for example in examples])
    probabilities = np.zeros(len(examples))
    for one in range(FOLDS):
        inside = [example for example, own in zip(examples, folds, strict=True) if own != one]
        if (folds == one).any():
            weights = fit(inside, prior, adding=adding)
            probabilities[folds == one] = probabilities_of(examples, weights)[folds == one]
    return probabilities


def probabilities_of(examples: Sequence[Example], weights: Weights) -> NDArray[np.float64]:
    """The probability of each example by these weights, shape (len(examples),)."""
    table, _ = _table(examples)
    logits = np.clip(table @ np.array(astuple(weights.of)) + weights.intercept, -30, 30)
    return np.asarray(np.round(1 / (1 + np.exp(-logits)), 4))


def curve(
    probabilities: NDArray[np.float64], labels: NDArray[np.bool_], counts: NDArray[np.float64]
) -> list[CurvePoint]:
    """What each threshold that changes decisions means, from the lowest to the highest, to `POINT_DIGITS`.

    Both sides count alike, whatever their numbers: a risk of 0.05 is one in twenty answers false where as many
    questions are unanswerable as are answerable. `counts` is what each question counts, see `shares`; the interval
    is that of as many questions as would tell as much if all counted alike (Kish, "Survey Sampling", 1965).
    """
    points = []
    yes, no = counts[labels], counts[~labels]
    enough = float(no.sum() ** 2 / (no**2).sum())
    steps = 10**POINT_DIGITS
    for threshold in (np.unique(np.floor(probabilities * steps + 1e-6)) / steps).tolist():
        answered = probabilities >= threshold
        coverage = float(yes[answered[labels]].sum() / yes.sum())
        false = float(no[answered[~labels]].sum() / no.sum())
        high = upper(false * enough, enough)
        points.append(
            CurvePoint(
                threshold=threshold,
                coverage=round(coverage, 4),
                false_answers=round(false, 4),
                risk=round(false / (false + coverage), 4),
                risk_high=round(high / (high + coverage), 4),
            )
        )
    return points


def choose(points: Sequence[CurvePoint], *, max_risk: float) -> CurvePoint | None:
    """The lowest threshold at which the risk is at or below `max_risk`; None where there is none."""
    return min((point for point in points if point.risk <= max_risk), key=lambda one: one.threshold, default=None)


def upper(successes: float, trials: float) -> float:
    """The upper end of the 95 % interval of a share.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
    """
    share, z = successes / trials, Z_95**2 / trials
    return float((share + z / 2 + Z_95 * np.sqrt(share * (1 - share) / trials + z / (4 * trials))) / (1 + z))


def labels_of(examples: Sequence[Example]) -> NDArray[np.bool_]:
    """Which examples are answerable, shape (len(examples),)."""
    return np.array([example.answerable for example in examples], dtype=np.bool_)


def _table(examples: Sequence[Example]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return np.array([astuple(example.evidence) for example in examples], dtype=np.float64), labels_of(examples)


def shares(examples: Sequence[Example]) -> NDArray[np.float64]:
    """What each example counts: all sets alike, and the two sides of a set; together as much as their number."""
    keys = [(example.source, example.answerable) for example in examples]
    sizes = Counter(keys)
    found = np.array([1 / sizes[key] for key in keys])
    return np.asarray(found * len(examples) / found.sum())


def _descend(
    inputs: NDArray[np.float64],
    sides: NDArray[np.float64],
    counts: NDArray[np.float64],
    start: NDArray[np.float64],
    is_held: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Projected gradient descent on the logistic loss, with Nesterov's momentum; the same input, the same result.

    What `is_held` stays as it is at the start.
    The step is one over the largest curvature that the loss can have. Source: Beck and Teboulle, "A fast
    iterative shrinkage-thresholding algorithm" (2009).
    """
    names = [field.name for field in fields(Evidence)]
    low = np.array([-np.inf if name in DOWN else 0.0 for name in names] + [-np.inf])
    high = np.array([0.0 if name in DOWN else np.inf for name in names] + [np.inf])
    low, high = np.where(is_held, start, low), np.where(is_held, start, high)
    penalty = np.full(start.size, 2 * PENALTY)
    penalty[-1] = 0.0
    step = 1 / (0.25 * np.linalg.norm(inputs * np.sqrt(counts)[:, None], 2) ** 2 + 2 * PENALTY)
    found = np.clip(start, low, high)
    ahead, momentum = found, 1.0
    for _ in range(STEPS):
        margins = sides * (inputs @ ahead)
        slope = -(counts * sides / (1 + np.exp(np.clip(margins, -500, 500)))) @ inputs + penalty * (ahead - start)
        following = np.clip(ahead - step * slope, low, high)
        if np.abs(following - found).max() < 1e-9:
            return np.asarray(following)
        next_momentum = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = following + (momentum - 1) / next_momentum * (following - found)
        found, momentum = following, next_momentum
    return found
