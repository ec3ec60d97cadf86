"""Subject told: quotes and passages about what was asked, and those about something else."""

import pytest

from retriever.answers.judged.subject_told import subject_told
from retriever.answers.wanted.subject_words import asked_words, saying, says
from retriever.questions.question import Question
from retriever.search.analyze import terms
from tests.small_answers import quote_below


def asked(**weights: float) -> Question:
    """A short question whose terms have these weights."""
    return Question(weights, (), {}, is_long=False)


@pytest.mark.parametrize(
    ("word", "is_said"), [("sexual", True), ("sex", True), ("work", True), ("breast", True), ("fly", False)]
)
def test_words_that_begin_alike_say_each_other(word: str, is_said: bool) -> None:
    found, (term,) = frozenset(terms("Breast cancer, sexual health: many people can work.")), terms(word)
    assert says(found, term) is is_said
    assert bool(saying([term], found)[term]) is is_said


@pytest.mark.parametrize(
    ("asked_for", "page_says", "is_said"),
    [
        ("tea", "team", False),
        ("ear", "early", False),
        ("leg", "legal", False),
        ("hip", "hippocampus", False),
        ("breastfeed", "breast", False),
        ("breast", "breastbone", False),
        ("back", "background", False),
        ("sex", "sexual", True),
        ("cell", "cellular", True),
        ("drive", "driver", True),
        ("pain", "painless", True),
        ("colon", "colonoscopy", True),
        ("chemo", "chemotherapy", True),
        ("metastasis", "metastatic", True),
    ],
)
def test_a_longer_word_says_a_shorter_one_by_an_ending_and_not_by_another_word(
    asked_for: str, page_says: str, is_said: bool
) -> None:
    (word,), found = terms(asked_for), frozenset(terms(page_says))
    assert says(found, word) is is_said
    assert bool(saying([word], found)[word]) is is_said


def test_a_negation_does_not_say_what_it_denies() -> None:
    assert not says(frozenset(terms("an unsafe, nontoxic dose")), *terms("safe"))
    assert not says(frozenset(terms("an unsafe, nontoxic dose")), *terms("toxic"))


def test_quotes_that_tell_less_than_half_of_what_the_best_tells_are_about_something_else() -> None:
    told = [
        quote_below("Garlic", "Garlic may thin the blood."),
        quote_below("Garlic", "It has a strong smell."),
        quote_below("Recovery", "Most wounds heal within a month."),
    ]
    weighed = asked(garlic=6.0, blood=3.0, month=2.0, chemo=6.0)
    # chemo is said nowhere, a month is no subject
    assert subject_told(asked_words(weighed), told) == [(9 / 15, True), (6 / 15, True), (0, False)]
    assert subject_told(asked_words(weighed), told[2:]) == [(0, True)]  # held against the best that there is
    of_long = asked_words(Question(weighed.weights, (), {}, is_long=True))
    assert subject_told(of_long, told) == [(1.0, True)] * 3
