"""Sought: one of a kind that a question names, yes or no, and whether it wants a whole list."""

import pytest

from retriever.answers.wanted.asked_kind import asked_kind
from retriever.answers.wanted.closed import is_closed
from tests.small_answers import quote_below, quotes_in, sought_by


@pytest.mark.parametrize(
    ("question", "told", "untold"),
    [
        ("what virus causes shingles", "The varicella-zoster virus causes it.", "Shingles is caused by old age."),
        (
            "what virus causes cold sores",
            "A herpesvirus is in the sores of all.",
            "Some virus causes most of them.",
        ),
        ("which gene is changed in haemophilia", "The F8 gene is changed.", "In general the blood is thin."),
        (
            "which vitamin do bones need",
            "Vitamin D is a vitamin that bones need.",
            "Bones need sunlight and milk.",
        ),
        ("which minerals are in milk", "Milk holds minerals such as calcium.", "Milk is good for your bones now."),
        (
            "how many stitches does a cut need",
            "A cut needs three or four stitches.",
            "A cut needs small stitches.",
        ),
    ],
)
def test_one_of_a_kind_is_named_with_it_and_a_number_stands_before_what_is_counted(
    question: str, told: str, untold: str
) -> None:
    kind = asked_kind(question)
    assert kind is not None
    assert kind.is_named_in(quote_below("About it", told))
    assert not kind.is_named_in(quote_below("About it", untold))


def test_a_list_names_its_kind_in_what_introduces_it() -> None:
    kind = asked_kind("which foods have iron")
    assert kind is not None
    assert kind.is_named_in(quotes_in("Foods to choose:\n\n- red meat\n- beans")[0])
    assert not kind.is_named_in(quote_below("About it", "Food comes first on the plate."))


@pytest.mark.parametrize(
    "question", ["what is gout", "what should I eat", "which one is better", "what side effects are there", "gout"]
)
def test_a_question_that_names_a_side_of_its_subject_or_nothing_names_no_kind(question: str) -> None:
    assert asked_kind(question) is None


@pytest.mark.parametrize(
    "question", ["does tea stain teeth", "gout, is it dangerous", "My toe hurts. Can I walk?", "so can I swim"]
)
def test_yes_or_no_answers_a_question_that_begins_with_its_verb(question: str) -> None:
    assert is_closed(question)


@pytest.mark.parametrize(
    "question", ["what does it mean", "how long is it", "gout in the toe", "tell me about tea"]
)
def test_yes_or_no_does_not_answer_others(question: str) -> None:
    assert not is_closed(question)


def test_who_asks_for_a_side_that_pages_list_wants_all_of_the_list() -> None:
    assert sought_by("symptoms of gout in the toe").wants_a_list
    assert not sought_by("is a red toe a symptom of gout").wants_a_list
    assert not sought_by("which virus causes gout").wants_a_list
