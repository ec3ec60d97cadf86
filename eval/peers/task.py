"""What every system is given: passages of an ingest of ours, questions of a dataset; and what is right."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from eval.datasets.dataset import Dataset, GoldSpan, Span
from eval.datasets.document_names import DocumentNames, match_names
from eval.datasets.source_tokens import SourceTokens, gold_spans
from eval.embedded_text import embedded_text
from eval.errors import ComparisonRefused
from eval.measures.rank_documents import document_values
from eval.measures.spans import hit_values
from eval.opened import refuse_missing
from eval.systems.ingested import ingest_pages
from retriever.encoding.model_files import find_model
from retriever.index import Index

TOP_K = 10
_NDCG, _HIT = "nDCG@10", "passage-hit-2@5"


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a system's rankings are; None where the dataset does not say.

    `same` is the mean share of the reference's passages that stand among this system's, by their text.
    """

    ndcg: float | None
    passage_hit: float | None
    same: float | None


class RankingTask:
    """Passages and questions, and the judgments by which rankings of passage ids are measured."""

    def __init__(self, index: Index, dataset: Dataset) -> None:
        self.dataset = dataset
        self.passages: list[tuple[str, str]] = []
        self._places: dict[str, tuple[str, Span, int]] = {}
        names = match_names({one.document_id: one.source_path for one in index.documents}, dataset.judged)
        refuse_missing(dataset, names, allowed=False)
        for row in range(len(index.rows)):
            passage = index.passage(row)
            identifier = passage.passage_id
            name = names.name(passage.document_id)
            span = Span(name, passage.source_start_char, passage.source_end_char)
            self._places[identifier] = (name, span, int(index.first_same[row]))
            self.passages.append((identifier, embedded_text(index, row)))
        if not self.passages:
            raise ComparisonRefused("these pages hold no passage; give a folder with Markdown, text, HTML or PDF")
        self._gold = self._gold_of(index, names)
        self.documents = len(index.documents)

    def request(self, *, model: str, pages: Path, index_dir: Path) -> dict[str, Any]:
        """What `run_peer.py` reads."""
        return {
            "folders": {
                "model": str(find_model(model).path),
                "model_name": model,
                "pages": str(pages.resolve()),
                "index": str(index_dir),
            },
            "passages": self.passages,
            "questions": [question.text for question in self.dataset.questions],
            "top_k": TOP_K,
        }

    def quality(self, rankings: Sequence[Sequence[str]], reference: Sequence[Sequence[str]]) -> Quality:
        """Rankings, one for each question in order, against the judgments and against the reference's.

        Raises ComparisonRefused for a passage that was never given.
        """
        unknown = {identifier for ranking in rankings for identifier in ranking} - self._places.keys()
        if unknown:
            raise ComparisonRefused(
                f"{len(unknown)} of the passages that came back were never given; compare none"
            )
        ids = [question.question_id for question in self.dataset.questions]
        ranked = {
            question: [(name, 0.0) for name in dict.fromkeys(self._places[each][0] for each in ranking)]
            for question, ranking in zip(ids, rankings, strict=True)
        }
        measured = self.dataset.measured()
        qrels = {question: self.dataset.qrels[question] for question in ids if question in measured}
        ndcg = [values[_NDCG] for values in document_values(qrels, ranked).values()]
        hits = [
            hit_values([self._places[each][1] for each in ranking], self._gold[question], quoted=True)[_HIT]
            for question, ranking in zip(ids, rankings, strict=True)
            if question in self._gold
        ]
        same = [
            len(self._texts(ranking) & self._texts(wanted)) / len(self._texts(wanted))
            for ranking, wanted in zip(rankings, reference, strict=True)
            if wanted
        ]
        return Quality(
            ndcg=float(np.mean(ndcg)) if ndcg else None,
            passage_hit=float(np.mean(hits)) if hits else None,
            same=float(np.mean(same)) if same else None,
        )

    def _texts(self, ranking: Sequence[str]) -> set[int]:
        return {self._places[identifier][2] for identifier in ranking}

    def _gold_of(self, index: Index, names: DocumentNames) -> Mapping[str, tuple[GoldSpan, ...]]:
        return gold_spans(self.dataset, SourceTokens(index, names))


@contextmanager
def ingested(pages: Path, model: str) -> Iterator[Path]:
    """An index of these pages for as long as it is needed; the model is converted here if it was not before.

    Raises ComparisonRefused where the ingest fails.
    """
    with TemporaryDirectory(prefix="footnoted-peers-") as folder:
        ingest_pages(pages, Path(folder), model=model)
        yield Path(folder)
