"""Answers against gold spans: how much of what is said is the known answer, and how much of it is said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.datasets.dataset import GoldSpan
from eval.datasets.document_names import DocumentNames
from eval.datasets.source_tokens import SourceTokens
from eval.measures.spans import merged, stands_in
from eval.measures.uncertainty import Interval, bootstrap, exact_bounds
from eval.systems.given_answer import Given


@dataclass(frozen=True, slots=True)
class AnswerQuality:
    """What the answers of one run are like, over questions.

    `precision` is the share of an answer's stretches that stand in the known answer, over the answers given to
    questions with gold spans; None where there is none or the index is not here. `misleading` is the share of
    answers with a stretch that misleads, over those given to questions with distractors; its interval is exact
    (Clopper and Pearson). `quotes` and `exact_quotes` count stretches; `characters` and `stretches` are medians
    with the 95th percentile.
    """

    answers: int
    quotes: int
    exact_quotes: int
    precision: Interval | None
    precision_answers: int
    misleading: Interval | None
    misleading_answers: int
    characters: tuple[float, float]
    stretches: tuple[float, float]


def answer_values(
    given: Given, gold: Sequence[GoldSpan], tokens: SourceTokens, names: DocumentNames, *, quoted: bool
) -> dict[str, float]:
    """`answer-hit`, `answer-recall` and, where there is an answer, `answer-precision` of one question.

    A stretch stands in the known answer where at least half of the shorter of the two does. A hit is an answer
    with at least one such stretch. Where the gold is `quoted`, each quote answers alone, and the recall is that of
    the one that is said best.
    """
    ranges = merged(gold)
    right = []
    said: dict[str, list[tuple[int, int]]] = {}
    for stretch in given.quotes:
        name = names.name(stretch.document_id)
        span = tokens.source_span(name, stretch.start_char, stretch.end_char)
        right.append(stands_in(span, ranges, quoted=quoted))
        said.setdefault(name, []).append((span.start_char, span.end_char))
    wholes = [{name: [place]} for name, places in ranges.items() for place in places] if quoted else [ranges]
    recall = max((_recall(whole, said, tokens) for whole in wholes), default=0.0)
    values = {"answer-hit": float(any(right)), "answer-recall": recall}
    return values | ({"answer-precision": sum(right) / len(right)} if right else {})


def misleads(
    given: Given,
    gold: Sequence[GoldSpan],
    distractors: Sequence[GoldSpan],
    tokens: SourceTokens,
    names: DocumentNames,
    *,
    quoted: bool,
) -> bool:
    """Whether a stretch of an answer stands in a distractor and not in the known answer."""
    answers, looks_alike = merged(gold), merged(distractors)
    for stretch in given.quotes:
        span = tokens.source_span(names.name(stretch.document_id), stretch.start_char, stretch.end_char)
        if stands_in(span, looks_alike, quoted=True) and not stands_in(span, answers, quoted=quoted):
            return True
    return False


def quality_of(
    given: Mapping[str, Given], precisions: Sequence[float], misled: Sequence[bool] = (), *, seed: int
) -> AnswerQuality | None:
    """The quality of all answers, None where none was given.

    `precisions` are of those that gold can judge, `misled` of those to questions with distractors.
    """
    answers = [one for one in given.values() if one.quotes]
    if not answers:
        return None
    quotes = [quoted for one in answers for quoted in one.quotes]
    table = np.array(precisions, dtype=np.float64).reshape(-1, 1)
    return AnswerQuality(
        answers=len(answers),
        quotes=len(quotes),
        exact_quotes=sum(quoted.is_exact for quoted in quotes),
        precision=bootstrap(table, seed=seed)[0] if precisions else None,
        precision_answers=len(precisions),
        misleading=Interval(sum(misled) / len(misled), *exact_bounds(sum(misled), len(misled)))
        if misled
        else None,
        misleading_answers=len(misled),
        characters=_middle_and_high([sum(len(quoted.text) for quoted in one.quotes) for one in answers]),
        stretches=_middle_and_high([len(one.quotes) for one in answers]),
    )


def _recall(
    ranges: Mapping[str, list[tuple[int, int]]], said: Mapping[str, list[tuple[int, int]]], tokens: SourceTokens
) -> float:
    wanted = common = 0
    for name, gold in ranges.items():
        places = tokens.places(name)
        have = np.zeros(places.size, dtype=np.bool_)
        for start, end in said.get(name, ()):
            have |= (places >= start) & (places < end)
        for start, end in gold:
            mask = (places >= start) & (places < end)
            wanted += int(mask.sum())
            common += int((mask & have).sum())
    return common / wanted if wanted else 0.0


def _middle_and_high(counts: Sequence[int]) -> tuple[float, float]:
    middle, high = np.percentile(np.array(counts, dtype=np.float64), [50, 95]).tolist()
    return middle, high
