"""Which words are forms of one another."""

import pytest

from retriever.abstention.word_forms import has_form, other_forms, said_by
from retriever.questions.name_table import name_rules
from retriever.search.analyze import terms


@pytest.mark.parametrize(
    ("asked", "told", "are_forms"),
    [
        ("itchy", "itching", True),
        ("forgot", "forget", True),
        ("forgotten", "forgetting", True),
        ("child", "children", True),
        ("boy", "children", True),
        ("men", "male", True),
        ("man", "woman", False),
        ("chemo", "chemotherapy", True),
        ("chem", "chemotherapy", False),
        ("endometriosis", "endometrial", False),
        ("forgot", "forbid", False),
        ("paid", "payment", True),
        ("sore", "painful", True),
        ("fridge", "refrigerator", True),
        ("vodka", "alcohol", True),  # what holds for alcohol holds for it
        ("alcohol", "vodka", False),
        ("boy", "girl", True),
        ("cat", "dog", False),
    ],
)
def test_a_form_of_a_word_is_known(asked: str, told: str, are_forms: bool) -> None:
    (term,) = terms(asked)
    assert has_form(term, frozenset(terms(told))) is are_forms


def test_a_table_says_which_words_say_each_other_and_which_are_only_said() -> None:
    table = said_by(name_rules("# ours\nflat, apartment # sure\n\nflat => home\nflat => no home\n"))

    assert table == {"flat": {"flat", "apart", "home"}, "apart": {"apart", "flat"}}


def test_a_word_with_no_irregular_form_has_itself() -> None:
    assert other_forms("bone") == {"bone"}
