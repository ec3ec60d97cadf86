"""Comparisons: what a question compares, and answers that tell of both sides."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.questions.comparison import compared, contrasts
from tests.small_answers import answer_of


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("What is the difference between a T-score and a Z-score?", "T-score", "Z-score"),
        ("difference between Hodgkin and non-Hodgkin lymphoma", "Hodgkin lymphoma", "non-Hodgkin lymphoma"),
        ("stage 2 vs stage 3 lung cancer", "stage 2 lung cancer", "stage 3 lung cancer"),
        ("How does palliative care differ from hospice?", "palliative care", "hospice"),
        ("is a dysplastic nevus the same as melanoma", "dysplastic nevus", "melanoma"),
        ("compare denosumab with alendronate", "denosumab", "alendronate"),
    ],
)
def test_what_is_compared_is_recognised(question: str, one: str, other: str) -> None:
    found = compared(question)
    assert found is not None
    assert (found.one, found.other) == (one, other)
    assert found.only_one.isdisjoint(found.only_other)


@pytest.mark.parametrize(
    "question",
    [
        "What is denosumab?",
        "difference between bones and bones",
        "How does teriparatide differ from other bone medicines?",
        "difference between " * 40,
    ],
)
def test_other_questions_compare_nothing(question: str) -> None:
    assert compared(question) is None


@given(st.text(alphabet="difference between and vs a?.", max_size=400))
def test_any_text_can_be_looked_at_for_a_comparison(text: str) -> None:
    found = compared(text)
    assert found is None or (found.only_one or found.only_other)


SCORES = """# Scores

## T-score

A T-score is a number that compares bones with those of young adults.

## Z-score

A Z-score is a number that compares bones with those of people of one age.

## Costs

Scores cost little money.
"""


def test_a_comparison_quotes_both_sides(tmp_path: Path) -> None:
    answer = answer_of(tmp_path, {"a.md": SCORES}, "What is the difference between a T-score and a Z-score?")
    assert answer is not None
    assert "A T-score is a number" in answer.text
    assert "A Z-score is a number" in answer.text
    assert "money" not in answer.text


def test_a_sentence_that_sets_both_sides_against_each_other_comes_first(tmp_path: Path) -> None:
    page = f"{SCORES}\n## Both\n\nUnlike a Z-score, a T-score never looks at age.\n"
    answer = answer_of(tmp_path, {"a.md": page}, "What is the difference between a T-score and a Z-score?")
    assert answer is not None
    assert answer.text.startswith("Unlike a Z-score, a T-score never looks at age. [")
    assert contrasts("Unlike a Z-score, a T-score never looks at age.")


def test_the_same_said_of_both_sides_is_quoted_of_both(tmp_path: Path) -> None:
    drugs = "## Carboplatin\n\nCarboplatin is a drug against cancer of the bladder and of the lung.\n\n"
    page = f"# Drugs\n\n{drugs}{drugs.replace('Carbo', 'Cis')}"
    answer = answer_of(tmp_path, {"a.md": page}, "carboplatin vs cisplatin")
    assert answer is not None
    assert "Carboplatin is a drug" in answer.text
    assert "Cisplatin is a drug" in answer.text
