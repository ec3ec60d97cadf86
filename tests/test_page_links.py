"""Deep links into the pages of a generation: the same as made anew, and made once."""

from pathlib import Path

import pytest

from retriever.index import Index
from retriever.provenance.deep_link import deep_link
from retriever.provenance.page_links import PageLinks
from tests.hashed_collection import ingested

PAGE = (
    "---\nurl: https://example.org/c\n---\n# Calcium\n\nCalcium is a mineral. Bones store it.\n\n"
    "## Food\n\nMilk has some, and so have greens.\n\n### Drinks\n\nWater has little.\n"
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder: Path = ingested(tmp_path_factory, {"one.md": PAGE})
    return Index.open(folder)


def test_a_link_is_that_of_its_span_and_is_made_once(index: Index) -> None:
    (document,) = index.documents
    text = index.reading_text(document.document_id)
    links = PageLinks(index)
    for words in ("Calcium is a mineral.", "Bones store it."):
        start = text.index(words)
        link = links.link(document.document_id, start, start + len(words))
        assert link == deep_link("https://example.org/c", text, start, start + len(words))
        assert links.link(document.document_id, start, start + len(words)) is link


def test_a_document_that_the_generation_does_not_hold_has_no_links(index: Index) -> None:
    with pytest.raises(KeyError, match="nowhere"):
        PageLinks(index).link("nowhere", 0, 3)


def test_a_heading_is_told_from_the_same_heading_in_a_table_of_contents(index: Index) -> None:
    (document,) = index.documents
    text = index.reading_text(document.document_id)
    start, end = text.index("Food"), text.index("\n\nDrinks")
    outline = ((0, "Calcium"), (1, "Food"), (2, "Drinks"))
    link = PageLinks(index).link(document.document_id, start, end)
    assert link == deep_link("https://example.org/c", text, start, end, outline=outline)
    assert link == "https://example.org/c#:~:text=Food,-Milk&text=Milk%20has%20some%2C%20and%20so%20have%20greens."
