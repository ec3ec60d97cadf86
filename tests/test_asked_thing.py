"""Asked thing: what a question wants explained, defined, or only names."""

import pytest

from retriever.answers.wanted.asked_thing import (
    asked_thing,
    asks_what_a_procedure_is,
    stated_thing,
)
from retriever.search.analyze import terms


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("What is CAR T-cell therapy?", "CAR T-cell therapy"),
        ("What is (are) Bone Cancer ?", "Bone Cancer"),
        ("What is a scan and how does it work?", "scan"),
        ("what does osteopenia mean", "osteopenia"),
        ("lymphedema", "lymphedema"),
    ],
)
def test_what_a_question_wants_defined_is_recognised(question: str, thing: str) -> None:
    assert asked_thing(question) == frozenset(terms(thing))


@pytest.mark.parametrize(
    "question",
    ["How is bone cancer treated?", "can men get it", "is milk good", "What are the symptoms of bone cancer?"],
)
def test_other_questions_want_nothing_defined(question: str) -> None:
    assert asked_thing(question) == frozenset()


@pytest.mark.parametrize("question", ["What is zoledronic acid used for?", "what is a scan for"])
def test_who_asks_for_the_use_of_a_thing_wants_no_definition(question: str) -> None:
    assert asked_thing(question) == frozenset()


def test_a_procedure_by_name_is_asked_for_itself_and_not_for_a_treatment() -> None:
    assert asks_what_a_procedure_is("What is CAR T-cell therapy?")
    assert not asks_what_a_procedure_is("What is the treatment for falls?")
    assert not asks_what_a_procedure_is("What is therapy?")


@pytest.mark.parametrize(
    ("message", "thing"),
    [
        ("i have gout", "gout"),
        ("My aunt has been diagnosed with marsh fever.", "marsh fever"),
        ("newly diagnosed with marsh fever last week", "marsh fever"),
        ("i have been told i have gout", "gout"),
    ],
)
def test_what_a_message_says_that_someone_has_is_recognised(message: str, thing: str) -> None:
    assert stated_thing(message) == thing


@pytest.mark.parametrize(
    "message",
    ["i have gout, what can i eat", "do i have gout", "i have gout that came back", "i have to go", "gout hurts"],
)
def test_a_message_that_says_or_asks_more_only_names_nothing(message: str) -> None:
    assert stated_thing(message) is None
