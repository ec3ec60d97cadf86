"""The files of one evaluation: what a later one compares with, what other tools read. Equal runs, equal bytes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import msgspec

from eval.datasets.dataset import Dataset
from eval.datasets.lines import objects
from eval.datasets.trec import read_run, run_lines
from eval.measures.evaluate import Evaluation, Measured

SUMMARY, PER_QUERY, PASSAGES, RUN, TIMINGS = (
    "summary.json",
    "per_query.jsonl",
    "passages.jsonl",
    "run.trec",
    "timings.jsonl",
)
_DIGITS = 6


class PassageLine(msgspec.Struct, frozen=True, kw_only=True):
    """One passage in `passages.jsonl`; offsets are those of the source file."""

    document: str
    start_char: int
    end_char: int
    score: float
    headings: tuple[str, ...] = ()
    text: str = ""


class QuestionPassages(msgspec.Struct, frozen=True):
    """One line of `passages.jsonl`: the passages of a question, best first."""

    id: str
    passages: tuple[PassageLine, ...]


class QuestionValues(msgspec.Struct, frozen=True):
    """One line of `per_query.jsonl`."""

    id: str
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Baseline:
    """Another run on the same questions. `passages` is empty for a run that has only documents."""

    name: str
    values: Mapping[str, Mapping[str, float]]
    documents: Mapping[str, tuple[str, ...]]
    passages: Mapping[str, tuple[PassageLine, ...]]


def summary_of(evaluation: Evaluation) -> dict[str, Any]:
    """The means, their intervals and what they were measured on, as plain values."""
    dataset = evaluation.dataset
    return {
        "dataset": {
            "name": dataset.name,
            "sha256": dataset.sha256,
            "questions": len(dataset.questions),
            "measured_on_documents": len(dataset.measured()),
            "measured_on_spans": len(evaluation.gold),
            "judged_documents_missing": len(evaluation.names.missing),
            "refused_questions": sum(one.response.refused for one in evaluation.collected.values()),
        },
        "system": dict(evaluation.identity),
        "seed": evaluation.seed,
        "measures": [measure_row(one) for one in evaluation.means],
        "abstention": [
            {
                "signal": one.signal,
                "category": one.category,
                "answerable": one.answerable,
                "unanswerable": one.unanswerable,
                "auroc": rounded(one.auroc.mean),
                "auroc_low": rounded(one.auroc.low),
                "auroc_high": rounded(one.auroc.high),
                "rejected_at_95": rounded(one.rejected.mean),
                "rejected_low": rounded(one.rejected.low),
                "rejected_high": rounded(one.rejected.high),
            }
            for one in evaluation.separations
        ],
        "answers": None if evaluation.quality is None else plain(evaluation.quality),
        "decisions": None if evaluation.decisions is None else plain(evaluation.decisions),
    }


def plain(value: Any) -> Any:
    """A dataclass as plain values, numbers as files hold them."""
    if isinstance(value, float):
        return rounded(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def measure_row(one: Measured) -> dict[str, Any]:
    """One measure as plain values."""
    return {
        "measure": one.measure,
        "subset": one.subset,
        "questions": one.questions,
        "mean": rounded(one.interval.mean),
        "low": rounded(one.interval.low),
        "high": rounded(one.interval.high),
    }


def write_results(folder: Path, evaluation: Evaluation, extra: Mapping[str, Any]) -> None:
    """Writes the files into `folder`, making it; `extra` joins the summary. Times stand in a file of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = summary_of(evaluation) | dict(extra)
    (folder / SUMMARY).write_bytes(msgspec.json.format(msgspec.json.encode(summary), indent=1) + b"\n")
    write_lines(folder / PER_QUERY, [QuestionValues(key, _round(row)) for key, row in evaluation.values.items()])
    write_lines(
        folder / PASSAGES, [QuestionPassages(key, passages_of(evaluation, key)) for key in evaluation.values]
    )
    rankings = {key: one.documents for key, one in evaluation.collected.items() if one.documents}
    (folder / RUN).write_text("".join(run_lines(rankings)), encoding="utf-8")
    write_lines(
        folder / TIMINGS,
        [
            {
                "id": key,
                "encode_ms": round(one.response.encode_ms, 3),
                "search_ms": round(one.response.search_ms, 3),
                "total_ms": round(one.response.total_ms, 3),
            }
            for key, one in evaluation.collected.items()
        ],
    )


def passages_of(evaluation: Evaluation, question: str) -> tuple[PassageLine, ...]:
    """The passages of a question as `passages.jsonl` has them."""
    return tuple(
        PassageLine(
            document=evaluation.names.name(found.document_id),
            start_char=found.source_start_char,
            end_char=found.source_end_char,
            score=rounded(found.score),
            headings=found.headings,
            text=found.text,
        )
        for found in evaluation.collected[question].response.found
    )


def read_passages(path: Path, dataset: Dataset) -> dict[str, tuple[PassageLine, ...]]:
    """The passages of each question out of a `passages.jsonl`. Raises DatasetInvalid."""
    wanted = {question.question_id for question in dataset.questions}
    return {line.id: line.passages for _, line in objects(path, QuestionPassages) if line.id in wanted}


def read_values(path: Path) -> dict[str, dict[str, float]]:
    """The values of each question out of a `per_query.jsonl`. Raises DatasetInvalid."""
    return {line.id: line.values for _, line in objects(path, QuestionValues)}


def read_rankings(path: Path) -> dict[str, tuple[str, ...]]:
    """The documents of each question out of a run file, best first. Raises DatasetInvalid."""
    return {key: tuple(document for document, _ in ranking) for key, ranking in read_run(path).items()}


def write_lines(path: Path, lines: Iterable[object]) -> None:
    """Writes one JSON object a line."""
    path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def rounded(value: float) -> float:
    """The value as files hold it; beyond that place lies the machine's own rounding."""
    return round(value, _DIGITS)


def _round(row: Mapping[str, float]) -> dict[str, float]:
    return {measure: rounded(value) for measure, value in row.items()}
