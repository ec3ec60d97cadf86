"""The commands behind docs/performance.md: what they compute, and where they write it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.errors import ComparisonRefused
from eval.performance.encoder_speed import measured
from eval.performance.growth import GrowthStep, as_markdown, drawing_of
from eval.performance.growth_step import grown_terms, grown_vectors
from eval.report.marked_section import markdown_table, write_section
from retriever.search.lexical import LexicalField, count_terms
from tests.hashing import HashingEncoder

STEPS = [
    GrowthStep(1_000, 1_000, 0.02, 0.1, 0.1, 0.05, 0.02, 0.99, 1_920.0, 200.0),
    GrowthStep(10_000, 5_000, 0.02, 0.3, 1.0, 0.4, 0.1, 0.95, 1_920.0, 300.0),
]


def test_a_section_replaces_what_stood_between_its_marks_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("above\n<!-- growth:begin -->\nold\n<!-- growth:end -->\nbelow\n", encoding="utf-8")
    write_section(page, "growth", "new\n")
    write_section(page, "growth", "newer")
    expected = "above\n<!-- growth:begin -->\nnewer\n<!-- growth:end -->\nbelow\n"
    assert page.read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("text", ["", "<!-- growth:begin -->", "<!-- growth:end --><!-- growth:begin -->"])
def test_a_page_without_the_marks_is_left_as_it_is(text: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(ComparisonRefused, match="growth:begin"):
        write_section(page, "growth", "new")
    assert page.read_text(encoding="utf-8") == text


def test_a_table_has_its_numbers_to_the_right() -> None:
    assert markdown_table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"


def test_vectors_beyond_the_real_ones_lie_near_them_and_have_length_one() -> None:
    random = np.random.default_rng(1)
    real = random.normal(size=(30, 16)).astype(np.float32)
    real /= np.linalg.norm(real, axis=1, keepdims=True)
    grown = grown_vectors(real, 100, random)
    assert np.array_equal(grown[:30], real)
    np.testing.assert_allclose(np.linalg.norm(grown, axis=1), 1, rtol=1e-5)
    assert (grown[30:] @ real.T).max(axis=1).min() > 0.6


def test_synthetic_texts_are_of_the_terms_and_the_length_of_the_real_ones() -> None:
    field = LexicalField.build(count_terms(["calcium bones falls", "vitamin bones sun"]))
    grown = grown_terms(field, 7, np.random.default_rng(1))
    assert [len(row) for row in grown.rows] == [3] * 7
    assert LexicalField.build(grown).rows == 7


def test_sizes_with_synthetic_passages_are_marked() -> None:
    table = as_markdown(STEPS, "growth.svg")
    assert "| 1,000 |" in table
    assert "| 10,000 * |" in table


def test_the_drawing_has_one_line_for_each_way_to_search() -> None:
    drawing = drawing_of(STEPS)
    assert drawing.count("<polyline") == 4
    assert "nan" not in drawing


def test_an_encoder_is_compared_with_the_first_by_time_and_direction() -> None:
    def other(texts: Sequence[str]) -> NDArray[np.float32]:
        return -HashingEncoder().encode_passages(texts)

    same, opposite = measured(
        {"first": HashingEncoder().encode_passages, "other": other}, ["calcium", "bones and falls"], repeats=1
    )
    assert same.ratio == 1
    assert same.cosine_min == pytest.approx(1)
    assert opposite.cosine_mean == pytest.approx(-1)
