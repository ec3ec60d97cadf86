"""Intervals and tests: what can be said of a mean over questions, and of a difference between two systems."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
_TAIL = 0.025
_ROWS = 500
"""Resamples drawn at once: bounds the memory, and is part of what a seed means."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over questions and its 95 % interval."""

    mean: float
    low: float
    high: float


def bootstrap(values: NDArray[np.float64], *, seed: int) -> list[Interval]:
    """The mean of each column of `values` (questions, measures) with its percentile interval.

    Questions are drawn with replacement, all measures of a question together; equal inputs give equal results.
    Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
    """
    questions = values.shape[0]
    if questions == 0:
        raise ValueError("there is no question to take a mean over")
    random = np.random.default_rng(seed)
    means = np.concatenate(
        [
            random.multinomial(questions, np.full(questions, 1 / questions), size=_ROWS) @ values / questions
            for _ in range(RESAMPLES // _ROWS)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return [
        Interval(float(mean), float(one), float(other))
        for mean, one, other in zip(values.mean(axis=0), low, high, strict=True)
    ]


def randomisation_p(differences: NDArray[np.float64], *, seed: int) -> NDArray[np.float64]:
    """Two-sided p of each column of `differences` (questions, measures): how often signs drawn at random

    give a mean at least as far from zero. Never zero: the observed signs count as one draw.
    Source: Smucker, Allan and Carterette, "A comparison of statistical significance tests for information
    retrieval evaluation" (CIKM 2007).
    """
    random = np.random.default_rng(seed)
    observed = np.abs(differences.sum(axis=0))
    as_far = np.zeros(differences.shape[1])
    for _ in range(RESAMPLES // _ROWS):
        signs = random.integers(0, 2, size=(_ROWS, differences.shape[0])) * 2.0 - 1
        as_far += (np.abs(signs @ differences) >= observed - 1e-9).sum(axis=0)
    return np.asarray((as_far + 1) / (RESAMPLES + 1))


def exact_bounds(successes: int, trials: int) -> tuple[float, float]:
    """The exact 95 % interval of a share; never narrower than it should be, even for none of many.

    Source: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial"
    (1934). The tail is summed and the limit found by halving, to the twelfth digit.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError("there have to be trials, and not more successes than trials")
    low = 0.0 if successes == 0 else _where(lambda share: _at_least(successes, trials, share) > _TAIL)
    high = (
        1.0 if successes == trials else _where(lambda share: 1 - _at_least(successes + 1, trials, share) < _TAIL)
    )
    return low, high


def _at_least(successes: int, trials: int, share: float) -> float:
    """The probability of at least that many successes; by logarithms, since the factors leave a float's range."""
    return sum(
        exp(
            lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1)
            + k * log(share) + (trials - k) * log1p(-share)
        )
        for k in range(successes, trials + 1)
    )  # fmt: skip


def _where(holds: Callable[[float], bool]) -> float:
    """The share from which on `holds` is true."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
