"""The tables of other names: each pair of names stands in one of them, and each is read as it says."""

from collections.abc import Iterable
from importlib import resources
from itertools import combinations

import pytest

from retriever.abstention import word_forms
from retriever.questions.name_table import NameRule, name_rules
from retriever.questions.other_names import names_searched, term_line
from retriever.questions.synonyms import default_synonyms


def pairs_of(rules: Iterable[NameRule]) -> frozenset[frozenset[str]]:
    """Each two names that rules connect, by their terms."""
    pairs = (
        frozenset(map(term_line, (one, other))) for rule in rules for one in rule.asked for other in rule.told
    )
    return frozenset(pair for pair in pairs if len(pair) == 2)


def test_no_pair_of_names_stands_in_two_tables() -> None:
    words = resources.files(word_forms.__package__).joinpath(word_forms.TABLE_FILE).read_text(encoding="utf-8")
    tables = [
        pairs_of(name_rules(words)),
        pairs_of(names_searched()),
        pairs_of(NameRule((phrase,), (meant,)) for phrase, meant in default_synonyms().read_as.items()),
    ]
    assert all(tables)
    for one, other in combinations(tables, 2):
        assert not one & other


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("flat, apartment  # sure", [NameRule(("flat", "apartment"), ("flat", "apartment"))]),
        ("wine, beer => alcohol", [NameRule(("wine", "beer"), ("alcohol",))]),
        ("# nothing", []),
        (" ", []),
    ],
)
def test_a_line_of_a_table_is_one_rule(line: str, rules: list[NameRule]) -> None:
    assert list(name_rules(line)) == rules


def test_what_is_searched_by_another_name_is_told_by_it_too() -> None:
    assert word_forms.has_form("wine", {"alcohol"})  # of the names
    assert word_forms.has_form("salbutamol", {"albuterol"})  # of the synonyms
    assert not word_forms.has_form("alcohol", {"wine"})
