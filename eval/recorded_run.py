"""Another system's results read from its files, measured as if it had been asked."""

from collections.abc import Mapping
from pathlib import Path

from eval.datasets.dataset import Dataset, Question
from eval.datasets.trec import read_run
from eval.errors import ComparisonRefused
from eval.results import PASSAGES, RUN, PassageLine, read_passages
from eval.systems.given_answer import Given
from eval.systems.system import Found, Response


class RecordedRun:
    """A TREC run, a `passages.jsonl`, or a folder with either."""

    def __init__(self, path: Path, dataset: Dataset) -> None:
        """Raises DatasetInvalid for a file that cannot be read, ComparisonRefused for other questions."""
        run = path / RUN if path.is_dir() else path
        passages = path / PASSAGES if path.is_dir() else path
        self._passages: Mapping[str, tuple[PassageLine, ...]] = {}
        self._rankings: Mapping[str, list[tuple[str, float]]] = {}
        if passages.suffix == ".jsonl" and passages.is_file():
            self._passages = read_passages(passages, dataset)
        if run.suffix != ".jsonl":
            self._rankings = read_run(run)
        asked = {question.question_id for question in dataset.questions}
        if not (self._passages.keys() | self._rankings.keys()) & asked:
            raise ComparisonRefused(f"{path} has none of the dataset's questions; give a run of the same dataset")
        self.source_paths: Mapping[str, str] = {}
        self.identity = {"run": path.name}

    def ask(self, question: Question, *, top_k: int, max_per_document: int | None) -> Response:
        """What the files hold for a question: documents where one passage of each is wanted, else passages."""
        question_id = question.question_id
        if max_per_document == 1 and self._rankings:
            found = [_document(name, score) for name, score in self._rankings.get(question_id, [])]
        else:
            found = [_passage(line) for line in self._passages.get(question_id, ())]
        return Response(tuple(found[:top_k]), 0.0, 0.0, 0.0)

    def answer(self, question: Question) -> Given | None:  # noqa: ARG002 - the seam's
        """Nothing: files of rankings hold no answers."""
        return None


def _document(name: str, score: float) -> Found:
    return Found(name, score, 0, 0, 0, 0, "")


def _passage(line: PassageLine) -> Found:
    return Found(
        line.document, line.score, line.start_char, line.end_char, 0, len(line.text), line.text, line.headings
    )
