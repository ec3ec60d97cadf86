"""Title fit: what a page is named for and nobody asked, and what was asked and others are named for."""

from math import log

import numpy as np
import pytest

from retriever.document import Metadata
from retriever.questions.title_fit import FULL_MASS, TitleFit, page_name

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


def test_a_title_that_was_asked_for_fits() -> None:
    assert TitleFit(TITLES).misfit("what is leukaemia?", EVERY)[0] == 0


def test_what_was_not_asked_counts_by_its_idf_mass() -> None:
    expected = log(1 + len(TITLES) / 1) / FULL_MASS
    assert TitleFit(TITLES).misfit("what is leukaemia?", EVERY)[1] == pytest.approx(expected)


def test_a_word_of_many_titles_and_a_word_of_a_facet_do_not_count() -> None:
    titles = [f"{word} treatment - Site" for word in ("One", "Two", "Three")]
    assert TitleFit(titles).misfit("one two three", EVERY[:3]).tolist() == [0, 0, 0]


def test_documents_may_repeat_and_come_in_any_order() -> None:
    fit = TitleFit(TITLES)
    once = fit.misfit("falls", EVERY)
    assert fit.misfit("falls", EVERY[[3, 3, 0]]).tolist() == once[[3, 3, 0]].tolist()


def test_what_others_are_named_for_counts_against_a_page_that_is_not() -> None:
    expected = log(1 + len(TITLES) / 1) / FULL_MASS
    asked = TitleFit(TITLES).misfit("childhood leukaemia", EVERY)
    assert asked[:2].tolist() == pytest.approx([expected, 0])


def test_a_word_that_names_no_page_counts_against_none() -> None:
    fit = TitleFit(TITLES)
    assert fit.misfit("falls in winter", EVERY).tolist() == fit.misfit("falls", EVERY).tolist()


def test_a_name_is_asked_for_by_its_short_form_too() -> None:
    titles = ["Chemotherapy", "Chemo at home", "Falls", "Calcium"]
    assert TitleFit(titles).misfit("chemo", EVERY[:1]).tolist() == [0]


def test_what_is_asked_for_by_both_its_forms_counts_once() -> None:
    titles = ["Chemotherapy in childhood", "Falls", "Calcium", "Milk"]
    once = TitleFit(titles).misfit("chemotherapy", EVERY[:1])
    assert TitleFit(titles).misfit("chemo chemotherapy", EVERY[:1]).tolist() == once.tolist()
    assert once.tolist() == pytest.approx([log(5) / FULL_MASS])  # "childhood", which nobody asked for


def test_a_short_form_counts_a_page_once_that_holds_several_long_ones() -> None:
    titles = ["Chemotherapy and chemoprevention", "Chemo at home", "Falls", "Calcium", "Milk", "Kale", "Kiwi"]
    falls = TitleFit(titles).misfit("chemo", np.array([2]))
    assert falls.tolist() == pytest.approx([(log(1 + 7) + log(1 + 7)) / FULL_MASS])  # its own name, and "chemo"
    assert TitleFit(titles).misfit("chemo", EVERY[:1]).tolist() == [0]


def test_each_side_never_counts_for_more_than_all_of_it() -> None:
    titles = [" ".join(f"word{title}x{n}" for n in range(30)) for title in range(9)]
    fit = TitleFit(titles)
    assert fit.misfit("nothing", EVERY[:1]).tolist() == [1]
    assert fit.misfit(titles[1], EVERY[:2]).tolist() == [2, 0]


def test_the_address_names_a_page_by_its_last_two_parts() -> None:
    url = "https://example.org/types/leukemia/patient/adult-all%2Dtreatment?page=secret#top"
    assert page_name(Metadata(title="Leukaemia", url=url)) == "Leukaemia patient adult-all-treatment"
    assert page_name(Metadata(title="Leukaemia", url="https://example.org/")) == "Leukaemia"
    assert page_name(Metadata(title="Leukaemia")) == "Leukaemia"
