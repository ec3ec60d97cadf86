"""Errands: how far a question lies among them, and what a page that tells of such things takes from it."""

import pytest

from retriever.abstention.errands import ErrandDirection, errand_direction, examples
from retriever.abstention.evidence import Evidence, EvidenceReader
from retriever.abstention.own_affairs import asks_of_own_affairs
from retriever.query import Query
from retriever.retrieve import Retriever
from tests.hashed_collection import ingested, retriever_of
from tests.hashing import HashingEncoder

PAGES = {
    "parking.md": "# The clinic\n\n## Where to park the car\n\nCars are left behind the old mill.\n",
    "scan.md": "# Scans\n\n## How a scan is made\n\nA scan takes pictures of itching skin and swollen feet.\n",
    "wart.md": "# Warts\n\n## What a wart is\n\nWarts are small growths. Unlike moles, warts are rough.\n",
    "mole.md": "# Moles\n\n## What a mole is\n\nMoles are dark spots. Unlike warts, moles are smooth.\n",
}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return retriever_of(ingested(tmp_path_factory, PAGES))


def towards(text: str, *, least: float = 0.1) -> ErrandDirection:
    """Along the vector of a text: the nearer to it, the more of an errand."""
    return ErrandDirection(HashingEncoder().encode_queries([text])[0], least)


def beyond(retriever: Retriever, question: str, direction: ErrandDirection) -> float:
    found = retriever.retrieve(Query(question))
    assert found.vector is not None
    return direction.beyond(found.vector, found.hits[:1], retriever.index)


def read(retriever: Retriever, question: str) -> Evidence:
    query = Query(question)
    return EvidenceReader(retriever.index).read(query, retriever.retrieve(query))


def test_a_question_among_the_errands_is_one_as_far_as_it_lies_beyond_the_least(retriever: Retriever) -> None:
    question = "an earlier appointment on tuesday"
    assert beyond(retriever, question, towards(question)) == pytest.approx(0.9, abs=1e-3)
    assert beyond(retriever, question, towards(question, least=0.6)) == pytest.approx(0.4, abs=1e-3)
    assert beyond(retriever, "what is a wart", towards(question)) == 0


def test_what_a_heading_tells_is_no_errand(retriever: Retriever) -> None:
    question = "where to park the car"
    assert beyond(retriever, question, towards(question)) < 0.5


def test_a_model_that_no_direction_was_learnt_for_has_none(retriever: Retriever) -> None:
    assert errand_direction(HashingEncoder().identity) is None
    assert read(retriever, "where to park the car").errand == 0


@pytest.mark.parametrize(
    "question",
    [
        "what did the ultrasound of my knee show",
        "my blood was taken on Monday. What did the lab find?",
        "what does my report say",
        "are my results back",
        "what is my potassium level?",
        "how long has my uncle got",
        "how many years do we have left",
        "is my brother going to die",
        "which tablets did they give me in hospital",
        "has the infection gone from my leg",
    ],
)
def test_own_results_and_the_time_that_is_left_are_errands_by_their_form(question: str) -> None:
    assert asks_of_own_affairs(question)


@pytest.mark.parametrize(
    "question",
    [
        "what does an ultrasound of the knee show",
        "what did the study find",
        "what have doctors found about aspirin",
        "can an infection come back",
        "what do these results mean",
        "how long do I have to stay upright after the tablet",
        "how long do people with heart failure live",
        "how long has insulin been used",
        "will my hair survive",
        "what is a potassium level",
    ],
)
def test_what_pages_tell_in_like_words_is_none(question: str) -> None:
    assert not asks_of_own_affairs(question)


def test_an_own_affair_is_an_errand_without_a_learnt_direction_and_in_a_long_message(retriever: Retriever) -> None:
    story = "My feet were swollen for weeks and so the doctor had a scan made of both of them last Tuesday."
    assert read(retriever, f"{story} What did the scan show?").errand == 1
    assert read(retriever, f"{story} What does a scan show?").errand == 0


def test_another_form_of_a_word_is_not_missing(retriever: Retriever) -> None:
    assert read(retriever, "itchy skin scan").missing == 0
    assert read(retriever, "lumpy skin scan").missing > 0
    assert read(retriever, "scandal skin scan").missing > 0


def test_two_things_that_the_hits_tell_of_are_compared_without_a_missing_word(retriever: Retriever) -> None:
    assert retriever.retrieve(Query("warts vs moles")).untold_sides == 0
    assert read(retriever, "warts vs moles").missing == 0
    assert retriever.retrieve(Query("warts vs freckles")).untold_sides == 1
    assert read(retriever, "warts vs freckles").missing > 0
    assert retriever.retrieve(Query("what is a wart")).untold_sides is None


def test_errands_and_other_questions_are_as_many_and_none_is_both() -> None:
    errands, ordinary = examples()
    assert 0.8 < len(errands) / len(ordinary) < 1.25
    assert len({*errands, *ordinary}) == len(errands) + len(ordinary)
