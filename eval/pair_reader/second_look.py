"""Fits what a pair reader's logit counts beside the probability that the numbers of a retrieval give."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from eval.datasets.asked_queries import left_out_paths, query_of
from eval.datasets.dataset import Dataset
from eval.errors import ComparisonRefused
from retriever.abstention.answerability import Assessor, probability
from retriever.abstention.calibration import default_calibration
from retriever.abstention.evidence import EVIDENCE_HITS
from retriever.abstention.second_look import SLOPE, ZERO, is_open, may_raise
from retriever.answers.answer import Answerer
from retriever.answers.draft import Draft
from retriever.reading.pair_reader import PairReader
from retriever.retrieve import Retriever

PENALTY = 1e-4
FEWEST = 10
"""Questions of a side of a set from which on it counts as much as any other; below it counts by their number."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that its retrieval's numbers leave open: their `logit`, and the best of its quotes', `read`."""

    source: str
    answerable: bool
    logit: float
    read: float
    may_raise: bool


@dataclass(frozen=True, slots=True)
class Fitted:
    """`slope` and `zero`; the loss of the open questions without a second look, with the present one, with it."""

    slope: float
    zero: float
    questions: int
    before: float
    present: float
    after: float


def open_questions(
    retriever: Retriever,
    answerer: Answerer,
    reader: PairReader,
    dataset: Dataset,
    tick: Callable[[], None] = lambda: None,
) -> list[OpenQuestion]:
    """The labelled questions of a dataset that are open by the default calibration, with what was read."""
    calibration = default_calibration()
    assessor = Assessor(retriever.index, calibration)
    left_out = left_out_paths(dataset, retriever.index)
    found = []
    for question in dataset.questions:
        tick()
        if question.answerable is None:
            continue
        query = query_of(question.text, top_k=EVIDENCE_HITS, left_out=left_out)
        if query is None:
            continue
        retrieval = retriever.retrieve(query)
        if not retrieval.hits:
            continue
        evidence = assessor.evidence(query, retrieval)
        chance = probability(evidence, calibration.weights)
        read = Draft(answerer, reader, query, retrieval).read() if is_open(chance) else None
        if read is not None:
            logit = log(chance / (1 - chance))
            found.append(OpenQuestion(dataset.name, question.answerable, logit, read, may_raise(evidence)))
    return found


def fit(questions: Sequence[OpenQuestion]) -> Fitted:
    """The slope and the zero that make the labels most probable; all sets count alike, and both sides of each.

    Raises ComparisonRefused where a side has no question.
    """
    sides = Counter((one.source, one.answerable) for one in questions)
    if len({answerable for _, answerable in sides}) < 2:
        raise ComparisonRefused("open questions of both kinds are needed, answerable and not: add datasets")
    logits = np.array([one.logit for one in questions])
    read = np.array([one.read for one in questions])
    raises = np.array([one.may_raise for one in questions])
    labels = np.array([1.0 if one.answerable else -1.0 for one in questions])
    counts = np.array([1 / max(sides[one.source, one.answerable], FEWEST) for one in questions])
    counts /= counts.sum()

    def loss(values: NDArray[np.float64]) -> float:
        change = values[0] * (read - values[1])
        change = np.where(raises, change, np.minimum(change, 0.0))
        return float((counts * np.log1p(np.exp(-labels * (logits + change)))).sum() + PENALTY * values[0] ** 2)

    starts = (np.array([0.3, zero]) for zero in (-6.0, -3.0, 0.0))
    best = min(
        (minimize(loss, start, method="Nelder-Mead", bounds=((0, None), (None, None))) for start in starts),
        key=lambda one: float(one.fun),
    )
    slope, zero = (round(float(value), 3) for value in best.x)
    return Fitted(
        slope=slope,
        zero=zero,
        questions=len(questions),
        before=loss(np.array([0.0, 0.0])),
        present=loss(np.array([SLOPE, ZERO])),
        after=float(best.fun),
    )
