"""Boilerplate: wordings that stand in many documents, counted against a plain oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retriever.boilerplate import COMMON_DOCUMENTS, COMMON_SHARE, SHINGLE, boilerplate, is_bare


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
