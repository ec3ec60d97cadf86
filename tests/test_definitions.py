"""Definitions: sentences that say what a thing is."""

import pytest

from retriever.answers.judged.definitions import defines
from retriever.search.analyze import terms


@pytest.mark.parametrize(
    ("sentence", "fit"),
    [
        ("Bone cancer is a disease of bones.", 1.0),
        ("Bone cancer (also called bone tumor) is a rare disease.", 1.0),
        ("Bone cancer is swelling caused by growth.", 1.0),
        ("Bone cancer: A disease of bones.", 1.0),
        ("Bone cancer begins in cells.", 0.6),
        ("Bone cancer screening is a test.", 2 / 3),
        ("Bone cancer is the most common cancer.", 0.0),
        ("Milk is a drink.", 0.0),
    ],
)
def test_a_definition_is_told_by_its_form_and_its_subject(sentence: str, fit: float) -> None:
    asked = frozenset(terms("bone cancer"))
    assert defines(sentence, asked, dict.fromkeys(asked, 2.0)) == pytest.approx(fit)


def test_a_label_that_its_sentence_repeats_does_not_hide_a_definition() -> None:
    asked = frozenset(terms("bone scan"))
    assert defines("Bone scan: Bone scans are tests of bones.", asked, dict.fromkeys(asked, 2.0)) == 1.0
