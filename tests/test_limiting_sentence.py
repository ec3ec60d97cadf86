"""Limits: the sentence right behind a quote that takes back part of it, excepts from it or forbids."""

from pathlib import Path

import pytest

from retriever.answers.chosen.limiting_sentence import limits
from tests.small_answers import answer_of


@pytest.mark.parametrize(
    "sentence",
    [
        "However, people with gout should not drink it.",
        "Unless a doctor says so, one tablet is enough for a day.",
        "Do not take the powder with milk.",
        "This should not be used for more than two days.",
        "It is given only to adults who cannot swallow.",
        "These uses are approved for the injected brand of the drug.",
        "Both doses apply to adults.",
    ],
)
def test_what_takes_back_excepts_or_forbids_limits_the_sentence_before(sentence: str) -> None:
    assert limits(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It also helps with sleep at night.",
        "Most people with gout do not need an operation.",
        "However",
        "These uses are common.",
        "See the page on milk, but not now.",
    ],
)
def test_what_goes_on_or_speaks_of_something_else_limits_nothing(sentence: str) -> None:
    assert not limits(sentence)


def test_a_quote_brings_the_sentence_that_limits_it(tmp_path: Path) -> None:
    page = "# Garlic\n\nGarlic powder thins the blood of adults. However, it does so for a day only. It is old."
    answer = answer_of(tmp_path, {"a.md": page}, "does garlic powder thin the blood of adults")
    assert answer is not None
    assert "Garlic powder thins the blood of adults. However, it does so for a day only." in answer.text


def test_a_list_brings_the_sentence_below_it_that_limits_it(tmp_path: Path) -> None:
    page = (
        "# Mouth rinse\n\n## Sores\n\nRinse sores of the mouth with:\n\n- salt water\n- mild peroxide\n\n"
        "This should not be used for more than two days."
    )
    answer = answer_of(tmp_path, {"a.md": page}, "which rinse helps sores of the mouth")
    assert answer is not None
    assert answer.text.endswith("This should not be used for more than two days. [1]")


def test_a_list_of_uses_brings_the_brand_that_they_are_approved_for(tmp_path: Path) -> None:
    page = (
        "# Bonezol\n\n## Use\n\nBonezol is approved to treat:\n\n- gout of the thumb\n- brittle bones\n\n"
        "These uses are approved for the injected brand of Bonezol. It was first made in a small town."
    )
    answer = answer_of(tmp_path, {"a.md": page}, "is Bonezol approved to treat gout")
    assert answer is not None
    assert answer.text.endswith("These uses are approved for the injected brand of Bonezol. [1]")


@pytest.mark.parametrize(
    ("question", "is_told"),
    [("how often is cortozol taken with weak kidneys", True), ("how often is cortozol taken", False)],
)
def test_a_general_rule_brings_what_the_next_sentence_says_of_the_circumstance_that_was_asked(
    tmp_path: Path, question: str, is_told: bool
) -> None:
    page = "# Cortozol\n\nCortozol is taken once a week. With weak kidneys it is given in a clinic."
    answer = answer_of(tmp_path, {"a.md": page}, question)
    assert answer is not None
    assert answer.text.startswith("Cortozol is taken once a week.")
    assert ("weak kidneys" in answer.text) is is_told
