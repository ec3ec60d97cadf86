"""One evaluation: every question asked once for documents and once for passages, then measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from eval.datasets.dataset import Dataset, GoldSpan, Span
from eval.datasets.document_names import DocumentNames
from eval.datasets.source_tokens import SourceTokens, distractor_spans, gold_spans
from eval.measures.abstention import Separation, separations, signals_of
from eval.measures.answer_values import AnswerQuality, answer_values, misleads, quality_of
from eval.measures.decisions import Decisions, decisions_of
from eval.measures.rank_documents import document_values, documents_of
from eval.measures.spans import hit_values, token_values
from eval.measures.uncertainty import Interval, bootstrap
from eval.systems.given_answer import Given
from eval.systems.system import Response, System

ALL = "all"
UNCAPPED = " uncapped"
"""Marks the passage measures of a search that may take any number of passages of one document."""
ANY_NUMBER = 50
Values = Mapping[str, Mapping[str, float]]
"""The value of each measure of each question; a measure that does not apply to a question is left out."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is asked for. `documents` distinct documents; `passages` passages, at most `per_document`

    of one document (None: as many as the system gives by default). `with_copies` counts the documents that a
    passage names as holding the same text as retrieved too.
    """

    documents: int = 50
    passages: int = 20
    per_document: int | None = None
    with_copies: bool = False


@dataclass(frozen=True, slots=True)
class Collected:
    """What a system returned for one question: ranked documents by the dataset's names, and passages.

    `uncapped` is the response without a limit on one document's passages; None where it was not asked for.
    `given` is the decision and the answer, None where the system has none.
    """

    documents: tuple[tuple[str, float], ...]
    response: Response
    uncapped: Response | None
    given: Given | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure over one set of questions."""

    measure: str
    subset: str
    questions: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A system on a dataset: what came back for each question, every value, and the means."""

    dataset: Dataset
    identity: Mapping[str, str]
    names: DocumentNames
    gold: Mapping[str, tuple[GoldSpan, ...]]
    collected: Mapping[str, Collected]
    values: Values
    means: tuple[Measured, ...]
    separations: tuple[Separation, ...]
    seed: int
    quality: AnswerQuality | None = None
    decisions: Decisions | None = None

    @property
    def given(self) -> Mapping[str, Given]:
        """What was answered to each question, where the system answers."""
        return {key: one.given for key, one in self.collected.items() if one.given is not None}


def collect(
    dataset: Dataset, system: System, names: DocumentNames, depth: Depth, *, tick: Callable[[], None]
) -> dict[str, Collected]:
    """Asks every question; `tick` is called after each. Only questions with gold are asked without a cap."""
    collected = {}
    golden = dataset.quoted | dataset.spans.keys()
    relevant = dataset.measured()
    for question in dataset.questions:
        documents: tuple[tuple[str, float], ...] = ()
        if question.question_id in relevant:
            found = system.ask(question, top_k=depth.documents, max_per_document=1).found
            documents = tuple(
                (names.name(document_id), score)
                for document_id, score in documents_of(found, with_copies=depth.with_copies)
            )
        response = system.ask(question, top_k=depth.passages, max_per_document=depth.per_document)
        uncapped = None
        if depth.per_document is None and question.question_id in golden:
            uncapped = system.ask(question, top_k=depth.passages, max_per_document=ANY_NUMBER)
        collected[question.question_id] = Collected(documents, response, uncapped, system.answer(question))
        tick()
    return collected


def evaluate(
    dataset: Dataset,
    system: System,
    names: DocumentNames,
    *,
    tokens: SourceTokens | None,
    depth: Depth,
    seed: int,
    tick: Callable[[], None] = lambda: None,
) -> Evaluation:
    """Asks and measures. Without `tokens` there are no token measures and no quotations.

    Raises DatasetInvalid for a quotation that is not in its page, and what asking raises.
    """
    gold, distractors = gold_spans(dataset, tokens), distractor_spans(dataset, tokens)
    collected = collect(dataset, system, names, depth, tick=tick)
    relevant = dataset.measured()
    qrels = {question: judged for question, judged in dataset.qrels.items() if question in relevant}
    values: dict[str, dict[str, float]] = {question.question_id: {} for question in dataset.questions}
    for question_id, found in document_values(
        qrels, {question_id: collected[question_id].documents for question_id in qrels}
    ).items():
        values[question_id] |= found
    for question_id, golden in gold.items():
        one = collected[question_id]
        for response, suffix in ((one.response, ""), (one.uncapped, UNCAPPED)):
            if response is None:
                continue
            spans = spans_of(response, names)
            found = hit_values(spans, golden, quoted=question_id in dataset.quoted)
            if tokens is not None:
                found |= token_values(spans, golden, tokens.places)
            values[question_id] |= {f"{measure}{suffix}": value for measure, value in found.items()}
    given = {key: one.given for key, one in collected.items() if one.given is not None}
    precisions: list[float] = []
    misled: list[bool] = []
    if given and tokens is not None:
        precisions = _answer_values(values, dataset, gold, given, tokens, names)
        misled = [
            misleads(given[one], gold.get(one, ()), spans, tokens, names, quoted=one in dataset.quoted)
            for one, spans in distractors.items()
            if one in given and given[one].quotes
        ]
    signals = {question_id: signals_of(each.response, each.given) for question_id, each in collected.items()}
    return Evaluation(
        dataset=dataset,
        identity=system.identity,
        names=names,
        gold=gold,
        collected=collected,
        values=values,
        means=tuple(means_of(dataset, values, seed=seed)),
        separations=tuple(separations(dataset.questions, signals, seed=seed)),
        seed=seed,
        quality=quality_of(given, precisions, misled, seed=seed),
        decisions=decisions_of(dataset.questions, given, seed=seed),
    )


def _answer_values(
    values: Mapping[str, dict[str, float]],
    dataset: Dataset,
    gold: Mapping[str, tuple[GoldSpan, ...]],
    given: Mapping[str, Given],
    tokens: SourceTokens,
    names: DocumentNames,
) -> list[float]:
    """Adds the values of answers to questions with gold spans; gives the precision of each answer that there is.

    A precision is no value of its question: an abstention has none, and two runs abstain on different questions.
    """
    precisions = []
    for question_id, golden in gold.items():
        found = {"answer-hit": 0.0, "answer-recall": 0.0}
        if question_id in given:
            found = answer_values(given[question_id], golden, tokens, names, quoted=question_id in dataset.quoted)
        if "answer-precision" in found:
            precisions.append(found.pop("answer-precision"))
        values[question_id] |= found
    return precisions


def spans_of(response: Response, names: DocumentNames) -> list[Span]:
    """The passages of a response as spans of source files, documents by the dataset's names."""
    return [
        Span(names.name(found.document_id), found.source_start_char, found.source_end_char)
        for found in response.found
    ]


def means_of(dataset: Dataset, values: Values, *, seed: int) -> list[Measured]:
    """Every measure with its interval, over all questions and over each subset."""
    found = []
    for subset, measures, questions in tables(dataset, values):
        table = np.array([[values[question][measure] for measure in measures] for question in questions])
        for measure, interval in zip(measures, bootstrap(table, seed=seed), strict=True):
            found.append(Measured(measure, subset, len(questions), interval))
    return found


def tables(dataset: Dataset, values: Values) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Sets of questions with the measures that all of them have: subset, measures, question ids.

    Measures that apply to the same questions of a subset stand in one table, so that a resample draws
    them together.
    """
    subsets: dict[str, list[str]] = {}
    for question in dataset.questions:
        for subset in (ALL, *question.subsets):
            subsets.setdefault(subset, []).append(question.question_id)
    found = []
    for subset, members in subsets.items():
        by_questions: dict[tuple[str, ...], list[str]] = {}
        measures = dict.fromkeys(measure for question in members for measure in values[question])
        for measure in measures:
            asked = tuple(question for question in members if measure in values[question])
            by_questions.setdefault(asked, []).append(measure)
        found += [(subset, tuple(group), asked) for asked, group in by_questions.items()]
    return found
