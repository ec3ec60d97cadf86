"""The gate: fails where a measure drops below its committed baseline, or an invariant breaks."""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from eval.compare import LEVEL
from eval.datasets.dataset import Dataset
from eval.errors import ComparisonRefused, DatasetInvalid
from eval.measures.evaluate import Evaluation, tables
from eval.measures.uncertainty import bootstrap, randomisation_p

FORMAT = 1
GATED = (
    "nDCG@10",
    "R@1",
    "R@5",
    "passage-hit@1",
    "passage-hit@5",
    "passage-hit-2@1",
    "passage-hit-2@5",
    "token-recall@1000t",
    "containment@1000t",
    "answer-hit",
    "answer-recall",
)
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Setting:
    """On which collection, and how much was asked for; figures of two settings do not compare."""

    corpus_sha256: str
    passages: int
    per_document: int | None


class GatedSeparation(msgspec.Struct, frozen=True):
    """How well a signal separated all unanswerable questions, and the least that is still accepted."""

    signal: str
    auroc: float
    low: float


class GateFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is committed: what was measured on which collection, question by question."""

    format: int
    corpus_sha256: str
    dataset_sha256: str
    passages: int
    per_document: int | None
    means: dict[str, tuple[float, float, float]]
    """Mean, low and high of each measure over all questions."""
    values: dict[str, dict[str, float]]
    separations: tuple[GatedSeparation, ...]


def gate_of(evaluation: Evaluation, setting: Setting) -> GateFile:
    """The baseline that this evaluation makes."""
    return GateFile(
        format=FORMAT,
        corpus_sha256=setting.corpus_sha256,
        dataset_sha256=evaluation.dataset.sha256,
        passages=setting.passages,
        per_document=setting.per_document,
        means={
            one.measure: (
                round(one.interval.mean, _DIGITS),
                round(one.interval.low, _DIGITS),
                round(one.interval.high, _DIGITS),
            )
            for one in evaluation.means
            if one.subset == "all" and one.measure in GATED
        },
        values={
            question: {measure: round(row[measure], _DIGITS) for measure in GATED if measure in row}
            for question, row in evaluation.values.items()
        },
        separations=tuple(
            GatedSeparation(one.signal, round(one.auroc.mean, _DIGITS), round(one.auroc.low, _DIGITS))
            for one in evaluation.separations
            if one.category == "all" and one.signal == _gated_signal(evaluation)
        ),
    )


def _gated_signal(evaluation: Evaluation) -> str:
    """The service's own probability where it gives one, else the cosine."""
    signals = {one.signal for one in evaluation.separations}
    return "probability" if "probability" in signals else "best cosine"


def write_gate(path: Path, gate: GateFile) -> None:
    """Writes the baseline, for people to review as a diff."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(gate), indent=1) + b"\n")


def read_gate(path: Path) -> GateFile:
    """The committed baseline. Raises DatasetInvalid."""
    try:
        gate = msgspec.json.decode(path.read_bytes(), type=GateFile)
    except OSError as error:
        raise DatasetInvalid(f"{path} cannot be read ({error.strerror}); make it with --update-gate") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DatasetInvalid(f"{path} is no gate file ({error}); make it again with --update-gate") from error
    if gate.format != FORMAT:
        raise DatasetInvalid(f"{path} is of format {gate.format}, not {FORMAT}; make it again with --update-gate")
    return gate


def refuse_other(gate: GateFile, dataset: Dataset, setting: Setting) -> None:
    """Raises ComparisonRefused where the figures would be of another collection, question set or depth."""
    if gate.corpus_sha256 != setting.corpus_sha256:
        raise ComparisonRefused(
            f"the gate was made on the collection {gate.corpus_sha256[:12]}, the index holds "
            f"{setting.corpus_sha256[:12]}; ingest the same files, or make the gate again with --update-gate "
            "and review the difference"
        )
    asked = {question.question_id for question in dataset.questions}
    if gate.dataset_sha256 != dataset.sha256 or asked != set(gate.values):
        raise ComparisonRefused(
            "the gate was made on other questions (the file, --sample, --limit and --seed all count); "
            "use the same, or make the gate again with --update-gate"
        )
    if (gate.passages, gate.per_document) != (setting.passages, setting.per_document):
        raise ComparisonRefused(
            f"the gate was made with --top-k {gate.passages} and --max-per-document "
            f"{gate.per_document or 'not given'}; use the same"
        )


def failures(gate: GateFile, evaluation: Evaluation) -> list[str]:
    """One line for each measure that dropped by more than its interval allows.

    A measure fails when its mean is below the baseline's interval, or when the questions themselves show a
    drop: the interval of the paired difference lies below zero and p of the randomisation test below .05.
    """
    found = []
    means = {one.measure: one.interval.mean for one in evaluation.means if one.subset == "all"}
    for measure, (mean, low, _) in gate.means.items():
        if measure not in means:
            found.append(f"{measure} was not measured; its baseline is {mean:.3f}")
        elif round(means[measure], _DIGITS) < low:
            found.append(f"{measure} is {means[measure]:.3f}; its baseline is {mean:.3f}, at least {low:.3f}")
    for subset, measures, questions in tables(evaluation.dataset, evaluation.values):
        shared = [one for one in measures if one in gate.means] if subset == "all" else []
        if not shared:
            continue
        apart = np.array(
            [[evaluation.values[q][one] - gate.values[q].get(one, 0.0) for one in shared] for q in questions]
        )
        apart[np.abs(apart) <= 10**-_DIGITS] = 0.0
        intervals = bootstrap(apart, seed=evaluation.seed)
        ps = randomisation_p(apart, seed=evaluation.seed)
        for measure, interval, p in zip(shared, intervals, ps.tolist(), strict=True):
            if interval.high < 0 and p < LEVEL:
                found.append(
                    f"{measure} dropped by {-interval.mean:.3f} on the same questions "
                    f"({-interval.high:.3f} to {-interval.low:.3f}, p {p:.4f})"
                )
    aurocs = {one.signal: one.auroc.mean for one in evaluation.separations if one.category == "all"}
    found += [
        f"AUROC of {one.signal} is {aurocs.get(one.signal, 0.0):.3f}; its baseline is {one.auroc:.3f}, "
        f"at least {one.low:.3f}"
        for one in gate.separations
        if round(aurocs.get(one.signal, 0.0), _DIGITS) < one.low
    ]
    return found
