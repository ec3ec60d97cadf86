"""Intervals and tests: what can be said of a mean over questions, and of a difference between two systems."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

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
    (1934), by the quantiles of the beta distribution.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError("there have to be trials, and not more successes than trials")
    low = betaincinv(successes, trials - successes + 1, _TAIL) if successes else 0.0
    high = betaincinv(successes + 1, trials - successes, 1 - _TAIL) if successes < trials else 1.0
    return float(low), float(high)
