"""What counts in which collection, and the parts that are worked out for the candidates alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retriever.document import Metadata
from retriever.index import Index
from retriever.query import Mode, Query
from retriever.questions.question import asks, subject_weights
from retriever.ranking.children import asks_of_a_child
from retriever.ranking.ranking import (
    OF_ANSWERS,
    OF_PAGES,
    OF_TEXTS,
    OF_UNTITLED_TEXTS,
    CollectionKind,
    Ranking,
    best_of_document,
    coverage,
    kind_of,
    ranking_of,
)
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.fakes_api import MemoryIndex
from tests.hashing import HashingEncoder

PAGE = "# Calcium\n\nMilk.\n\n## Dose\n\nAdults need seven hundred.\n\n## Sources\n\nMilk and kale.\n"


def index_of(folder: Path, pages: dict[str, str]) -> Index:
    run_ingest(write_collection(folder / "pages", pages), folder / "index")
    return Index.open(folder / "index")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("pages"), {"calcium.md": PAGE})


def test_pages_with_sections_and_short_texts_are_ranked_differently(pages: Index, tmp_path: Path) -> None:
    texts = index_of(tmp_path, {f"{n}.md": f"# Bones {n}\n\nText number {n} speaks of them." for n in range(4)})
    assert (ranking_of(pages), ranking_of(texts)) == (OF_PAGES, OF_TEXTS)
    assert (kind_of(pages), kind_of(texts)) == (CollectionKind.PAGES, CollectionKind.TEXTS)


def test_texts_that_are_called_by_their_first_words_are_not_ranked_by_them(tmp_path: Path) -> None:
    long = (
        "Bones grow denser until thirty and those that are loaded every day keep what they have gained for longer"
    )
    files = {
        "a.txt": "Milk helps. Kale too.",
        "b.txt": f"{long}, {long.lower()}.",
        "c.md": "# Salt\n\nSalt harms.",
    }
    assert ranking_of(index_of(tmp_path, files)) == OF_UNTITLED_TEXTS


@pytest.mark.parametrize(
    ("title", "headings", "expected"),
    [
        ("Milk helps", (), OF_UNTITLED_TEXTS),
        ("On milk", (), OF_TEXTS),
        ("Milk helps", ("Milk helps",), OF_TEXTS),
    ],
)
def test_a_title_of_its_own_or_a_heading_names_a_text(
    title: str, headings: tuple[str, ...], expected: Ranking
) -> None:
    pages = [(Metadata(title=title), "Milk helps bones."), (Metadata(title="On kale"), "Kale helps.")]
    texts = MemoryIndex("gen-000001", [pages[0], pages[0], pages[1]], headings=headings)
    assert ranking_of(texts) == expected


@pytest.mark.parametrize(("questions", "expected"), [(2, OF_ANSWERS), (1, OF_TEXTS)])
def test_most_texts_have_to_be_called_by_questions_to_be_ranked_as_answers(
    questions: int, expected: Ranking, tmp_path: Path
) -> None:
    headings = [*["Is kale fine ?", "What does milk do?"][:questions], "Salt", "Tea"][:3]
    files = {f"{n}.md": f"# Food {n}\n\n## {heading}\n\nIt says so." for n, heading in enumerate(headings)}
    assert ranking_of(index_of(tmp_path, files)) == expected


def test_who_names_what_an_answer_is_called_finds_it_before_those_that_speak_of_it_more(tmp_path: Path) -> None:
    files = {
        "a.md": "# Diabetes\n\n## What is (are) Diabetes ?\n\nSugar in the blood stays high after meals.",
        "b.md": (
            "# Diabetic Heart Disease\n\n## What is (are) Diabetic Heart Disease ?\n\n"
            "Diabetes harms: diabetes, whose diabetes, diabetes after diabetes. Diabetes, diabetes, diabetes."
        ),
        "c.md": "# Gout\n\n## What is (are) Gout ?\n\nJoints that ache.",
    }
    index = index_of(tmp_path, files)
    as_texts, as_answers = (Retriever(index, HashingEncoder(), ranking=one) for one in (OF_TEXTS, OF_ANSWERS))
    first = [one.retrieve(Query("whats diabetes")).hits[0].document.source_path for one in (as_texts, as_answers)]
    assert first == ["b.md", "a.md"]


def test_among_answers_names_count_less_where_nothing_is_named_and_a_claim_is_ranked_as_among_texts() -> None:
    named, unnamed = (OF_ANSWERS.weights_for("does milk help?", Mode.HYBRID, share) for share in (1.0, 0.0))
    for part in ("headings", "heading_dense"):
        assert named[part] / sum(named.values()) > unnamed[part] / sum(unnamed.values())
    claim = OF_TEXTS.weights_for("milk helps", Mode.HYBRID)
    found = OF_ANSWERS.weights_for("milk helps", Mode.HYBRID, 0.0)
    assert {part: share for part, share in found.items() if share} == pytest.approx(
        {part: weight / sum(claim.values()) for part, weight in claim.items()}
    )
    assert OF_ANSWERS.weights_for("milk", Mode.HYBRID) == OF_ANSWERS.weights_for("milk?", Mode.HYBRID)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("What is osteoporosis", True),
        ("bone scan: is it safe", True),
        ("My bones ache. How much milk helps", True),
        ("kale or milk?", True),
        ("Milk protects adults from fractures.", False),
        ("milk fractures adults", False),
        ("Statins and what they do", False),
        ("What", False),
    ],
)
def test_a_query_asks_by_its_mark_or_by_how_a_sentence_begins(query: str, expected: bool) -> None:
    assert asks(query) is expected


def test_in_short_texts_the_words_of_a_statement_count_more_than_those_of_a_question() -> None:
    asked, stated = (OF_TEXTS.weights_for(query, Mode.HYBRID) for query in ("does milk help?", "milk helps"))
    assert asked["dense"] / sum(asked.values()) > stated["dense"] / sum(stated.values())
    assert stated["body"] / sum(stated.values()) > asked["body"] / sum(asked.values())


def test_a_whole_paragraph_is_weighed_as_a_question_is() -> None:
    paragraph = "Milk helps bones that are loaded every day. " * 7
    assert OF_TEXTS.weights_for(paragraph, Mode.HYBRID) == OF_TEXTS.weights[Mode.HYBRID]


def test_other_modes_and_pages_with_sections_weigh_statements_as_questions() -> None:
    for mode in (Mode.DENSE, Mode.LEXICAL):
        assert OF_TEXTS.weights_for("milk helps", mode) == OF_TEXTS.weights[mode]
    assert OF_PAGES.weights_for("milk helps", Mode.HYBRID) == OF_PAGES.weights[Mode.HYBRID]


def test_coverage_counts_a_word_once_wherever_it_stands(pages: Index) -> None:
    rows = np.arange(pages.manifest.passages)
    headings = [pages.passage(row).headings[-1] for row in rows.tolist()]
    of_heading = dict(zip(headings, _coverage("milk kale", pages), strict=True))
    assert of_heading["Sources"] == pytest.approx(1.0)
    assert 0 < of_heading["Calcium"] < 1
    assert of_heading["Dose"] == 0
    assert _coverage("calcium", pages).tolist() == [1.0] * len(rows)  # the title is above every passage


def test_words_that_only_name_a_side_of_a_subject_cover_nothing(pages: Index) -> None:
    assert _coverage("dose", pages).tolist() == [0.0] * pages.manifest.passages


def _coverage(question: str, index: Index) -> NDArray[np.float32]:
    weights, rows = subject_weights(question, index), np.arange(index.manifest.passages, dtype=np.int32)
    in_text, in_headings = (field.each_held(weights, rows) for field in (index.body, index.headings))
    return coverage(weights, in_text | in_headings)


def test_a_document_has_the_score_of_its_best_candidate() -> None:
    scores, documents = np.array([0.2, 0.9, -1.0, 0.4], np.float32), np.array([7, 3, 7, 3], np.int32)
    assert best_of_document(scores, documents).tolist() == pytest.approx([0.2, 0.9, 0.2, 0.9])
    assert best_of_document(scores[:0], documents[:0]).size == 0


def test_a_field_tells_which_rows_hold_a_term(pages: Index) -> None:
    rows = np.array([2, 0, 1, 0], dtype=np.int64)
    held = ["milk" in pages.passage(row).text.lower() for row in rows.tolist()]
    assert pages.body.holds("milk", rows).tolist() == held
    assert set(held) == {True, False}
    assert not pages.body.holds("unheard", rows).any()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What are the symptoms of bladder cancer?", False),
        ("What are the symptoms of bladder cancer in children?", True),
        ("my daughter has a tumor, what now", True),
        ("our 5-year-old has leukemia", True),
        ("treatment for a 55 year old with leukemia", False),
        ("Pediatric brain tumors", True),
        ("person, childless", False),
    ],
)
def test_a_question_speaks_of_a_child_in_many_words(question: str, expected: bool) -> None:
    assert asks_of_a_child(question) is expected


def test_a_page_on_children_is_ranked_lower_unless_a_child_is_asked_about(tmp_path: Path) -> None:
    page = "# {}\n\nIt is rare.\n\n## Signs\n\nBlood in the urine is a sign.\n\n## Sources\n\nNone.\n"
    titles = ("Bladder Cancer in Children", "Bladder Cancer in Adults", "Bladder Cancer")
    index = index_of(tmp_path, {f"{number}.md": page.format(title) for number, title in enumerate(titles)})
    without = replace(OF_PAGES, priors=replace(OF_PAGES.priors, children=0.0))

    def loss(question: str, source_path: str) -> float:
        """What the prior takes off the best passage of a page."""
        of_page = [
            next(
                hit.score
                for hit in Retriever(index, HashingEncoder(), ranking=ranking).retrieve(Query(question)).hits
                if hit.document.source_path == source_path
            )
            for ranking in (without, OF_PAGES)
        ]
        return of_page[0] - of_page[1]

    assert loss("What are the signs of bladder cancer?", "0.md") > 0
    assert loss("What are the signs of bladder cancer?", "1.md") == 0
    assert loss("What are the signs of bladder cancer in my son?", "0.md") == 0


def test_words_alone_find_the_section_by_its_headings(pages: Index) -> None:
    hits = Retriever(pages, HashingEncoder()).retrieve(Query("calcium dose", mode=Mode.LEXICAL)).hits
    assert hits[0].passage.headings[-1] == "Dose"
