"""TREC run and judgment files: what other systems write and read."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from eval.datasets.lines import text_lines
from eval.errors import DatasetInvalid

TAG = "footnoted"
_COLUMNS = 6


def run_lines(rankings: Mapping[str, Sequence[tuple[str, float]]], *, tag: str = TAG) -> Iterable[str]:
    """The lines of a run file. Scores fall strictly, so that a reader that sorts by score keeps the order."""
    for question, ranking in rankings.items():
        previous = float("inf")
        for rank, (document, score) in enumerate(ranking, start=1):
            previous = min(score, previous - 1e-9)
            yield f"{question} Q0 {document} {rank} {previous:.9f} {tag}\n"


def qrels_lines(qrels: Mapping[str, Mapping[str, int]]) -> Iterable[str]:
    """The lines of a judgment file."""
    for question, judged in qrels.items():
        for document, relevance in judged.items():
            yield f"{question} 0 {document} {relevance}\n"


def read_run(path: Path) -> dict[str, list[tuple[str, float]]]:
    """The ranking of each question: by score, equal scores by rank. Raises DatasetInvalid."""
    found: dict[str, dict[str, tuple[float, int]]] = {}
    for number, line in text_lines(path):
        parts = line.split()
        if len(parts) != _COLUMNS:
            raise DatasetInvalid(
                f"{path}:{number}: {len(parts)} columns instead of 6; a TREC run has "
                "`query Q0 document rank score tag` on each line"
            )
        question, _, document, rank, score, _ = parts
        try:
            place = (float(score), int(rank))
        except ValueError as error:
            raise DatasetInvalid(f"{path}:{number}: rank or score is not a number; correct the line") from error
        ranking = found.setdefault(question, {})
        if document in ranking:
            raise DatasetInvalid(f"{path}:{number}: the document stands twice for this query; keep one line")
        ranking[document] = place
    return {
        question: [
            (document, score)
            for document, (score, _) in sorted(ranking.items(), key=lambda item: (-item[1][0], item[1][1]))
        ]
        for question, ranking in found.items()
    }
