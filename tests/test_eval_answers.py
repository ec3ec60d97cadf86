"""Answers under evaluation: decisions and their risk, precision and recall of quotes, exactness."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

from eval.datasets.dataset import Dataset, GoldQuote, GoldSpan, Question
from eval.datasets.document_names import match_names
from eval.datasets.source_tokens import SourceTokens
from eval.errors import DatasetInvalid
from eval.measures.answer_values import quality_of
from eval.measures.decisions import decisions_of, reliability, risk_coverage
from eval.measures.evaluate import Collected, Depth, Evaluation, evaluate
from eval.measures.invariants import broken
from eval.measures.uncertainty import exact_bounds
from eval.report.charts import curve_chart, reliability_chart
from eval.report.page import write_report
from eval.report.tables import print_tables
from eval.results import summary_of
from eval.systems.given_answer import Given, Quoted
from eval.systems.in_process import InProcess
from retriever.abstention.calibration import default_calibration
from retriever.index import Index
from tests.collections_on_disk import DENOSUMAB
from tests.hashed_collection import ingested
from tests.hashing import HashingEncoder

START = DENOSUMAB.index("Bones thin")
STOPPING = "Bones thin quickly when the injections stop, so another medicine follows."
ELSEWHERE = GoldQuote("home/falls.txt", "Good light and firm shoes prevent falls at home.")
DATASET = Dataset(
    "answers",
    "a" * 64,
    (
        Question("q1", "what happens when denosumab injections stop", ("plain",), answerable=True),
        Question("q2", "my mother stopped her injections and I worry", ("wordy",), answerable=True),
        Question("q3", "price of a ticket to the moon", answerable=False, category="trivia"),
    ),
    {"q1": {"denosumab.md": 1}},
    {"q1": (GoldSpan("denosumab.md", START, START + len(STOPPING)),)},
)


def given(probability: float, *, threshold: float = 0.5, quotes: tuple[Quoted, ...] = ()) -> Given:
    """A decision with that probability."""
    return Given(probability >= threshold, probability, threshold, "", quotes)


def asked(*pairs: tuple[bool, float]) -> tuple[tuple[Question, ...], dict[str, Given]]:
    """Questions with whether they are answerable, and the probabilities that they got."""
    questions = tuple(Question(f"q{place}", "?", answerable=label) for place, (label, _) in enumerate(pairs))
    return questions, {f"q{place}": given(probability) for place, (_, probability) in enumerate(pairs)}


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(0, 161, 0.0, 0.022652), (4, 98, 0.011231, 0.101218), (1, 17, 0.001488, 0.286889), (5, 5, 0.478176, 1.0)],
)
def test_exact_bounds_are_those_of_the_tables(successes: int, trials: int, low: float, high: float) -> None:
    assert exact_bounds(successes, trials) == pytest.approx((low, high), abs=2e-6)


@hypothesis_given(st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_exact_bounds_hold_the_share_and_mirror(counts: tuple[int, int]) -> None:
    successes, trials = counts
    low, high = exact_bounds(successes, trials)
    assert 0 <= low <= successes / trials <= high <= 1
    assert exact_bounds(trials - successes, trials) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_no_trials_have_no_bounds() -> None:
    with pytest.raises(ValueError, match="trials"):
        exact_bounds(0, 0)


def test_the_curve_goes_from_the_fewest_answers_to_the_most() -> None:
    points = risk_coverage(np.array([0.9, 0.6]), np.array([0.7, 0.1]))
    # At .9 one of two is answered; at .7 half of the unanswerable too; at .6 all answerable; at .1 everything.
    assert [(point.coverage, round(point.risk, 4)) for point in points] == [
        (0.5, 0.0),
        (0.5, 0.5),
        (1.0, 0.3333),
        (1.0, 0.5),
    ]


def test_coverage_at_risk_is_the_most_that_any_threshold_gives() -> None:
    found = decisions_of(*asked((True, 0.9), (True, 0.8), (True, 0.3), (False, 0.5), (False, 0.1)), seed=0)
    assert found is not None
    assert found.coverage_at_risk.mean == pytest.approx(2 / 3)
    assert found.at_threshold.coverage == pytest.approx(2 / 3)
    assert found.at_threshold.risk == pytest.approx(0.5 / (0.5 + 2 / 3))


def test_false_answers_are_counted_by_category_with_an_exact_bound() -> None:
    questions = (
        Question("a", "?", answerable=True),
        *(Question(f"n{place}", "?", answerable=False, category="trivia") for place in range(20)),
        Question("g", "?", answerable=False, category="gap"),
    )
    answers = {one.question_id: given(0.9 if one.question_id in ("a", "g") else 0.1) for one in questions}
    found = decisions_of(questions, answers, seed=0)
    assert found is not None
    rows = {(one.answerable, one.category): one for one in found.answered}
    assert (rows[False, "all"].answered, rows[False, "trivia"].answered, rows[False, "gap"].answered) == (1, 0, 1)
    assert rows[False, "trivia"].share.high == pytest.approx(0.16843, abs=1e-5)
    assert next(iter(rows)) == (True, "all")


def test_a_question_that_the_service_refused_counts_as_not_answered() -> None:
    questions, answers = asked((True, 0.9), (True, 0.9), (False, 0.1))
    del answers["q1"]
    found = decisions_of(questions, answers, seed=0)
    assert found is not None
    assert found.answered[0].answered == 1


def test_false_answers_are_counted_where_nine_of_ten_are_answered() -> None:
    sure = [(True, 0.9 - 0.05 * place) for place in range(10)]  # the ninth of ten has 0.5
    found = decisions_of(*asked(*sure, (False, 0.51), (False, 0.5), (False, 0.49), (False, 0.2)), seed=0)
    assert found is not None
    assert found.at_coverage.threshold == pytest.approx(0.5)
    assert [(one.answerable, one.questions, one.answered) for one in found.at_coverage.answered] == [
        (True, 10, 9),
        (False, 4, 2),
        (False, 4, 2),
    ]


def test_bins_say_what_was_said_and_what_was_so() -> None:
    (low, high) = reliability(np.array([0.11, 0.19, 0.95, 1.0]), np.array([False, True, True, True]))
    assert (round(low.said, 6), low.questions, low.answerable.mean) == (0.15, 2, 0.5)
    assert (round(high.said, 6), high.answerable.mean) == (0.975, 1.0)


def test_the_gap_between_wordings_is_in_refusals() -> None:
    questions = (
        Question("no", "?", answerable=False),
        *(Question(f"plain{place}", "?", ("plain",), answerable=True) for place in range(50)),
        *(Question(f"wordy{place}", "?", ("wordy",), answerable=True) for place in range(50)),
    )
    answers = {one.question_id: given(0.9) for one in questions}
    answers |= {f"wordy{place}": given(0.1) for place in range(10)} | {"no": given(0.1)}
    found = decisions_of(questions, answers, seed=0)
    assert found is not None
    (gap,) = found.gaps
    assert (gap.style, gap.other, round(gap.gap.mean, 6)) == ("wordy", "plain", 0.2)
    assert 0.05 < gap.gap.low < 0.2 < gap.gap.high < 0.35


def test_one_side_alone_decides_nothing() -> None:
    assert decisions_of(*asked((True, 0.9), (True, 0.1)), seed=0) is None


def test_the_charts_stay_inside_their_frames() -> None:
    found = decisions_of(*asked((True, 0.9), (True, 0.2), (False, 0.5), (False, 0.95)), seed=0)
    assert found is not None
    chart = curve_chart(found, width=400, height=200)
    for point in chart.points.split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= 400
        assert 0 <= y <= 200
    assert all(0 <= mark.high_y <= mark.y <= mark.low_y <= 200 for mark in reliability_chart(found, size=200))


def test_no_answers_have_no_quality() -> None:
    assert quality_of({"q": given(0.9)}, [], seed=0) is None


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Two pages."""
    return Index.open(ingested(tmp_path_factory))


@pytest.fixture(scope="module")
def evaluation(index: Index) -> Evaluation:
    """The questions, asked of a service that answers nearly always."""
    system = InProcess(index, HashingEncoder(), calibration=replace(default_calibration(), threshold=0.05))
    names = match_names(system.source_paths, DATASET.judged)
    return evaluate(DATASET, system, names, tokens=SourceTokens(index, names), depth=Depth(), seed=0)


def test_an_answer_that_quotes_the_known_sentence_is_whole(evaluation: Evaluation) -> None:
    quoted = [one.text for one in evaluation.given["q1"].quotes]
    assert STOPPING in quoted
    assert evaluation.values["q1"]["answer-hit"] == 1
    assert evaluation.values["q1"]["answer-recall"] == 1
    assert "answer-precision" not in evaluation.values["q1"]
    assert evaluation.quality is not None
    assert evaluation.quality.precision is not None
    assert evaluation.quality.precision.mean == pytest.approx(1 / len(quoted))
    assert evaluation.quality.exact_quotes == evaluation.quality.quotes >= 1


@pytest.mark.parametrize(
    ("quotes", "hit", "said"),
    [((ELSEWHERE,), 0, 0), ((ELSEWHERE, GoldQuote("denosumab.md", STOPPING)), 1, 1)],
)
def test_an_answer_may_quote_any_of_the_quotes_that_answer(
    index: Index, quotes: tuple[GoldQuote, ...], hit: float, said: float
) -> None:
    asked_once = replace(DATASET.questions[0], quotes=quotes)
    dataset = replace(DATASET, questions=(asked_once,), spans={})
    system = InProcess(index, HashingEncoder(), calibration=replace(default_calibration(), threshold=0.05))
    names = match_names(system.source_paths, dataset.judged)
    found = evaluate(dataset, system, names, tokens=SourceTokens(index, names), depth=Depth(), seed=0)
    assert (found.values["q1"]["answer-hit"], found.values["q1"]["answer-recall"]) == (hit, said)
    assert found.quality is not None
    assert found.quality.precision is not None
    assert found.quality.precision.mean == pytest.approx(hit / found.quality.quotes)


@pytest.mark.parametrize(
    ("quotes", "distractors", "misleading"),
    [
        ((ELSEWHERE,), (GoldQuote("denosumab.md", STOPPING),), 1),
        ((GoldQuote("denosumab.md", STOPPING),), (ELSEWHERE,), 0),
        # What stands in both is an answer.
        ((GoldQuote("denosumab.md", STOPPING),), (GoldQuote("denosumab.md", STOPPING[:43]),), 0),
        ((ELSEWHERE,), (), None),
    ],
)
def test_an_answer_misleads_that_quotes_what_only_looks_like_one(
    index: Index, quotes: tuple[GoldQuote, ...], distractors: tuple[GoldQuote, ...], misleading: float | None
) -> None:
    asked_once = replace(DATASET.questions[0], quotes=quotes, distractors=distractors)
    dataset = replace(DATASET, questions=(asked_once, *DATASET.questions[1:]), spans={})
    system = InProcess(index, HashingEncoder(), calibration=replace(default_calibration(), threshold=0.05))
    names = match_names(system.source_paths, dataset.judged)
    found = evaluate(dataset, system, names, tokens=SourceTokens(index, names), depth=Depth(), seed=0).quality
    assert found is not None
    assert found.misleading_answers == len(distractors)
    assert (None if found.misleading is None else found.misleading.mean) == misleading


def test_the_console_and_the_page_tell_how_often_an_answer_misleads(
    index: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quotes, distractors = (ELSEWHERE,), (GoldQuote("denosumab.md", STOPPING),)
    asked_once = replace(DATASET.questions[0], quotes=quotes, distractors=distractors)
    dataset = replace(DATASET, questions=(asked_once,), spans={})
    system = InProcess(index, HashingEncoder(), calibration=replace(default_calibration(), threshold=0.05))
    names = match_names(system.source_paths, dataset.judged)
    found = evaluate(dataset, system, names, tokens=SourceTokens(index, names), depth=Depth(), seed=0)
    path = tmp_path / "report.html"
    write_report(path, found, against=None, ablated=(), tokens=None, index=None, problems=None)
    assert "misleading answers</span><b>1.000</b>" in path.read_text(encoding="utf-8")
    print_tables(found, None, [], everything=False)
    said = " ".join(capsys.readouterr().out.split())
    assert "misleading 1.000 (0.025 to 1.000) of the 1 to questions with distractors" in said
    assert summary_of(found)["answers"]["misleading_answers"] == 1


def test_a_distractor_that_is_not_there_is_refused(index: Index) -> None:
    wrong = GoldQuote("denosumab.md", "These words stand nowhere.")
    asked_once = replace(DATASET.questions[0], quotes=(ELSEWHERE,), distractors=(wrong,), where="q.jsonl:1")
    dataset = replace(DATASET, questions=(asked_once,), spans={})
    system = InProcess(index, HashingEncoder(), calibration=default_calibration())
    names = match_names(system.source_paths, dataset.judged)
    with pytest.raises(DatasetInvalid, match=r"q1 in q\.jsonl:1"):
        evaluate(dataset, system, names, tokens=SourceTokens(index, names), depth=Depth(), seed=0)


def test_the_share_of_misleading_answers_is_over_answers_to_questions_with_distractors() -> None:
    said = given(0.9, quotes=(Quoted("a", 0, 1, "x", True),))
    found = quality_of({"q1": said, "q2": said, "q3": said}, [], [True, False, False], seed=0)
    assert found is not None
    assert found.misleading is not None
    assert found.misleading_answers == 3
    assert found.misleading.mean == pytest.approx(1 / 3)
    assert found.misleading.high == pytest.approx(0.905701, abs=1e-5)


def test_an_abstention_has_no_hit_and_no_precision(index: Index) -> None:
    system = InProcess(index, HashingEncoder(), calibration=replace(default_calibration(), threshold=1.0))
    names = match_names(system.source_paths, DATASET.judged)
    found = evaluate(DATASET, system, names, tokens=SourceTokens(index, names), depth=Depth(), seed=0)
    assert (found.values["q1"]["answer-hit"], found.values["q1"]["answer-recall"]) == (0, 0)
    assert found.quality is None


def test_a_quote_that_is_not_its_span_breaks_an_invariant(index: Index, evaluation: Evaluation) -> None:
    one = evaluation.collected["q1"]
    assert one.given is not None
    altered = replace(one.given, quotes=(replace(one.given.quotes[0], is_exact=False),))
    collected = {"q1": Collected((), one.response, None, altered)}
    assert broken(collected, index, HashingEncoder(), sources=None) == [
        "a quote of an answer is not the slice of the reading text that it names: 1 times"
    ]


def test_the_summary_and_the_page_hold_answers_and_decisions(evaluation: Evaluation, tmp_path: Path) -> None:
    summary = summary_of(evaluation)
    assert summary["answers"]["quotes"] == summary["answers"]["exact_quotes"]
    assert {row["category"] for row in summary["decisions"]["answered"]} == {"all", "plain", "wordy", "trivia"}
    path = tmp_path / "report.html"
    write_report(path, evaluation, against=None, ablated=(), tokens=None, index=None, problems=None)
    page = path.read_text(encoding="utf-8")
    assert re.search(r"\d+ of the \d+ questions that these pages answer get an answer; of the \d+", page)
    for part in (
        "quotes that equal their span",
        "Risk and coverage",
        "Reliability",
        "coverage at 5 % risk",
        "trivia",
    ):
        assert part in page


def test_the_page_lists_the_questions_that_were_decided_wrongly(index: Index, tmp_path: Path) -> None:
    """Labels the wrong way round: what is answered should not have been, and what is refused should."""
    turned = tuple(replace(one, answerable=not one.answerable) for one in DATASET.questions)
    dataset = replace(DATASET, questions=turned)
    system = InProcess(index, HashingEncoder(), calibration=replace(default_calibration(), threshold=0.05))
    names = match_names(system.source_paths, dataset.judged)
    found = evaluate(dataset, system, names, tokens=SourceTokens(index, names), depth=Depth(), seed=0)
    path = tmp_path / "report.html"
    write_report(path, found, against=None, ablated=(), tokens=None, index=None, problems=None)
    page = path.read_text(encoding="utf-8")
    sections = {
        name: page.partition(f'<section id="{name}"')[2].partition("</section>")[0]
        for name in ("refused", "false")
    }
    assert "what happens when denosumab injections stop" in sections["false"]
    assert STOPPING in sections["false"].partition("<blockquote>")[2].partition("</blockquote>")[0]
    assert "Refused: 1 question<" in sections["refused"]
    assert "price of a ticket to the moon" in sections["refused"]
    assert all(f'<a class="card" href="#{name}">' in page for name in sections)
