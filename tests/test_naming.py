"""How far a question names a page, and what that changes."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from retriever.index import Index
from retriever.query import Mode
from retriever.questions.question import QuestionReader, subject_weights
from retriever.ranking.naming import named
from retriever.ranking.ranking import OF_PAGES, OF_TEXTS, OF_UNNAMED_PAGES
from tests.hashed_collection import ingested

MANUAL = {
    "ls.md": "# ls\n\nLists what a folder holds.\n\n## Colours\n\nFolders are blue.\n\n## Sorting\n\nBy name.\n",
    "rm.md": "# rm\n\nDeletes files for good.\n\n## Asking\n\nIt may ask before.\n\n## Folders\n\nNot deleted.\n",
}


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return Index.open(ingested(tmp_path_factory, MANUAL))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does ls do?", 1.0),
        ("Which colours has ls?", 1.0),
        ("How do I erase all that I wrote yesterday?", 0.0),
        ("Yesterday I lost a thesis of forty pages. What does rm do?", 1.0),  # the sentence that names most tells
        ("What is it used for?", 1.0),  # nothing in it could be a name
    ],
)
def test_a_question_names_a_page_by_the_words_of_its_title_and_headings(
    question: str, expected: float, manual: Index
) -> None:
    assert _named(question, manual, np.arange(manual.manifest.passages)) == expected


def test_only_what_is_among_the_candidates_is_named(manual: Index) -> None:
    of_rm = np.flatnonzero([manual.passage(row).headings[0] == "rm" for row in range(manual.manifest.passages)])
    assert _named("What does ls do?", manual, of_rm) == 0.0


def test_a_number_and_the_tail_of_a_word_name_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    index = Index.open(ingested(tmp_path_factory, {"day.md": "# Day 2 of the chef's course\n\nBread.\n"}))
    read = QuestionReader(index).read("Is my sister's course 2 hours?")
    assert list(read.names) == ["cours"]
    assert "2" in read.weights
    assert "s" not in read.weights


def _named(question: str, index: Index, rows: NDArray[np.integer[Any]]) -> float:
    weights = subject_weights(question, index)
    return named(question, weights, index.headings.each_held(weights, rows.astype(np.int32)))


def test_a_question_that_names_its_page_in_part_is_ranked_by_both_ways() -> None:
    question = "does milk help?"
    unnamed, named_wholly, between = (OF_PAGES.weights_for(question, Mode.HYBRID, share) for share in (0, 1, 0.25))
    assert {part: share for part, share in unnamed.items() if share} == pytest.approx(
        OF_UNNAMED_PAGES.weights[Mode.HYBRID]
    )
    assert between == pytest.approx(
        {
            part: 0.25 * named_wholly.get(part, 0) / sum(named_wholly.values()) + 0.75 * unnamed[part]
            for part in between
        }
    )
    assert OF_PAGES.priors_for(0.5).title == pytest.approx(
        (OF_PAGES.priors.title + OF_UNNAMED_PAGES.priors.title) / 2
    )


def test_key_words_and_messages_that_name_no_page_are_weighed_as_questions() -> None:
    asked, *others = (
        OF_PAGES.weights_for(query, Mode.HYBRID, 0.0)
        for query in ("does milk help?", "milk bones", "My son broke an arm. He drinks no milk.")
    )
    assert others == [asked, asked]


def test_texts_are_ranked_in_one_way_whatever_is_named() -> None:
    assert OF_TEXTS.weights_for("does milk help?", Mode.HYBRID, 0.0) == OF_TEXTS.weights[Mode.HYBRID]
    assert OF_TEXTS.priors_for(0.0) == OF_TEXTS.priors
