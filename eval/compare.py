"""Two runs on the same questions: differences with intervals, a paired test, and a careful verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from eval.datasets.dataset import Dataset
from eval.datasets.trec import read_run
from eval.errors import ComparisonRefused
from eval.measures.evaluate import Evaluation, tables
from eval.measures.rank_documents import document_values
from eval.measures.uncertainty import Interval, bootstrap, randomisation_p
from eval.results import PASSAGES, PER_QUERY, RUN, Baseline, read_passages, read_rankings, read_values

LEVEL = 0.05
SAME = 1e-5
"""Values nearer than this are the same: files hold six digits."""


class Verdict(StrEnum):
    """What may be said of a difference."""

    BETTER = "better"
    WORSE = "worse"
    NOISE = "within noise"
    SAME = "no difference"


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of this run less the baseline's. `p` is of the paired randomisation test.

    `wins` and `losses` count questions. The verdict is better or worse only where p is below .05 and the interval
    leaves zero out, and `no difference` where no question has another value.
    """

    measure: str
    subset: str
    questions: int
    baseline: float
    interval: Interval
    p: float
    wins: int
    losses: int

    @property
    def verdict(self) -> Verdict:
        """Better or worse only where both the test and the interval say so."""
        if not self.wins + self.losses:
            return Verdict.SAME
        if self.p >= LEVEL or self.interval.low <= 0 <= self.interval.high:
            return Verdict.NOISE
        return Verdict.BETTER if self.interval.mean > 0 else Verdict.WORSE


def read_baseline(path: Path, dataset: Dataset) -> Baseline:
    """A folder that `footnoted eval --out` wrote, or a TREC run. A question that a run lacks scores zero there.

    Raises DatasetInvalid, and ComparisonRefused for a run of other questions.
    """
    relevant = dataset.measured()
    if path.is_dir():
        values: Mapping[str, Mapping[str, float]] = read_values(path / PER_QUERY)
        documents = read_rankings(path / RUN)
        passages = read_passages(path / PASSAGES, dataset)
        known = set(values)
    else:
        rankings = read_run(path)
        qrels = {question: judged for question, judged in dataset.qrels.items() if question in relevant}
        values = document_values(qrels, rankings)
        documents = {question: tuple(name for name, _ in ranking) for question, ranking in rankings.items()}
        passages, known = {}, set(rankings)
    if not known & {question.question_id for question in dataset.questions}:
        raise ComparisonRefused(f"{path} has none of the dataset's questions; give a run of the same dataset")
    return Baseline(path.name, values, documents, passages)


def differences(evaluation: Evaluation, baseline: Baseline) -> list[Difference]:
    """Every measure that both runs have. Raises ComparisonRefused where they share none."""
    found = []
    for subset, measures, questions in tables(evaluation.dataset, evaluation.values):
        shared = tuple(one for one in measures if any(one in baseline.values.get(q, {}) for q in questions))
        if not shared:
            continue
        ours = np.array([[evaluation.values[q][one] for one in shared] for q in questions])
        theirs = np.array([[baseline.values.get(q, {}).get(one, 0.0) for one in shared] for q in questions])
        apart = ours - theirs
        apart[np.abs(apart) < SAME] = 0.0
        intervals = bootstrap(apart, seed=evaluation.seed)
        ps = randomisation_p(apart, seed=evaluation.seed)
        for place, measure in enumerate(shared):
            found.append(
                Difference(
                    measure=measure,
                    subset=subset,
                    questions=len(questions),
                    baseline=float(theirs[:, place].mean()),
                    interval=intervals[place],
                    p=float(ps[place]),
                    wins=int(np.count_nonzero(apart[:, place] > 0)),
                    losses=int(np.count_nonzero(apart[:, place] < 0)),
                )
            )
    if not found:
        raise ComparisonRefused(
            f"{baseline.name} and this run have no measure in common; give a run of this dataset"
        )
    return found
