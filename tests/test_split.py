"""Splitting: nothing lost, nothing cut across a section, everything fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.split import SplitPassage, split, split_identity
from retriever.document import ReadingText, Section, SourceMap
from retriever.store.contents import embedding_text
from tests.hashing import HashingEncoder

count_tokens = HashingEncoder().count_tokens


def text_of(*sections: tuple[tuple[str, ...], str]) -> ReadingText:
    """A reading text of sections, each given by its heading path and its text."""
    text = "".join(body for _, body in sections)
    spans, start = [], 0
    for headings, body in sections:
        spans.append(Section(start, start + len(body), headings))
        start += len(body)
    source_map = SourceMap((0,), (0,), (len(text),))
    return ReadingText(text=text, sections=tuple(spans), source_map=source_map, title=None)


def split_all(reading: ReadingText, *, chunk_size: int = 100, max_tokens: int = 40) -> list[SplitPassage]:
    """The passages under the title `Page`."""
    identity = split_identity(chunk_size=chunk_size, max_tokens=max_tokens)
    return split(reading, prefix_title="Page", identity=identity, count_tokens=count_tokens)


def texts(reading: ReadingText, passages: list[SplitPassage]) -> list[str]:
    """What the passages say."""
    return [reading.text[one.start_char : one.end_char] for one in passages]


def test_a_short_section_is_one_passage() -> None:
    reading = text_of((("A",), "One sentence. Two sentences.\n\n"))
    assert texts(reading, split_all(reading)) == ["One sentence. Two sentences."]


def test_a_passage_never_crosses_a_section() -> None:
    reading = text_of((("A",), "First.\n\n"), (("B",), "Second."))
    assert texts(reading, split_all(reading)) == ["First.", "Second."]


def test_paragraphs_stay_whole_where_they_fit() -> None:
    first, second = "a " * 40 + "end.", "b " * 40 + "end."
    reading = text_of((("A",), f"{first}\n\n{second}"))
    assert texts(reading, split_all(reading, max_tokens=60)) == [first, second]


def test_a_decimal_point_ends_no_sentence() -> None:
    reading = text_of((("A",), "Take 0.5 mg of it each day with food. " * 6))
    assert all(one.startswith("Take") for one in texts(reading, split_all(reading)))


def test_repeated_text_has_offsets_of_its_own() -> None:
    reading = text_of((("A",), "same words here.\n\n" * 12))
    starts = [one.start_char for one in split_all(reading)]
    assert starts == sorted(set(starts))


def test_the_prefix_is_the_title_and_the_last_two_headings() -> None:
    reading = text_of((("Top", "Middle", "Low"), "Text."))
    assert split_all(reading)[0].prefix == "Page > Middle > Low"


def test_a_heading_that_repeats_the_title_is_not_in_the_prefix_twice() -> None:
    reading = text_of((("PAGE", "Uses"), "Text."))
    assert split_all(reading)[0].prefix == "Page > Uses"


def test_a_long_prefix_gives_way_to_the_text() -> None:
    reading = text_of((("word " * 20, "Uses"), "Text."))
    passage = split_all(reading, max_tokens=20)[0]
    assert passage.prefix == "Uses"
    assert passage.tokens == count_tokens([embedding_text("Uses", "Text.")])[0]


def test_a_short_tail_joins_the_passage_before() -> None:
    reading = text_of((("A",), "x" * 80 + ". \n\n" + "Yes."))
    assert len(split_all(reading)) == 1


words = st.text(alphabet="ab .\n\té\u200d漢!-", max_size=400)


@given(st.lists(words, min_size=1, max_size=4), st.integers(5, 120), st.integers(12, 60))
def test_every_character_lies_in_exactly_one_passage_that_fits(
    bodies: list[str], chunk_size: int, max_tokens: int
) -> None:
    reading = text_of(*((("Heading", str(place)), body) for place, body in enumerate(bodies)))
    passages = split_all(reading, chunk_size=chunk_size, max_tokens=max_tokens)
    covered = [place for one in passages for place in range(one.start_char, one.end_char)]
    assert len(covered) == len(set(covered))
    assert {place for place, c in enumerate(reading.text) if not c.isspace()} <= set(covered)
    for one in passages:
        section = reading.sections[one.section]
        assert section.start_char <= one.start_char < one.end_char <= section.end_char
        assert one.tokens <= max_tokens
        text = reading.text[one.start_char : one.end_char]
        assert one.tokens == count_tokens([embedding_text(one.prefix, text)])[0]


def test_a_splitter_that_loses_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Losing:
        def __init__(self, **_: object) -> None:
            pass

        def split_text(self, text: str) -> list[str]:
            return [text[:-1]]

    monkeypatch.setattr("langchain_text_splitters.RecursiveCharacterTextSplitter", Losing)
    with pytest.raises(RuntimeError, match="lost text"):
        split_all(text_of((("A",), "Some text.")))
