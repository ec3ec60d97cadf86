"""Lists that the border of two passages divides, and lists that are longer than an answer may be."""

from dataclasses import replace
from pathlib import Path

import pytest

from retriever.answers.answer import Answer, Answerer, AnswerWarning
from retriever.index import Index
from retriever.query import Hit, Query
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder

QUESTION = "What are the side effects of denosumab?"
ITEMS = ("- skin infections", "- low blood calcium", "- pain in the arms", "- a weak jaw")
PAGE = "# Denosumab\n\n## Side effects\n\nSide effects of denosumab include:\n\n" + "\n".join(ITEMS) + "\n"


def ingested(tmp_path: Path, page: str) -> Index:
    run_ingest(write_collection(tmp_path / "corpus", {"a.md": page}), tmp_path / "index", chunk_size=600)
    return Index.open(tmp_path / "index")


def hits_of(index: Index) -> tuple[Hit, ...]:
    return Retriever(index, HashingEncoder()).retrieve(Query(QUESTION)).hits


def part(hit: Hit, rank: int, start: int, end: int) -> Hit:
    """A hit whose passage is a part of another's; `start` and `end` are places in its text."""
    passage = hit.passage
    cut = replace(
        passage,
        start_char=passage.start_char + start,
        end_char=passage.start_char + end,
        text=passage.text[start:end],
    )
    return replace(hit, rank=rank, passage=cut)


def divided(
    tmp_path: Path, before: str, *, gap: int = 0, page: str = PAGE
) -> tuple[Answer | None, Index, tuple[Hit, Hit]]:
    """The answer from two passages, the second of which begins with `before`, so many characters later."""
    index = ingested(tmp_path, page)
    whole = next(hit for hit in hits_of(index) if ITEMS[0] in hit.passage.text)
    border = whole.passage.text.index(before)
    hits = part(whole, 2, 0, border - 1), part(whole, 1, border + gap, len(whole.passage.text))
    return Answerer(index, HashingEncoder()).answer(QUESTION, hits), index, hits


@pytest.mark.parametrize("before", ITEMS)
def test_a_divided_list_is_quoted_from_its_beginning_each_part_in_its_own_passage(
    tmp_path: Path, before: str
) -> None:
    answer, index, hits = divided(tmp_path, before)
    assert answer is not None
    positions = [answer.text.index(said) for said in ("Side effects of denosumab include:", *ITEMS)]
    assert positions == sorted(positions)
    assert [span.passage_rank for span in answer.spans] == [2, 1]
    for span, hit in zip(answer.spans, hits, strict=True):
        said = answer.text[span.start_char : span.end_char]
        text = index.reading_text(span.document_id)
        assert said == text[span.quote_start_char : span.quote_end_char]
        assert said == said.strip()
        assert hit.passage.start_char <= span.quote_start_char
        assert span.quote_end_char <= hit.passage.end_char
    assert answer.warnings == ()


def test_an_item_that_a_border_divides_from_the_one_above_it_stays_set_in(tmp_path: Path) -> None:
    last = ITEMS[-1].removeprefix("- ")
    answer, _, _ = divided(tmp_path, f"- {last}", page=PAGE.replace(f"- {last}", f"  - {last}"))
    assert answer is not None
    assert f"\n\n  - {last}" in answer.text


def test_a_list_of_which_a_part_was_not_found_is_not_joined_over_it(tmp_path: Path) -> None:
    answer, _, _ = divided(tmp_path, ITEMS[1], gap=len(ITEMS[1]) + 1)
    assert answer is not None
    assert ITEMS[2] not in answer.text
    assert [warning.code for warning in answer.warnings] == [AnswerWarning.LIST_CONTINUES]


def test_a_list_too_long_for_an_answer_is_quoted_to_an_item_that_fits_and_said_to_go_on(tmp_path: Path) -> None:
    effect = "something that is told at such length that ten of these would not be read by anybody at all"
    items = [f"- effect {number}, {effect}" for number in range(3)] + ["- effects such as:"]
    items += [f"- effect {number}, {effect}" for number in range(4, 24)]
    page = "# Denosumab\n\n## Side effects\n\nSide effects of denosumab include:\n\n" + "\n".join(items)
    index = ingested(tmp_path, page)
    (found, *_), text = hits_of(index), index.reading_text(hits_of(index)[0].document.document_id)
    start = text.index("Side effects\n")
    passage = replace(found.passage, start_char=start, end_char=len(text), text=text[start:])
    answer = Answerer(index, HashingEncoder()).answer(QUESTION, [replace(found, rank=1, passage=passage)])
    assert answer is not None
    said = answer.text[: answer.text.index(" [1]")]
    assert said.startswith("Side effects of denosumab include:")
    assert items[1] in said
    assert said.splitlines()[-1] in items
    assert not said.endswith(":")
    assert len(said) <= 900
    assert [warning.code for warning in answer.warnings] == [AnswerWarning.LIST_CONTINUES]
