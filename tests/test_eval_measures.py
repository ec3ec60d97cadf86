"""Measures, intervals and tests: the arithmetic is spelt out, or done again the slow way."""

from itertools import product

import numpy as np
import pytest

from eval.compare import Difference, Verdict
from eval.datasets.dataset import GoldSpan, Question, Span
from eval.measures.abstention import separations, signals_of
from eval.measures.rank_documents import document_values, documents_of
from eval.measures.spans import hit_values, token_values
from eval.measures.uncertainty import Interval, bootstrap, randomisation_p
from eval.report.charts import histogram
from eval.systems.system import Found, Response

GOLD = [GoldSpan("x", 100, 200)]


def found(document: str, score: float = 1.0, copies: tuple[str, ...] = ()) -> Found:
    """A passage of which only the document counts."""
    return Found(document, score, 0, 10, 0, 10, "text", copies=copies)


def test_a_document_ranks_by_its_best_passage() -> None:
    passages = [found("b", 0.9), found("a", 0.8), found("b", 0.1)]
    assert documents_of(passages, with_copies=False) == [("b", 0.9), ("a", 0.8)]


def test_copies_follow_the_document_they_were_found_in_only_when_asked() -> None:
    passages = [found("b", 0.9, ("c",)), found("a", 0.8)]
    assert [name for name, _ in documents_of(passages, with_copies=True)] == ["b", "c", "a"]
    assert [name for name, _ in documents_of(passages, with_copies=False)] == ["b", "a"]


def test_document_measures_follow_their_definitions() -> None:
    qrels = {"q": {"a": 1, "b": 2, "c": 0}}
    values = document_values(qrels, {"q": [("z", 9.0), ("b", 8.0), ("c", 7.0)]})["q"]
    ideal = 2 / np.log2(2) + 1 / np.log2(3)
    assert values["nDCG@10"] == pytest.approx(2 / np.log2(3) / ideal)
    assert values["nDCG(judged_only)@10"] == pytest.approx(2 / np.log2(2) / ideal)
    assert values["R@5"] == 1 / 2
    assert values["RR@10"] == 1 / 2
    assert values["Success@1"] == 0
    assert values["Judged@10"] == pytest.approx(2 / 3)


def test_a_missing_question_scores_zero() -> None:
    values = document_values({"q": {"a": 1}, "r": {"a": 1}}, {"q": [("a", 1.0)]})
    assert values["q"]["nDCG@10"] == 1
    assert set(values["r"].values()) == {0.0}


def test_equal_scores_keep_the_order_of_the_ranking() -> None:
    ranking = [(name, 1.0) for name in "cab"]
    assert document_values({"q": {"c": 1}}, {"q": ranking})["q"]["Success@1"] == 1
    assert document_values({"q": {"b": 1}}, {"q": ranking})["q"]["RR@10"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("span", "hit"),
    [
        (Span("x", 150, 250), 1.0),  # 50 of 100 characters lie inside
        (Span("x", 151, 251), 0.0),  # 49 of 100
        (Span("y", 100, 200), 0.0),  # another document
        (Span("x", 0, 1000), 0.0),  # all of the answer, but a tenth of the passage
        (Span("x", 120, 130), 1.0),  # a small passage, wholly inside
    ],
)
def test_a_passage_is_a_hit_when_half_of_it_lies_inside_the_gold(span: Span, hit: float) -> None:
    assert hit_values([span], GOLD, quoted=False)["passage-hit@1"] == hit


def test_the_second_form_takes_long_passages_by_the_answer_they_hold() -> None:
    values = hit_values([Span("x", 0, 1000)], GOLD, quoted=False)
    assert (values["passage-hit@1"], values["passage-hit-2@1"]) == (0.0, 1.0)


def test_a_hit_counts_from_its_rank_on() -> None:
    values = hit_values([Span("y", 0, 9), Span("y", 9, 18), Span("x", 120, 130)], GOLD, quoted=False)
    assert [values[f"passage-hit@{cutoff}"] for cutoff in (1, 3, 5)] == [0.0, 1.0, 1.0]


def test_touching_gold_spans_count_as_one() -> None:
    gold = [GoldSpan("x", 0, 50), GoldSpan("x", 50, 100), GoldSpan("x", 40, 60)]
    assert hit_values([Span("x", 25, 100)], gold, quoted=False)["passage-hit@1"] == 1


def test_a_sentence_is_scored_by_the_second_form_alone() -> None:
    assert "passage-hit@1" not in hit_values([Span("x", 0, 1000)], GOLD, quoted=True)


@pytest.mark.parametrize(
    ("passage", "hit"),
    [
        (Span("x", 0, 60), 1.0),  # holds all 20 characters of the short quote
        (Span("x", 11, 60), 0.0),  # and 9 of them
        (Span("y", 100, 190), 1.0),  # stands in the long one whole
        (Span("y", 155, 400), 0.0),  # holds 45 of its 200 characters
        (Span("z", 0, 60), 0.0),
    ],
)
def test_each_of_several_quotes_answers_alone(passage: Span, hit: float) -> None:
    quotes = [GoldSpan("x", 0, 20), GoldSpan("y", 0, 200)]
    assert hit_values([passage], quotes, quoted=True)["passage-hit-2@1"] == hit


def test_gold_spans_that_are_no_quotes_are_one_answer_together() -> None:
    # half of the shorter of 60 and the longest, 200, is 30; 20 lie inside
    assert (
        hit_values([Span("x", 0, 60)], [GoldSpan("x", 0, 20), GoldSpan("y", 0, 200)], quoted=False)[
            "passage-hit-2@1"
        ]
        == 0.0
    )


def places(document: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.int64]]":
    """A token at every tenth character of one document."""
    return np.arange(0, 1000, 10, dtype=np.int64) if document == "x" else np.zeros(0, dtype=np.int64)


def test_tokens_are_counted_in_the_source_once_and_up_to_the_budget() -> None:
    passages = [Span("x", 90, 150), Span("x", 100, 150), Span("x", 500, 900)]
    values = token_values(passages, GOLD, places, budget=10)
    # 6 tokens of the first (90 to 140), none new in the second, 4 of the third; the gold has 10 (100 to 190)
    assert values["token-recall@10t"] == 5 / 10
    assert values["token-precision@10t"] == 5 / 10
    assert values["token-IoU@10t"] == 5 / 15
    assert values["containment@10t"] == 0


def test_a_gold_span_is_contained_when_passages_together_hold_it() -> None:
    halves = [Span("x", 100, 150), Span("x", 150, 200)]
    assert token_values(halves, GOLD, places)["containment@1000t"] == 1
    assert token_values(halves[:1], GOLD, places)["containment@1000t"] == 0


def test_the_bootstrap_interval_is_that_of_the_mean() -> None:
    values = np.repeat([0.0, 1.0], 200).reshape(-1, 1)
    interval = bootstrap(values, seed=7)[0]
    assert interval.mean == 0.5
    assert interval.low == pytest.approx(0.5 - 1.96 * 0.5 / np.sqrt(400), abs=0.004)
    assert interval.high == pytest.approx(0.5 + 1.96 * 0.5 / np.sqrt(400), abs=0.004)
    assert bootstrap(values, seed=7) == [interval]


def test_the_randomisation_test_agrees_with_all_signs_tried() -> None:
    apart = np.array([0.5, 0.4, -0.1, 0.3, 0.2, 0.6, 0.1, -0.2])
    signs = np.array(list(product((-1, 1), repeat=apart.size)))
    exact = float((np.abs(signs @ apart) >= apart.sum() - 1e-9).mean())
    assert randomisation_p(apart.reshape(-1, 1), seed=1)[0] == pytest.approx(exact, abs=0.01)


def test_no_difference_at_all_is_never_significant() -> None:
    assert randomisation_p(np.zeros((20, 1)), seed=1)[0] == 1


@pytest.mark.parametrize(
    ("interval", "p", "verdict"),
    [
        (Interval(0.1, 0.02, 0.2), 0.01, Verdict.BETTER),
        (Interval(-0.1, -0.2, -0.02), 0.01, Verdict.WORSE),
        (Interval(0.1, -0.01, 0.2), 0.01, Verdict.NOISE),
        (Interval(0.1, 0.02, 0.2), 0.05, Verdict.NOISE),
    ],
)
def test_better_needs_both_the_test_and_the_interval(interval: Interval, p: float, verdict: Verdict) -> None:
    assert Difference("nDCG@10", "all", 9, 0.5, interval, p, 3, 2).verdict is verdict


def test_auroc_counts_pairs_and_ties_half() -> None:
    questions = (
        Question("a", "?", answerable=True),
        Question("b", "?", answerable=True),
        Question("c", "?", answerable=False, category="trivia"),
        Question("d", "?", answerable=False, category="gap"),
    )
    signals = {"a": {"s": 0.9}, "b": {"s": 0.5}, "c": {"s": 0.5}, "d": {"s": 0.1}}
    by_category = {one.category: one for one in separations(questions, signals, seed=0)}
    assert by_category["all"].auroc.mean == (1 + 1 + 0.5 + 1) / 4
    assert by_category["trivia"].auroc.mean == (1 + 0.5) / 2
    assert by_category["all"].rejected.mean == 1 / 2


def test_an_interval_of_auroc_holds_its_mean() -> None:
    random = np.random.default_rng(3)
    questions = tuple(Question(str(i), "?", answerable=i < 40) for i in range(80))
    signals = {str(i): {"s": float(random.normal(1.0 if i < 40 else 0.0))} for i in range(80)}
    one = separations(questions, signals, seed=0)[0]
    assert 0 < one.auroc.low < one.auroc.mean < one.auroc.high <= 1


def test_a_question_without_passages_scores_below_every_other() -> None:
    nothing = signals_of(Response((), 0, 0, 0))
    assert nothing["best cosine"] == -1
    cosines = (Found("a", 1, 0, 1, 0, 1, "", dense=0.2), Found("b", 1, 0, 1, 0, 1, "", dense=0.4))
    assert signals_of(Response(cosines, 0, 0, 0))["best cosine"] == 0.4


def test_a_histogram_counts_every_value_and_those_beyond_the_limit() -> None:
    chart = histogram(np.array([1, 2, 255, 256, 257, 300]), title="t", unit="u", limit=256)
    assert sum(bar.count for bar in chart.bars) == 6
    assert chart.beyond == 2
    assert chart.longest == 300
