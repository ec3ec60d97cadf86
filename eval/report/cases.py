"""Questions that a reader has to see: decided wrongly, answered beside the point, won, lost and missed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.compare import SAME, Difference
from eval.datasets.dataset import Question
from eval.datasets.source_tokens import SourceTokens
from eval.measures.evaluate import Evaluation
from eval.report.headline import meaning
from eval.report.marks import MarkedPassage, marked
from eval.results import Baseline, passages_of

SHOWN = 5
MOST_QUESTIONS = 60
"""How many questions each list shows; the page says how many there are."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the evaluation is held against."""

    baseline: Baseline
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Case:
    """One question with what was returned for it, and what a baseline returned where it is held against one.

    `value` is a measure, or the probability that the collection answers the question. `answer` is the text that
    was given; it is empty where no sentence could be quoted, and None where none was given or it is not shown.
    """

    question_id: str
    text: str
    value: float
    baseline: float | None
    answer: str | None
    rank: int | None
    baseline_rank: int | None
    ours: tuple[MarkedPassage, ...]
    theirs: tuple[MarkedPassage, ...]


@dataclass(frozen=True, slots=True)
class CaseList:
    """Questions under one heading, the clearest first; `total` counts those that are not shown too."""

    anchor: str
    title: str
    explanation: str
    total: int
    cases: tuple[Case, ...]


def mistakes(evaluation: Evaluation, tokens: SourceTokens | None) -> list[CaseList]:
    """The questions that were decided or answered wrongly; nothing where the system does not decide."""
    given = evaluation.given
    if not given:
        return []
    measured = evaluation.dataset.measured()
    refused = [
        one
        for one in evaluation.dataset.questions
        if (one.question_id in measured if one.answerable is None else one.answerable)
        and not _is_answered(evaluation, one)
    ]
    false = [
        one for one in evaluation.dataset.questions if one.answerable is False and _is_answered(evaluation, one)
    ]
    beside = [
        one
        for one in evaluation.dataset.questions
        if _is_answered(evaluation, one) and evaluation.values[one.question_id].get("answer-hit") == 0
    ]
    lists = [("refused", "Refused", "The pages answer these questions, and none of them got an answer", refused)]
    if any(one.answerable is False for one in evaluation.dataset.questions):
        explanation = "The pages do not answer these questions, and each got an answer"
        lists.append(("false", "Answered falsely", explanation, false))
    if any("answer-hit" in row for row in evaluation.values.values()):
        lists.append(("beside", "Beside the point", "Answered, and no quote stands in the known answer", beside))
    return [
        CaseList(
            anchor,
            title,
            f"{explanation}. The number is the probability that the pages answer it",
            len(questions),
            tuple(_decided(evaluation, tokens, one) for one in _surest(evaluation, questions)[:MOST_QUESTIONS]),
        )
        for anchor, title, explanation, questions in lists
    ]


def ranked(
    evaluation: Evaluation, against: Comparison | None, tokens: SourceTokens | None, measure: str | None
) -> list[CaseList]:
    """The questions whose `measure` is zero, and with a baseline those where it is higher or lower than there."""
    if measure is None:
        return []
    asked = [question for question, row in evaluation.values.items() if measure in row]
    missed = sorted(question for question in asked if evaluation.values[question][measure] < SAME)
    lists = [("missed", "Missed", f"{measure} is zero", missed)]
    if against is not None:
        apart = {
            question: evaluation.values[question][measure] - against.baseline.values[question][measure]
            for question in asked
            if measure in against.baseline.values.get(question, {})
        }
        won = sorted((one for one in apart if apart[one] > SAME), key=lambda one: (-apart[one], one))
        lost = sorted((one for one in apart if apart[one] < -SAME), key=lambda one: (apart[one], one))
        name = against.baseline.name
        lists = [
            ("won", "Won", f"{measure} is higher than with “{name}”", won),
            ("lost", "Lost", f"{measure} is lower than with “{name}”", lost),
            *lists,
        ]
    return [
        CaseList(
            anchor,
            title,
            f"{explanation} ({meaning(measure)})",
            len(questions),
            tuple(_case(evaluation, against, tokens, measure, one) for one in questions[:MOST_QUESTIONS]),
        )
        for anchor, title, explanation, questions in lists
    ]


def _is_answered(evaluation: Evaluation, question: Question) -> bool:
    given = evaluation.given.get(question.question_id)
    return given is not None and given.decided


def _surest(evaluation: Evaluation, questions: Iterable[Question]) -> list[Question]:
    return sorted(questions, key=lambda one: (-_probability(evaluation, one), one.question_id))


def _probability(evaluation: Evaluation, question: Question) -> float:
    given = evaluation.given.get(question.question_id)
    return 0.0 if given is None else given.probability


def _decided(evaluation: Evaluation, tokens: SourceTokens | None, question: Question) -> Case:
    key = question.question_id
    judged = evaluation.dataset.qrels.get(key, {})
    return Case(
        question_id=key,
        text=question.text,
        value=_probability(evaluation, question),
        baseline=None,
        answer=evaluation.given[key].text if _is_answered(evaluation, question) else None,
        rank=_first_rank([name for name, _ in evaluation.collected[key].documents], judged),
        baseline_rank=None,
        ours=tuple(marked(passages_of(evaluation, key)[:SHOWN], evaluation.gold.get(key, ()), judged, tokens)),
        theirs=(),
    )


def _case(
    evaluation: Evaluation,
    against: Comparison | None,
    tokens: SourceTokens | None,
    measure: str,
    question_id: str,
) -> Case:
    judged = evaluation.dataset.qrels.get(question_id, {})
    gold = evaluation.gold.get(question_id, ())
    texts = {question.question_id: question.text for question in evaluation.dataset.questions}
    theirs = () if against is None else against.baseline.passages.get(question_id, ())
    ranked_there = () if against is None else against.baseline.documents.get(question_id, ())
    before = None if against is None else against.baseline.values.get(question_id, {}).get(measure)
    return Case(
        question_id=question_id,
        text=texts[question_id],
        value=evaluation.values[question_id][measure],
        baseline=before,
        answer=None,
        rank=_first_rank([name for name, _ in evaluation.collected[question_id].documents], judged),
        baseline_rank=_first_rank(ranked_there, judged),
        ours=tuple(marked(passages_of(evaluation, question_id)[:SHOWN], gold, judged, tokens)),
        theirs=tuple(marked(theirs[:SHOWN], gold, judged, tokens)),
    )


def _first_rank(documents: Sequence[str], judged: Mapping[str, int]) -> int | None:
    return next((rank for rank, name in enumerate(documents, start=1) if judged.get(name, 0) > 0), None)
