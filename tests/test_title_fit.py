"""Title fit: what a title names that was not asked for counts against its page."""

from math import log

import numpy as np
import pytest

from retriever.title_fit import FULL_MASS, TitleFit

TITLES = [
    "Leukaemia",
    "Childhood leukaemia",
    "Falls",
    "Calcium",
    "Vitamin D",
    "Hip fracture",
    "Denosumab and the jaw",
]
EVERY = np.arange(len(TITLES), dtype=np.int32)


def test_a_title_that_was_asked_for_has_nothing_unasked() -> None:
    assert TitleFit(TITLES).unasked("what is leukaemia?", EVERY)[0] == 0


def test_the_unasked_part_is_the_idf_mass_of_its_words() -> None:
    expected = log(1 + len(TITLES) / 1) / FULL_MASS
    assert TitleFit(TITLES).unasked("what is leukaemia?", EVERY)[1] == pytest.approx(expected)


def test_a_word_of_many_titles_and_a_word_of_a_facet_do_not_count() -> None:
    titles = [f"{word} treatment - Site" for word in ("One", "Two", "Three", "Four")]
    assert TitleFit(titles).unasked("one two three four", EVERY[:4]).tolist() == [0, 0, 0, 0]


def test_documents_may_repeat_and_come_in_any_order() -> None:
    fit = TitleFit(TITLES)
    once = fit.unasked("falls", EVERY)
    assert fit.unasked("falls", EVERY[[3, 3, 0]]).tolist() == once[[3, 3, 0]].tolist()


def test_a_title_never_counts_for_more_than_all_of_it() -> None:
    titles = [" ".join(f"word{title}x{n}" for n in range(30)) for title in range(9)]
    assert TitleFit(titles).unasked("nothing", EVERY[:1]).tolist() == [1]
