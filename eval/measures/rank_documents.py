"""Documents ranked by their best passage, and the field's measures on that ranking."""

from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, Judged, Measure, R, Success, nDCG

from eval.systems.system import Found

MEASURES: tuple[Measure, ...] = (
    nDCG @ 10,
    R @ 1,
    R @ 5,
    R @ 10,
    R @ 50,
    RR @ 10,
    Success @ 1,
    Success @ 5,
    Judged @ 10,
)
JUDGED_ONLY = "nDCG(judged_only)@10"
"""nDCG@10 of the ranking from which unjudged documents were dropped first."""

Ranking = Sequence[tuple[str, float]]


def documents_of(found: Sequence[Found], *, with_copies: bool) -> list[tuple[str, float]]:
    """Document ids with the score of their best passage, best first.

    `with_copies` puts the documents in which the same text stands behind the one it was found in.
    """
    best: dict[str, float] = {}
    for passage in found:
        for document_id in (passage.document_id, *(passage.copies if with_copies else ())):
            best.setdefault(document_id, passage.score)
    return list(best.items())


def document_values(
    qrels: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Ranking]
) -> dict[str, dict[str, float]]:
    """The measures of each question of `qrels`; a question without a ranking scores zero.

    Relevance counts linearly in nDCG, as in trec_eval. The order of the ranking holds, whatever the scores.
    """
    values: dict[str, dict[str, float]] = {
        question: dict.fromkeys([*map(str, MEASURES), JUDGED_ONLY], 0.0) for question in qrels
    }
    judgments = [
        ir_measures.Qrel(question, document, relevance)
        for question, judged in qrels.items()
        for document, relevance in judged.items()
    ]
    for metric in ir_measures.iter_calc(list(MEASURES), judgments, _run(rankings, qrels, judged_only=False)):
        values[metric.query_id][str(metric.measure)] = float(metric.value)
    for metric in ir_measures.iter_calc([nDCG @ 10], judgments, _run(rankings, qrels, judged_only=True)):
        values[metric.query_id][JUDGED_ONLY] = float(metric.value)
    return values


def _run(
    rankings: Mapping[str, Ranking], qrels: Mapping[str, Mapping[str, int]], *, judged_only: bool
) -> list[ir_measures.ScoredDoc]:
    """The rankings with scores that fall by one, so that equal scores keep their order."""
    run = []
    for question, judged in qrels.items():
        documents = [document for document, _ in rankings.get(question, ())]
        if judged_only:
            documents = [document for document in documents if document in judged]
        run += [
            ir_measures.ScoredDoc(question, document, float(len(documents) - place))
            for place, document in enumerate(documents)
        ]
    return run
