"""Calibration: generated questions, the fit, the choice of a threshold, the command."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from eval.calibration.calibrate import (
    CategoryCoverage,
    calibrate,
    calibrate_across,
    examples_of_dataset,
    generated_examples,
    made_for,
    on_neighbours,
    transferred,
)
from eval.calibration.fit import Example, choose, curve, fit, held_out, labels_of, probabilities_of, shares, upper
from eval.calibration.run import asked
from eval.datasets.dataset import Question
from eval.datasets.generated_questions import Generated, generate
from eval.datasets.read_dataset import read_dataset
from eval.datasets.wordings import worded_questions
from eval.errors import ComparisonRefused, DatasetInvalid
from eval.eval_command import command
from eval.systems.in_process import InProcess
from ingest.commands.ingest import command as ingest
from retriever.abstention.answerability import Assessor
from retriever.abstention.calibration import (
    CalibrationState,
    CurvePoint,
    Weights,
    default_calibration,
    fits,
    load_calibration,
)
from retriever.index import Index
from retriever.query import Query, Retrieval
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashed_collection import NO_EVIDENCE, ingested, retriever_of
from tests.hashing import HashingEncoder
from tests.small_datasets import write_lines

NAMES = (
    *("amlodipine", "bisoprolol", "citalopram", "denosumab", "enalapril"),
    *("fluoxetine", "gefitinib", "haloperidol", "imatinib", "ketamine"),
)
PAGES = {
    f"{name}.md": f"---\ntitle: {name.title()}\n---\n\n# {name.title()}\n\n"
    f"{name.title()} is given for the condition of number {place}.\n\n"
    f"## Side effects of {name}\n\nPeople who take {name} feel effect number {place} most.\n"
    for place, name in enumerate(NAMES)
}


def now() -> datetime:
    """The clock of these tests."""
    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten medicines, ingested."""
    return ingested(tmp_path_factory, PAGES)


@pytest.fixture(scope="module")
def retriever(index_dir: Path) -> Retriever:
    """Ten medicines, open."""
    return retriever_of(index_dir)


@pytest.fixture(scope="module")
def made(retriever: Retriever) -> list[Generated]:
    """Questions that were made from them."""
    return generate(retriever.index, questions=120, seed=3)


def example(cosine: float, answerable: bool, number: int = 0, *, source: str = "") -> Example:
    """Evidence of which only the cosine differs."""
    return Example(
        replace(NO_EVIDENCE, cosine=cosine), answerable, "any", f"{source}-{answerable}-{number}", source
    )


def spread_examples(each: int, *, source: str = "") -> list[Example]:
    """Cosines around .7 for answerable questions and around .4 for the others; some overlap."""
    random = np.random.default_rng(5)
    yes, no = random.normal(0.7, 0.1, each), random.normal(0.4, 0.1, each)
    return [example(float(c), True, n, source=source) for n, c in enumerate(yes)] + [
        example(float(c), False, n, source=source) for n, c in enumerate(no)
    ]


def test_the_same_seed_makes_the_same_questions_and_another_others(
    retriever: Retriever, made: list[Generated]
) -> None:
    assert generate(retriever.index, questions=120, seed=3) == made
    assert generate(retriever.index, questions=120, seed=4) != made


def test_half_of_the_questions_are_answerable_in_every_wording(made: list[Generated]) -> None:
    assert len(made) == 120
    assert sum(one.answerable for one in made) == 60
    assert {one.kind for one in made if one.answerable} == {"plain", "misspelt", "wordy"}
    assert {one.kind for one in made if not one.answerable} == {"left_out", "invented"}


def test_a_question_that_is_left_out_leaves_out_every_page_on_its_subject(made: list[Generated]) -> None:
    for one in made:
        left_out = (f"{one.group.lower()}.md",)
        assert one.left_out == (left_out if one.kind == "left_out" else ())


def test_a_side_that_a_heading_announces_is_asked_for_as_people_do(made: list[Generated]) -> None:
    asked = [
        one for one in made if one.kind == "plain" and one.text == f"What are the side effects of {one.group}?"
    ]
    assert asked
    assert all(one.answerable for one in asked)


def test_an_invented_word_is_not_near_any_word_of_the_collection(
    retriever: Retriever, made: list[Generated]
) -> None:
    spelling = retriever.index.spelling
    plain = [
        one for one in made if one.kind == "invented" and one.text.startswith("What are the side effects of ")
    ]
    assert plain
    for one in plain:
        word = one.text.split()[-1].rstrip("?").lower()
        assert not spelling.knows(spelling.meant(word))


def test_nothing_is_made_where_nothing_can_be_left_out(tmp_path: Path) -> None:
    run_ingest(write_collection(tmp_path / "pages", {"one.md": PAGES["imatinib.md"]}), tmp_path / "index")
    index = Index.open(tmp_path / "index")
    assert generate(index, questions=20, seed=0) == []
    with pytest.raises(ComparisonRefused, match="too small"):
        generated_examples(Retriever(index, HashingEncoder()), questions=20, seed=0)


def test_of_a_divided_dataset_the_half_for_tuning_is_asked(retriever: Retriever, tmp_path: Path) -> None:
    lines = [{"id": half, "question": f"a {half} one", "answerable": False} for half in ("tune", "look")]
    undivided = write_lines(tmp_path / "whole.jsonl", *lines)
    divided = write_lines(tmp_path / "halves.jsonl", *({**line, "half": line["id"]} for line in lines))
    found, named = zip(
        *(asked(retriever, path, questions=0, seed=0) for path in (undivided, divided)), strict=True
    )
    assert [len(examples) for examples in found] == [2, 1]
    assert [example.group for example in found[1]] == ["a tune one"]
    assert named[1].startswith("1 questions of halves")


def test_a_fit_finds_the_weights_that_made_the_labels() -> None:
    random = np.random.default_rng(1)
    cosines = random.uniform(0, 1, 4_000)
    labels = random.uniform(size=4_000) < 1 / (1 + np.exp(-(8 * cosines - 4)))
    found = fit([example(float(c), bool(y), n) for n, (c, y) in enumerate(zip(cosines, labels, strict=True))])
    assert found.of.cosine == pytest.approx(8, abs=0.8)
    assert found.intercept == pytest.approx(-4, abs=0.5)


def test_a_weight_never_takes_the_wrong_sign() -> None:
    backwards = [replace(one, answerable=not one.answerable) for one in spread_examples(50)]
    assert fit(backwards).of.cosine == 0
    missing = [
        replace(one, evidence=replace(NO_EVIDENCE, missing=one.evidence.cosine)) for one in spread_examples(50)
    ]
    assert fit(missing).of.missing == 0


def test_few_questions_leave_the_prior_nearly_as_it_is_and_many_do_not() -> None:
    prior = Weights(-1.0, replace(NO_EVIDENCE, cosine=2.0))
    few, many = fit(spread_examples(2), prior), fit(spread_examples(400), prior)
    assert few.of.cosine - 2 < 0.5 * (many.of.cosine - 2)


def leading(examples: list[Example]) -> list[Example]:
    """The same with as much of a lead as those that are answerable have."""
    return [replace(one, evidence=replace(one.evidence, lead=0.2 * one.answerable)) for one in examples]


def test_a_number_is_added_beside_weights_that_stay() -> None:
    prior = Weights(-1.0, replace(NO_EVIDENCE, cosine=2.0, lead=7.0))
    found = fit(leading(spread_examples(40)), prior, adding="lead")
    assert found.of.lead > 5
    assert replace(found, of=replace(found.of, lead=7.0)) == prior
    assert fit(spread_examples(40), prior, adding="lead").of.lead == 0


def test_a_default_to_which_a_number_is_added_keeps_its_other_weights_and_its_risk_is_chosen_anew() -> None:
    default, examples = default_calibration(), leading(spread_examples(50, source="one"))
    found = calibrate_across(examples, questions="all", max_risk=0.05, seed=0, now=now, adding="lead")
    assert found.calibration.weights == fit(examples, default.weights, adding="lead")
    unseen = held_out(examples, seed=0, prior=default.weights, adding="lead")
    answered = unseen[labels_of(examples)] >= found.point.threshold
    assert found.calibration.threshold == found.point.threshold
    assert found.point.coverage == round(float(answered.mean()), 4)
    assert found.point.risk <= 0.05


def test_a_fit_needs_both_sides() -> None:
    with pytest.raises(ValueError, match="answerable and unanswerable"):
        fit([example(0.5, True)])


def test_held_out_questions_are_judged_without_their_group() -> None:
    # Only one page's questions show what a phrase is worth.
    told = replace(NO_EVIDENCE, cosine=0.4, phrased=1.0)
    odd = [Example(told, True, "any", "odd") for _ in range(30)]
    examples = [*spread_examples(40), *odd]
    unseen = held_out(examples, seed=0)
    assert unseen.shape == (110,)
    assert np.array_equal(unseen, held_out(examples, seed=0))
    assert unseen[80:].max() < 0.5 < probabilities_of(odd, fit(examples)).min()


def test_the_curve_counts_coverage_false_answers_and_risk() -> None:
    probabilities = np.array([0.9, 0.8, 0.4, 0.6, 0.2])
    labels = np.array([True, True, True, False, False])
    points = {point.threshold: point for point in curve(probabilities, labels, np.ones(5))}
    assert (points[0.8].coverage, points[0.8].false_answers, points[0.8].risk) == (0.6667, 0, 0)
    assert (points[0.4].coverage, points[0.4].false_answers) == (1, 0.5)
    assert points[0.4].risk == pytest.approx(0.5 / 1.5, abs=1e-4)  # both sides count alike
    assert points[0.4].risk_high > points[0.4].risk


def test_in_a_curve_all_sets_count_alike() -> None:
    large, small = replace(spread_examples(2)[0], source="large"), replace(spread_examples(2)[0], source="small")
    examples = [replace(one, answerable=yes) for yes in (True, False) for one in (*[large] * 3, small)]
    probabilities = np.array([0.9, 0.9, 0.9, 0.1, 0.9, 0.9, 0.9, 0.1])
    (point,) = (one for one in curve(probabilities, labels_of(examples), shares(examples)) if one.threshold == 0.9)
    assert (point.coverage, point.false_answers) == (0.5, 0.5)  # not three of four


def test_the_lowest_threshold_that_keeps_the_risk_is_chosen() -> None:
    def point(threshold: float, risk: float) -> CurvePoint:
        return CurvePoint(threshold, 0.5, 0.5, risk, 1.0)

    points = [point(0.2, 0.3), point(0.4, 0.05), point(0.6, 0.04), point(0.9, 0.0)]
    chosen = choose(points, max_risk=0.05)
    assert chosen is not None
    assert chosen.threshold == 0.4
    assert choose(points[:1], max_risk=0.05) is None


def test_the_upper_end_of_none_in_ten_is_wilsons() -> None:
    assert upper(0, 10) == pytest.approx(0.2775, abs=1e-4)


def calibrated(examples: Sequence[Example], **options: float) -> CategoryCoverage:
    """The share of the answerable that a calibration answers."""
    found = calibrate(
        examples, questions="some", max_risk=options.get("max_risk", 0.05), seed=0, now=now, prior=None
    )
    return next(one for one in found.by_category if one.answerable)


def test_a_higher_accepted_risk_answers_more() -> None:
    examples = spread_examples(100)
    assert calibrated(examples, max_risk=0.2).share > calibrated(examples, max_risk=0.02).share


def test_too_few_questions_of_a_side_are_refused() -> None:
    with pytest.raises(ComparisonRefused, match="9 answerable questions; at least 10"):
        calibrated(spread_examples(9))


def test_a_risk_that_no_threshold_keeps_is_refused_with_the_lowest_there_is() -> None:
    same = [example(0.5, bool(number % 2), number) for number in range(40)]
    with pytest.raises(ComparisonRefused, match="no threshold keeps the risk"):
        calibrated(same)


def test_across_sets_the_threshold_rests_on_peoples_sets_alone() -> None:
    sets = [*spread_examples(50, source="one"), *spread_examples(50, source="two")]
    generated = [replace(one, source="generated") for one in spread_examples(50)]
    found = calibrate_across([*sets, *generated], questions="all", max_risk=0.05, seed=0, now=now)
    assert {one.source for one in found.by_category} == {"one", "two"}
    assert (found.calibration.answerable, found.calibration.unanswerable) == (100, 100)


def by_source(one: Example) -> str:
    """The set that an example comes from."""
    return one.source


def test_a_set_is_judged_by_the_others_and_those_made_from_a_collection_are_not_judged() -> None:
    sets = [*spread_examples(50, source="one"), *spread_examples(50, source="two")]
    generated = [replace(one, source="generated") for one in spread_examples(50)]
    across = transferred([*sets, *generated], threshold=0.5, left_out=by_source)
    assert [one.source for one in across] == ["one", "one", "two", "two"]


def test_a_new_collection_is_judged_without_what_was_made_from_it() -> None:
    def collection(one: Example) -> str:
        return one.source.rpartition(" on ")[2]

    asked = spread_examples(50, source="people on A")
    elsewhere = spread_examples(50, source="people on B")
    turned = [replace(one, evidence=replace(one.evidence, covered=1.0)) for one in asked if not one.answerable]
    # What was made from A tells that words mean little there: who has not seen A does not know it.
    made = [replace(one, source="generated on A", group=f"made {one.group}") for one in (*asked, *turned)]
    told = [replace(one, evidence=replace(one.evidence, covered=float(one.answerable))) for one in elsewhere]
    examples = [*asked, *turned, *told, *made]

    def false_answers(left_out: Callable[[Example], str]) -> int:
        across = transferred(examples, threshold=0.5, left_out=left_out)
        return sum(one.answered for one in across if one.source == "people on A" and not one.answerable)

    assert false_answers(collection) > false_answers(by_source)


def test_questions_whose_place_a_neighbour_takes_are_a_set_of_their_own_with_their_pairs() -> None:
    def made(group: str, *, answerable: bool, kind: str, neighbour: float) -> Example:
        return Example(replace(NO_EVIDENCE, neighbour=neighbour), answerable, kind, group, "generated")

    pairs = [
        made("rectal", answerable=True, kind="plain", neighbour=0.0),
        made("rectal", answerable=False, kind="left_out", neighbour=0.7),
        made("salt", answerable=True, kind="plain", neighbour=0.0),
        made("salt", answerable=False, kind="left_out", neighbour=0.0),
        made("liver", answerable=True, kind="wordy", neighbour=0.0),
        made("liver", answerable=False, kind="invented", neighbour=0.7),
    ]
    found = on_neighbours(pairs)
    assert found == [replace(one, source="generated on neighbours") for one in pairs[:2]]


def test_a_calibration_names_the_collection_it_is_made_for(retriever: Retriever) -> None:
    examples = generated_examples(retriever, questions=80, seed=0)
    found = calibrate(examples, questions="made", max_risk=0.4, seed=0, now=now, prior=None)
    assert found.calibration.created == "2026-11-22T12:00:00Z"
    assert fits(made_for(found.calibration, retriever.index), retriever.index)
    assert not fits(found.calibration, retriever.index)


def labelled(folder: Path, *, sides: Sequence[bool | None] = (True, False)) -> Path:
    """Labelled questions on the ten medicines."""
    lines = []
    for number, name in enumerate(NAMES):
        for answerable in sides:
            subject = name if answerable else f"zorb{name[::-1]}"
            line = {
                "id": f"q{number}{answerable}",
                "question": f"side effects of {subject}",
                "answerable": answerable,
            }
            lines.append(line)
    write_lines(folder / "questions.jsonl", *lines)
    return folder


def test_documents_that_a_dataset_excludes_are_left_out_and_no_others(
    retriever: Retriever, tmp_path: Path
) -> None:
    dataset = read_dataset(labelled(tmp_path))
    whole = examples_of_dataset(retriever, dataset)
    without = examples_of_dataset(retriever, replace(dataset, excluded=("imatinib.md",)))
    asked = [question.question_id for question in dataset.questions]
    changed = [
        key
        for key, one, other in zip(asked, whole, without, strict=True)
        if one.evidence.unknown != other.evidence.unknown
    ]
    assert "q8True" in changed
    assert without[asked.index("q8True")].evidence.unknown > 0.9
    assert without[asked.index("q0True")].evidence.unknown == 0


def test_short_questions_are_also_asked_in_long_messages_and_share_a_fold_with_them(
    retriever: Retriever, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = read_dataset(labelled(tmp_path))
    words = []

    def retrieve(query: Query) -> Retrieval:
        words.append(len(query.text.split()))
        return Retriever.retrieve(retriever, query)

    monkeypatch.setattr(retriever, "retrieve", retrieve)
    both = examples_of_dataset(retriever, dataset, wordy_seed=0)
    assert min(words[1::2]) > max(words[::2])
    around = [one for one in both if one.source != dataset.name]
    assert {one.source for one in around} == {f"generated messages around {dataset.name}"}
    assert [one.group for one in around] == [one.group for one in both if one.source == dataset.name]
    assert examples_of_dataset(retriever, dataset, wordy_seed=0) == both


def test_questions_without_a_label_cannot_calibrate(retriever: Retriever) -> None:
    from eval.datasets.dataset import Dataset

    unlabelled = Dataset("plain", "d" * 64, (Question("q1", "what is imatinib"),), {}, {})
    with pytest.raises(DatasetInvalid, match="whether it is answerable"):
        examples_of_dataset(retriever, unlabelled)


def test_the_probability_of_an_evaluation_is_that_of_the_answer_a_person_gets(index_dir: Path) -> None:
    index = Index.open(index_dir)
    calibration = load_calibration(index_dir, index)
    question, query = Question("q", "side effects of imatinib"), Query("side effects of imatinib")
    given = InProcess(index, HashingEncoder(), calibration=calibration).answer(question)
    retrieval = Retriever(index, HashingEncoder()).retrieve(query)
    assert given is not None
    assert given.probability == Assessor(index, calibration).assess(query, retrieval).probability
    assert given.threshold == calibration.threshold
    assert InProcess(index, HashingEncoder()).answer(question) is None


def test_the_command_refuses_a_place_without_an_index(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(command, ["calibrate", "--index", str(tmp_path)])
    assert outcome.exit_code == 3
    assert "footnoted eval:" in outcome.stderr


@pytest.mark.model
def test_the_command_writes_a_calibration_that_the_index_then_uses(tmp_path: Path) -> None:
    runner, index_dir = CliRunner(), tmp_path / "index"
    pages = write_collection(tmp_path / "pages", PAGES)
    assert runner.invoke(ingest, [str(pages), "--index", str(index_dir)]).exit_code == 0
    dataset = labelled(tmp_path / "dataset")
    outcome = runner.invoke(command, ["calibrate", str(dataset), "--index", str(index_dir), "--json"])
    assert outcome.exit_code == 0, outcome.stderr
    said = json.loads(outcome.stdout)
    found = load_calibration(index_dir, Index.open(index_dir))
    assert found.state is CalibrationState.CALIBRATED
    assert (said["threshold"], said["answerable"]) == (found.threshold, 10)


def test_questions_are_misspelt_or_told_in_a_message_the_same_way_each_time() -> None:
    asked = tuple(Question(f"q{n}", "What are the symptoms of broken bones after falls") for n in range(8))
    misspelt = worded_questions(asked, "misspelt", seed=1)
    assert misspelt == worded_questions(asked, "misspelt", seed=1) != asked
    assert all(len(one.text.split()) == 9 for one in misspelt)
    assert all(asked[0].text in one.text != asked[0].text for one in worded_questions(asked, "wordy", seed=1))
    assert worded_questions(asked, "plain", seed=1) == asked
