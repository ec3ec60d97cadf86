"""Boilerplate: wordings that stand in many documents, counted against a plain oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.ranking.boilerplate import (
    COMMON_DOCUMENTS,
    COMMON_SHARE,
    SHINGLE,
    boilerplate,
    emptiness,
    is_bare,
    is_reference_list,
)


def oracle(rows: list[list[int]], documents: list[int]) -> list[int]:
    """The same in sets and loops."""
    shingles = [[tuple(row[i : i + SHINGLE]) for i in range(len(row) - SHINGLE + 1)] for row in rows]
    having: dict[tuple[int, ...], set[int]] = {}
    for document, some in zip(documents, shingles, strict=True):
        for one in some:
            having.setdefault(one, set()).add(document)
    limit = max(COMMON_DOCUMENTS, COMMON_SHARE * len(set(documents)))
    return [100 * sum(len(having[one]) >= limit for one in some) // max(1, len(some)) for some in shingles]


def test_a_wording_of_five_documents_is_common_and_one_of_four_is_not() -> None:
    common, rare = [1, 2, 3, 4, 5], [6, 7, 8, 9, 10]
    rows = [common] * 5 + [rare] * 4
    documents = np.arange(9, dtype=np.int32)
    assert boilerplate(rows, documents).tolist() == [100] * 5 + [0] * 4


def test_repeating_itself_within_a_document_makes_no_boilerplate() -> None:
    assert boilerplate([[1, 2, 3, 4, 5]] * 8, np.zeros(8, dtype=np.int32)).tolist() == [0] * 8


def test_nothing_has_no_boilerplate() -> None:
    assert boilerplate([], np.zeros(0, dtype=np.int32)).tolist() == []
    assert boilerplate([[1, 2]], np.zeros(1, dtype=np.int32)).tolist() == [0]


@given(st.lists(st.tuples(st.lists(st.integers(0, 2), max_size=9), st.integers(0, 9)), max_size=40))
def test_the_share_agrees_with_the_oracle(drawn: list[tuple[list[int], int]]) -> None:
    drawn.sort(key=lambda pair: pair[1])
    rows, documents = [row for row, _ in drawn], [document for _, document in drawn]
    found = boilerplate(rows, np.array(documents, dtype=np.int32))
    assert found.tolist() == oracle(rows, documents)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("More information\n\n- Cancer Prevention Overview (PDQ®)", True),
        ("Symptoms", True),
        ("Signs include:\n\n- fever\n- a cough", False),
        ("It is rare.", False),
        ("Ask your doctor (or nurse).)", False),
        ("\n".join(["- one of many items of a long list"] * 9), False),
    ],
)
def test_a_passage_without_a_statement_is_bare(text: str, bare: bool) -> None:
    assert is_bare(text) is bare


@pytest.mark.parametrize(
    ("text", "headings", "listed"),
    [
        ("1. Who: What. Where, 2020.", ("Page", "References"), True),
        (
            "- Quante AS, Herz J, et al.: On risk. Breast Cancer Res Treat 152 (1): 193-7, 2015.",
            ("Page", "Key papers"),
            True,
        ),
        ("- Thompson IM, et al. Operating. JAMA 2005;294(1):66-70.", ("Page",), True),
        (
            "As Smith et al. showed, walking helps. " + "It does so at any age and in any weather. " * 5,
            ("Page",),
            False,
        ),
        ("Take 1 tablet at 8:30, with water. Ratios of 1:5 are usual.", ("Page",), False),
        ("Your doctor gives references.", ("Page", "About references"), False),
    ],
)
def test_a_list_of_references_is_known_by_its_heading_or_its_citations(
    text: str, headings: tuple[str, ...], listed: bool
) -> None:
    assert is_reference_list(text, headings) is listed


def test_references_say_less_than_a_bare_heading_and_a_statement_says_enough() -> None:
    assert emptiness("1. Who: What.", ("References",)) > emptiness("Contents", ("Page",)) > 0
    assert emptiness("It is rare.", ("Page",)) == 0
