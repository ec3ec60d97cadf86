"""The results in the forms that other evaluators read: RAGAS's samples, TREC's judgments."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.datasets.dataset import GoldQuote
from eval.datasets.trec import qrels_lines
from eval.measures.evaluate import Evaluation
from eval.results import passages_of, write_lines

CONTEXTS = 5


def export(evaluation: Evaluation, forms: tuple[str, ...], folder: Path) -> None:
    """Writes `ragas.jsonl` or `qrels.trec` (beside the run that is always there) into `folder`."""
    if "ragas" in forms:
        write_lines(folder / "ragas.jsonl", ragas_samples(evaluation))
    if "trec" in forms:
        (folder / "qrels.trec").write_text("".join(qrels_lines(evaluation.dataset.qrels)), encoding="utf-8")


def ragas_samples(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """One sample a question under RAGAS's field names; texts of answers only where the dataset has them.

    Source: https://docs.ragas.io, `SingleTurnSample`; ids are those of documents, on both sides.
    """
    for question in evaluation.dataset.questions:
        passages = passages_of(evaluation, question.question_id)[:CONTEXTS]
        judged = evaluation.dataset.qrels.get(question.question_id, {})
        quotations = [quote.text for quote in question.quotes if isinstance(quote, GoldQuote)]
        relevant = sorted(document for document, relevance in judged.items() if relevance > 0)
        yield (
            {
                "user_input": question.text,
                "retrieved_contexts": [passage.text for passage in passages],
                "retrieved_context_ids": [passage.document for passage in passages],
            }
            | ({"reference": question.reference} if question.reference else {})
            | ({"reference_contexts": quotations} if quotations else {})
            | ({"reference_context_ids": relevant} if relevant else {})
        )
