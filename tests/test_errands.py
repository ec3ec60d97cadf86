"""Errands: how far a question lies among them, and what a page that tells of such things takes from it."""

import pytest

from retriever.abstention.errands import ErrandDirection, errand_direction, examples
from retriever.abstention.evidence import Evidence, EvidenceReader
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
