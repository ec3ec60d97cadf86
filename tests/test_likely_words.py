"""Likely words: what counts as a part of what was asked, and where."""

from importlib import resources

import numpy as np
import pytest

from retriever.index import Index
from retriever.questions.name_table import name_rules
from retriever.ranking.likely_words import TABLE_FILE, WORTH, told_likely
from retriever.ranking.ranking import OF_ANSWERS, OF_PAGES, OF_TEXTS, OF_UNTITLED_TEXTS
from retriever.search.analyze import terms
from tests.hashed_collection import ingested

PAGES = {
    "a.md": "# A\n\nMany people have fatigue.\n",
    "b.md": "# B\n\nMany people are tired, which is fatigue.\n",
    "c.md": "# C\n\nMany people are cheerful.\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return Index.open(ingested(tmp_path_factory, PAGES))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("tired", [WORTH, 1, 0]),
        ("fatigue", [1, 1, 0]),  # one way only: who asks for fatigue does not ask for tired
        ("cheerful", [0, 0, 1]),
        ("vertigo", [0, 0, 0]),
    ],
)
def test_a_page_tells_a_part_of_a_word_by_a_likely_one(asked: str, expected: list[float], index: Index) -> None:
    asked_terms, rows = terms(asked), np.arange(3, dtype=np.int32)
    (told,) = told_likely(asked_terms, index.body.each_held(asked_terms, rows), index.body, rows)
    assert told == pytest.approx(expected)


def test_likely_words_count_on_pages_alone() -> None:
    assert OF_PAGES.knows_likely_words
    assert not any(one.knows_likely_words for one in (OF_TEXTS, OF_UNTITLED_TEXTS, OF_ANSWERS))


def test_the_table_has_single_words_each_asked_once() -> None:
    table = resources.files("retriever.ranking").joinpath(TABLE_FILE).read_text(encoding="utf-8")
    rules = list(name_rules(table))
    words = [word for rule in rules for word in rule.asked]
    assert all(len(terms(word)) == 1 for rule in rules for word in (*rule.asked, *rule.told))
    assert len(words) == len(set(words))
    assert not any(set(rule.asked) & set(rule.told) for rule in rules)
