"""Questions with answers: each quote stands once in its page, each span holds the words of its digest."""

import tarfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from eval.datasets.dataset import Dataset, GoldSlice, Half
from eval.datasets.quoted_words import words_digest
from eval.datasets.read_dataset import read_dataset
from eval.datasets.source_tokens import quoted_place
from ingest.processes.read import read_text
from ingest.reading.source_type import SourceType
from tests.shared_data import shared
from tests.small_datasets import write_lines

ROOT = Path(__file__).resolve().parents[1]
NATURAL = ROOT / "eval" / "natural"
NATURAL_STARTER = ROOT / "eval" / "natural-starter"
WIDE, WIDE_STARTER = ROOT / "eval" / "natural-wide", ROOT / "eval" / "natural-wide-starter"
STARTER_SETS = ("natural-starter", "natural-wide-starter", "closed/starter-fitted", "closed/starter-unseen")
REAL_SETS = ("natural", "natural-wide", "closed/nci-fitted", "closed/nci-unseen")
OTHER_SETS = [ROOT / "eval" / name for name in ("starter", "everyday", *STARTER_SETS[2:], *REAL_SETS[2:])]
DRAWN = 12
"""Of the many pages of the wide set every so many are read again here: `footnoted eval` looks at all of them."""
TYPES = {".md": SourceType.MARKDOWN, ".txt": SourceType.PLAIN_TEXT}


def quotes_not_there(dataset: Dataset, pages: dict[str, bytes]) -> list[tuple[str, str]]:
    """The question and the page of each quotation that does not stand once, and of each span with other words.

    Of answers and of what only looks like one.
    """
    readings = {}
    for path, content in pages.items():
        name = PurePosixPath(path)
        read = read_text(content, "0" * 64, source_type=TYPES[name.suffix], stem=name.stem)
        readings[path] = read.reading_text
    return [
        (question.question_id, quote.document)
        for question in dataset.questions
        for quote in (*question.quotes, *question.distractors)
        if quoted_place(readings[quote.document].text, readings[quote.document].source_map, quote) is None
    ]


def asked_in(folder: Path) -> list[str]:
    """The questions of a set without capitals and question marks."""
    return [question.text.casefold().rstrip("?") for question in read_dataset(folder).questions]


@pytest.mark.parametrize(
    ("folder", "answerable", "unanswerable", "smaller_half"),
    [(NATURAL, 150, 45, 1 / 3), (NATURAL_STARTER, 45, 12, 1 / 3), (WIDE, 7_000, 1_500, 1 / 4)],
    ids=["nci", "starter", "wide"],
)
def test_the_questions_are_labelled_quoted_and_divided(
    folder: Path, answerable: int, unanswerable: int, smaller_half: float
) -> None:
    questions = read_dataset(folder).questions
    quoted = [question for question in questions if question.answerable]
    assert len(quoted) >= answerable
    assert len(questions) - len(quoted) >= unanswerable
    assert all(question.quotes and question.subsets for question in quoted)
    assert all(question.category and not question.quotes for question in questions if not question.answerable)
    assert len({question.text.casefold() for question in questions}) == len(questions)
    for half in Half:
        assert sum(question.half is half for question in questions) >= int(len(questions) * smaller_half)
    assert all(question.half for question in questions)


@pytest.mark.parametrize("folder", [NATURAL, NATURAL_STARTER, WIDE, WIDE_STARTER], ids=lambda path: path.name)
def test_questions_on_one_page_stand_in_one_half(folder: Path) -> None:
    halves: dict[str, set[Half | None]] = {}
    for question in read_dataset(folder).questions:
        for quote in question.quotes[:1]:
            halves.setdefault(quote.document, set()).add(question.half)
    assert [page for page, found in halves.items() if len(found) > 1] == []


@pytest.mark.parametrize("folder", [WIDE, WIDE_STARTER], ids=lambda path: path.name)
def test_each_answer_was_found_in_a_window_that_its_author_read(folder: Path) -> None:
    for question in read_dataset(folder).questions:
        assert (question.window is not None) == question.answerable
        if question.window is not None:
            own = [place for place in question.distractors if place.document == question.window.document]
            for place in (question.quotes[0], *own):
                assert isinstance(place, GoldSlice)
                assert question.window.start_char <= place.start_char < place.end_char <= question.window.end_char


@pytest.mark.parametrize("folder", [NATURAL_STARTER, WIDE, WIDE_STARTER], ids=lambda path: path.name)
def test_no_natural_question_is_one_of_another_set(folder: Path) -> None:
    others = {*OTHER_SETS, NATURAL, NATURAL_STARTER} - {folder}
    known = {asked for other in others for asked in asked_in(other)}
    assert known & set(asked_in(folder)) == set()


def test_pages_of_the_first_natural_set_are_not_tuned_on_in_the_wide_one() -> None:
    """So that what is tuned on the wide set can be looked at on both."""
    first = {quote.document for question in read_dataset(NATURAL).questions for quote in question.quotes}
    tuned = {
        question.quotes[0].document
        for question in read_dataset(WIDE).questions
        if question.quotes and question.half is Half.TUNE
    }
    assert first & tuned == set()


@pytest.mark.parametrize("folder", STARTER_SETS, ids=str)
def test_every_quote_of_the_starter_collection_stands_once_in_its_page(folder: str) -> None:
    dataset = read_dataset(ROOT / "eval" / folder)
    pages = {path: (ROOT / "corpus" / path).read_bytes() for path in sorted(dataset.judged)}
    assert quotes_not_there(dataset, pages) == []


@pytest.mark.slow
def test_spans_of_the_real_collection_hold_the_words_of_its_digest() -> None:
    datasets = [read_dataset(ROOT / "eval" / folder) for folder in REAL_SETS if ROOT / "eval" / folder != WIDE]
    wide = read_dataset(WIDE)
    judged = {document for dataset in datasets for document in dataset.judged} | {*sorted(wide.judged)[::DRAWN]}
    on_drawn = [
        question
        for question in wide.questions
        if {place.document for place in (*question.quotes, *question.distractors)} <= judged
    ]
    assert len(on_drawn) > 300
    datasets.append(replace(wide, questions=tuple(on_drawn)))
    pages = {}
    with tarfile.open(shared("corpora/nci-kb.tar.gz")) as opened:
        for member in opened:
            path = member.name.removeprefix("nci-kb/docs/")
            if path in judged and (content := opened.extractfile(member)) is not None:
                pages[path] = content.read()
    assert [missing for dataset in datasets for missing in quotes_not_there(dataset, pages)] == []


@pytest.mark.parametrize("folder", REAL_SETS, ids=str)
def test_questions_on_pages_that_are_not_here_quote_none_of_them(folder: str) -> None:
    for question in read_dataset(ROOT / "eval" / folder).questions:
        assert question.reference is None
        assert all(isinstance(quote, GoldSlice) for quote in (*question.quotes, *question.distractors))


def test_a_quote_that_is_not_there_or_twice_is_found(tmp_path: Path) -> None:
    digest = words_digest("two weeks")
    there, moved = ({"source_path": "y.md", "start": at, "end": at + 9, "digest": digest} for at in (10, 11))
    further = [
        {"source_path": "y.md", "quote": "two weeks"},
        {"source_path": "y.md", "quote": "14 days"},
        there,
        moved,
    ]
    line = {"id": "a", "question": "how long?", "answerable": True, "source_path": "x.md", "quote": "two weeks"}
    dataset = read_dataset(write_lines(tmp_path / "questions.jsonl", {**line, "quotes": further}))
    pages = {"x.md": b"It takes **two** weeks.\n", "y.md": b"Two days, two weeks, two weeks.\n"}
    assert quotes_not_there(dataset, pages) == [("a", "y.md")] * 3
