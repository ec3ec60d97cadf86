"""Narrowing: quotes that hold only for some, or are meant for others than the question tells of."""

import pytest

from retriever.answers.judged.narrowing import is_for_others, narrowed_by_heading, narrows
from retriever.search.analyze import terms
from tests.small_answers import quote_below, sought_by


def test_a_heading_narrows_only_where_the_question_does_not() -> None:
    named = frozenset(terms("Childhood bone cancer"))
    assert narrows(named, frozenset(terms("bone cancer")))
    assert not narrows(named, frozenset(terms("bone cancer in my son")))


def test_a_heading_with_words_of_its_own_narrows_a_quote() -> None:
    asked_for = frozenset(terms("how many weeks is radiotherapy for breast cancer"))
    partial = narrowed_by_heading(quote_below("Partial breast external beam radiation", "2 weeks."), asked_for)
    whole = narrowed_by_heading(quote_below("Whole breast radiation", "6 weeks."), asked_for)
    assert 0 < whole < partial == 1
    assert narrowed_by_heading(quote_below("Treatment", "6 weeks."), asked_for) == 0
    assert narrowed_by_heading(quote_below("Nerves were harmed in some patients.", "So."), asked_for) == 0


@pytest.mark.parametrize(
    ("question", "for_others", "fitting"),
    [
        ("my husband has gout", "Women with gout should rest.", "Men and women with gout should rest."),
        ("gout in my baby", "Adults with gout should rest.", "Gout is rare in a baby, less so in adults."),
    ],
)
def test_a_quote_for_women_or_adults_is_for_others(question: str, for_others: str, fitting: str) -> None:
    assert is_for_others(quote_below("About it", for_others), sought_by(question))
    assert not is_for_others(quote_below("About it", fitting), sought_by(question))
    assert not is_for_others(quote_below("About it", for_others), sought_by("gout"))
