"""Sentences, items, rows and headings: found where they end, and nothing lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.processes.read import read_text
from ingest.reading.source_type import SourceType
from retriever.answers.quotable.units import UnitKind, section_units, sentence_spans
from retriever.document import Section
from tests.collections_on_disk import unpack_real_pages
from tests.proportion import assert_in_proportion


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, 0, len(text))]


def units(text: str, *headings: str) -> list[tuple[str, str, int]]:
    section = Section(0, len(text), headings)
    return [
        (unit.kind.value, text[unit.start_char : unit.end_char], unit.block)
        for unit in section_units(text, section)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Take it with food, e.g. Bread or milk, if it upsets you.",
        "Give 0.5 mg of it, i.e. half a tablet, at 8 a.m. and at noon.",
        "Dr. Smith and Prof. Jones of the U.S. Food and Drug Administration agree.",
        "It is seen in approx. 5 percent of people (see Fig. 2 of the report).",
        "Helicobacter pylori (H. pylori) lives in the stomach.",
        "The trial (Smith et al. Found in 2020. Not repeated.) was small.",
        "Give 60 mg s.c. every six months.",
    ],
)
def test_an_abbreviation_does_not_end_a_sentence(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The dose is 0.5 mg. Dr. Smith said so.", ["The dose is 0.5 mg.", "Dr. Smith said so."]),
        ("Does it hurt? No! It does not.", ["Does it hurt?", "No!", "It does not."]),
        ("It came up to 3.5. “Stop,” he said.", ["It came up to 3.5.", "“Stop,” he said."]),
        ("Ask the NCI. 5 in 10 people do.", ["Ask the NCI.", "5 in 10 people do."]),
    ],
)
def test_sentences_end_where_they_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_line_break_inside_a_paragraph_does_not_cut_a_sentence() -> None:
    assert units("Bones thin\nquickly. Then they break.") == [
        ("sentence", "Bones thin\nquickly.", 0),
        ("sentence", "Then they break.", 0),
    ]


def test_each_item_is_a_unit_with_the_lines_that_go_on_with_it() -> None:
    text = "Effects include:\n\n- Skin infections. They heal.\n- Low calcium\n  and cramps\n1. One\n• Two"
    assert units(text) == [
        ("sentence", "Effects include:", 0),
        ("item", "- Skin infections. They heal.", 1),
        ("item", "- Low calcium\n  and cramps", 1),
        ("item", "1. One", 1),
        ("item", "• Two", 1),
    ]


def test_each_row_of_a_table_is_a_unit() -> None:
    assert units("Use\tDose\nBones\t60 mg. Once.\nCancer\t120 mg") == [
        ("row", "Use\tDose", 0),
        ("row", "Bones\t60 mg. Once.", 0),
        ("row", "Cancer\t120 mg", 0),
    ]


def test_headings_are_units_of_their_own_down_to_the_sections_own_one() -> None:
    assert units("Denosumab\n\nSide effects\n\nThey are rare.", "Denosumab", "Side effects") == [
        ("heading", "Denosumab", 0),
        ("heading", "Side effects", 1),
        ("sentence", "They are rare.", 2),
    ]


def test_a_section_before_the_first_heading_has_none() -> None:
    assert units("They are rare.") == [("sentence", "They are rare.", 0)]


def test_spans_count_in_the_whole_text() -> None:
    text = "Ünrelated. Before.\n\nOne. Two."
    found = section_units(text, Section(20, len(text), ()))
    assert [text[unit.start_char : unit.end_char] for unit in found] == ["One.", "Two."]


@given(st.text(alphabet="aB1 .?!()[]-\n\t•é“”", max_size=200))
def test_every_visible_character_lies_in_exactly_one_unit(text: str) -> None:
    _check_lossless(text, Section(0, len(text), ()))


@given(st.text(max_size=200))
def test_no_character_of_any_script_is_lost(text: str) -> None:
    _check_lossless(text, Section(0, len(text), ("a",)))


def test_a_very_long_paragraph_is_read_in_time_in_proportion() -> None:
    def read(sentences: int) -> None:
        text = "It began (so. " + "Then it went on; i.e. it did not end. " * sentences
        _check_lossless(text, Section(0, len(text), ()))

    assert_in_proportion(read, 16_000)


@pytest.mark.slow
def test_a_hundred_real_pages_are_read_without_loss(tmp_path: Path) -> None:
    pages = sorted(unpack_real_pages(tmp_path, every=14).rglob("*.md"))[:100]
    assert len(pages) == 100
    kinds: set[UnitKind] = set()
    for page in pages:
        reading = read_text(
            page.read_bytes(), "0" * 64, source_type=SourceType.MARKDOWN, stem=page.stem
        ).reading_text
        for section in reading.sections:
            kinds |= _check_lossless(reading.text, section)
    assert kinds == set(UnitKind)


def _check_lossless(text: str, section: Section) -> set[UnitKind]:
    """The kinds of a section's units, after all of its visible characters were found in them."""
    position = section.start_char
    kinds = set()
    for unit in section_units(text, section):
        assert unit.start_char < unit.end_char <= section.end_char
        assert not text[position : unit.start_char].strip()
        assert text[unit.start_char : unit.end_char] == text[unit.start_char : unit.end_char].strip()
        position = unit.end_char
        kinds.add(unit.kind)
    assert not text[position : section.end_char].strip()
    return kinds
