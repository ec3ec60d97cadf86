"""Narrowing: quotes that hold only for some, or are meant for others than the question tells of."""

from retriever.answers.judged.narrowing import narrowed_by_heading, narrows
from retriever.search.analyze import terms
from tests.small_answers import quote_below


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
