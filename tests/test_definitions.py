"""Definitions: sentences that say what a thing is, and texts that spell an abbreviation out."""

import pytest

from retriever.answers.judged.definitions import defines, spells_out
from retriever.answers.wanted.asked_thing import abbreviation_asked
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


def test_what_stands_beside_a_name_defines_it() -> None:
    asked = frozenset(terms("bone scan"))
    sentence = "The picture shows the bone scan, a type of test in which a dye is injected."
    assert defines(sentence, asked, dict.fromkeys(asked, 2.0)) == pytest.approx(0.8)
    assert defines("Bone scan: Bone scans are tests of bones.", asked, dict.fromkeys(asked, 2.0)) == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "The gross domestic product (GDP) is what a country makes.",
        "GDP (gross domestic product) is what a country makes.",
        "The letters:\n\nG\t= Gross\nD\t= Domestic\nP\t= Product",
    ],
)
def test_words_beside_their_letters_or_a_row_for_each_spell_them_out(text: str) -> None:
    asked = abbreviation_asked("What does GDP stand for?")
    assert asked is not None
    assert spells_out(text, asked)
    assert not spells_out("GDP (a figure) grew by two percent.", asked)
