"""How well a signal separates questions that the collection can answer from those that it cannot."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.datasets.dataset import Question
from eval.measures.uncertainty import RESAMPLES, Interval
from eval.systems.given_answer import Given
from eval.systems.system import Response

ACCEPTED = 0.95
NO_SCORE = -1.0
"""What a question without any passage counts: below every cosine and every probability."""


@dataclass(frozen=True, slots=True)
class Separation:
    """One signal on one category of unanswerable questions against all answerable ones.

    `auroc`: how often an answerable question scores higher, ties half. `rejected`: the share of unanswerable
    questions below the threshold that 95 % of the answerable ones reach.
    """

    signal: str
    category: str
    answerable: int
    unanswerable: int
    auroc: Interval
    rejected: Interval


def signals_of(response: Response, given: Given | None = None) -> dict[str, float]:
    """The scores of one response that could tell whether to answer; larger is likelier answerable."""
    cosines = [found.dense for found in response.found if found.dense is not None]
    words = [found.lexical for found in response.found if found.lexical is not None]
    signals = {"best cosine": max(cosines, default=NO_SCORE), "best BM25": max(words, default=NO_SCORE)}
    if given is not None:
        signals["probability"] = given.probability
    return signals


def separations(
    questions: tuple[Question, ...], signals: Mapping[str, Mapping[str, float]], *, seed: int
) -> list[Separation]:
    """Every signal that all questions have, on every category and on all of them together.

    `signals` maps question ids to scores. Empty where one of the two sides has no questions.
    """
    yes = [question.question_id for question in questions if question.answerable is True]
    no: dict[str, list[str]] = {}
    for question in questions:
        if question.answerable is False:
            for category in ("all", question.category or "other"):
                no.setdefault(category, []).append(question.question_id)
    if not yes or not no:
        return []
    asked = [*yes, *no["all"]]
    names = [name for name in signals[asked[0]] if all(name in signals[question] for question in asked)]
    found = []
    for name in names:
        accepted = np.array([signals[question][name] for question in yes])
        if np.all(accepted == NO_SCORE):
            continue
        for category, ids in sorted(no.items(), key=lambda item: (item[0] != "all", item[0])):
            declined = np.array([signals[question][name] for question in ids])
            auroc, rejected = _separation(accepted, declined, seed=seed)
            found.append(Separation(name, category, len(yes), len(ids), auroc, rejected))
    return found


def auroc(accepted: NDArray[np.float64], declined: NDArray[np.float64]) -> float:
    """How often a question that can be answered scores higher than one that cannot, ties half."""
    order = np.sort(accepted)
    below, not_above = np.searchsorted(order, declined), np.searchsorted(order, declined, side="right")
    return float((accepted.size - 0.5 * (below + not_above)).mean() / accepted.size)


def _separation(
    accepted: NDArray[np.float64], declined: NDArray[np.float64], *, seed: int
) -> tuple[Interval, Interval]:
    """AUROC and the share rejected, each with the percentile interval over resamples of both sides."""
    random = np.random.default_rng(seed)
    order, rising = np.sort(accepted), np.sort(declined)
    by_yes, by_no = np.argsort(accepted, kind="stable"), np.argsort(declined, kind="stable")
    # How many of the accepted lie below each of the declined, and how many below it or level with it.
    below, not_above = np.searchsorted(order, rising), np.searchsorted(order, rising, side="right")
    aurocs, shares = [], []
    for _ in range(RESAMPLES // 1_000):
        drawn_yes = random.multinomial(accepted.size, np.full(accepted.size, 1 / accepted.size), size=1_000)
        drawn_no = random.multinomial(declined.size, np.full(declined.size, 1 / declined.size), size=1_000)
        yes, no = _sums_before(drawn_yes[:, by_yes]), _sums_before(drawn_no[:, by_no])
        losses = 0.5 * (yes[:, below] + yes[:, not_above])
        aurocs.append(((accepted.size - losses) * np.diff(no, axis=1)).sum(axis=1))
        places = (yes[:, 1:] > accepted.size * (1 - ACCEPTED)).argmax(axis=1)
        rejected = np.searchsorted(rising, order[places])
        shares.append(np.take_along_axis(no, rejected[:, None], axis=1)[:, 0] / declined.size)
    threshold = order[int(np.floor(accepted.size * (1 - ACCEPTED)))]
    return (
        _interval(auroc(accepted, declined), np.concatenate(aurocs) / (accepted.size * declined.size)),
        _interval(float((declined < threshold).mean()), np.concatenate(shares)),
    )


def _sums_before(drawn: NDArray[np.int64]) -> NDArray[np.int64]:
    """The sum of each row (resamples, questions) before each place and, in a last column, of all of it."""
    return np.pad(drawn.cumsum(axis=1), ((0, 0), (1, 0)))


def _interval(mean: float, resampled: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Interval(mean, float(low), float(high))
