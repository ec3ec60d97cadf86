"""What counts in which collection, and the parts that are worked out for the candidates alone."""

from pathlib import Path

import numpy as np
import pytest

from retriever.index import Index
from retriever.query import Mode, Query
from retriever.ranking import OF_PAGES, OF_TEXTS, best_of_document, coverage, ranking_of
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder

PAGE = "# Calcium\n\nMilk.\n\n## Dose\n\nAdults need seven hundred.\n\n## Sources\n\nMilk and kale.\n"


def index_of(folder: Path, pages: dict[str, str]) -> Index:
    run_ingest(write_collection(folder / "pages", pages), folder / "index")
    return Index.open(folder / "index")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_of(tmp_path_factory.mktemp("pages"), {"calcium.md": PAGE})


def test_pages_with_sections_and_short_texts_are_ranked_differently(pages: Index, tmp_path: Path) -> None:
    texts = index_of(tmp_path, {f"{n}.txt": f"Text number {n} speaks of bones." for n in range(4)})
    assert (ranking_of(pages), ranking_of(texts)) == (OF_PAGES, OF_TEXTS)


def test_coverage_counts_a_word_once_wherever_it_stands(pages: Index) -> None:
    rows = np.arange(pages.manifest.passages)
    headings = [pages.passage(row).headings[-1] for row in rows.tolist()]
    of_heading = dict(zip(headings, coverage("milk kale", pages, rows), strict=True))
    assert of_heading["Sources"] == pytest.approx(1.0)
    assert 0 < of_heading["Calcium"] < 1
    assert of_heading["Dose"] == 0
    assert coverage("calcium", pages, rows).tolist() == [1.0] * len(rows)  # the title is above every passage


def test_words_that_only_name_a_side_of_a_subject_cover_nothing(pages: Index) -> None:
    rows = np.arange(pages.manifest.passages)
    assert coverage("dose", pages, rows).tolist() == [0.0] * len(rows)


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


def test_words_alone_find_the_section_by_its_headings(pages: Index) -> None:
    hits = Retriever(pages, HashingEncoder()).retrieve(Query("calcium dose", mode=Mode.LEXICAL)).hits
    assert hits[0].passage.headings[-1] == "Dose"
