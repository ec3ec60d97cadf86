"""Reading on: an answer finds the sentence or the list that answers further down the pages that were found."""

from dataclasses import replace
from pathlib import Path

import pytest

from retriever.answers.answer import Answerer
from retriever.answers.chosen.list_beginnings import list_beginnings
from retriever.answers.chosen.placing import in_place
from retriever.answers.chosen.selector import Selection
from retriever.answers.chosen.stretches import Chosen
from retriever.index import Index
from retriever.query import Hit, Query
from retriever.ranking.hits import READ_ON
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder

ITEMS = "\n".join(
    f"- Kites of the {name} kind, which are flown on long lines over wide beaches in spring" for name in "abcdefgh"
)
PAGE = f"# Kites\n\nKites fly.\n\n## Use of kites\n\nKites are used to lift:\n\n{ITEMS}\n\nKites need wind.\n"
OTHER = "# Boats\n\n" + "\n\n".join(
    f"## Boats {n}\n\nBoats of class {n} float and kites do not." for n in range(9)
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    root = write_collection(tmp_path_factory.mktemp("pages"), {"kites.md": PAGE, "boats.md": OTHER})
    folder: Path = tmp_path_factory.mktemp("index")
    run_ingest(root, folder, chunk_size=300)
    return Index.open(folder)


def hit_of(index: Index, said: str, *, rank: int, score: float = 1.0) -> Hit:
    """The hit of the first passage that holds these words."""
    found = next(
        (document, passage)
        for document in index.documents
        for passage in index.passages_of(document.document_id)
        if said in passage.text
    )
    return Hit(rank=rank, passage=found[1], document=found[0], score=score, dense=None, lexical=None)


def quoted_from(*hits: Hit) -> Selection:
    """A selection of one stretch from each of these hits."""
    return Selection(tuple(Chosen(hit, 0, 1, "x", continues=False) for hit in hits), ())


def test_what_is_further_down_the_first_pages_comes_with_the_hits(index: Index) -> None:
    found = Retriever(index, HashingEncoder()).retrieve(Query("boats float", top_k=3, max_per_document=2))
    assert {hit.document.document_id for hit in found.further} <= {
        hit.document.document_id for hit in found.hits[:2]
    }
    known = {hit.passage.passage_id for hit in found.hits}
    assert known.isdisjoint(hit.passage.passage_id for hit in found.further)
    assert [hit.rank for hit in found.further] == [len(found.hits) + place for place in range(1, READ_ON + 1)]


def test_of_a_list_that_a_hit_begins_amid_the_beginning_is_found(index: Index) -> None:
    amid = hit_of(index, "the e kind", rank=1)
    assert "used to lift:" not in amid.passage.text
    found = list_beginnings([amid], index, behind=7)
    assert "Kites are used to lift:" in found[0].passage.text
    assert [hit.rank for hit in found] == list(range(8, 8 + len(found)))


def test_what_is_in_no_list_has_no_beginning_elsewhere(index: Index) -> None:
    assert list_beginnings([hit_of(index, "Boats of class 3", rank=1)], index, behind=1) == []


def test_a_list_is_quoted_from_its_beginning_though_only_its_middle_was_found(index: Index) -> None:
    hits = [hit_of(index, "Kites fly.", rank=1), hit_of(index, "the e kind", rank=2)]
    hits.append(hit_of(index, "class 5", rank=3))
    answer = Answerer(index, HashingEncoder()).answer("What are kites used for?", hits, further=())
    assert answer is not None
    assert "Kites are used to lift:" in answer.text
    for span in answer.spans:
        passage = answer.hits[span.passage_rank - 1].passage
        assert passage.start_char <= span.quote_start_char < span.quote_end_char <= passage.end_char


def test_the_place_of_an_unquoted_passage_of_the_same_page_is_taken(index: Index) -> None:
    kite, boat = hit_of(index, "the e kind", rank=2, score=0.5), hit_of(index, "class 5", rank=3, score=0.4)
    hits = [hit_of(index, "Kites fly.", rank=1, score=0.9), kite, boat]
    new = replace(hit_of(index, "used to lift", rank=4), score=0.1)
    placed = in_place(hits, quoted_from(hits[0], new), max_per_document=2)
    assert placed is not None
    shown, selection = placed
    assert [hit.rank for hit in shown] == [1, 2, 3]
    assert [hit.passage for hit in shown] == [hits[0].passage, new.passage, boat.passage]
    assert [hit.score for hit in shown] == [0.9, 0.5, 0.4]
    assert [one.hit.rank for one in selection.chosen] == [1, 2]


def test_where_there_is_no_room_nothing_is_brought(index: Index) -> None:
    hits = [hit_of(index, "Kites fly.", rank=1), hit_of(index, "class 5", rank=2)]
    new = hit_of(index, "used to lift", rank=3)
    assert in_place(hits, quoted_from(new), max_per_document=1) is None


def test_an_only_hit_that_says_nothing_gives_way(index: Index) -> None:
    new = hit_of(index, "used to lift", rank=2)
    placed = in_place([hit_of(index, "Kites fly.", rank=1)], quoted_from(new), max_per_document=3)
    assert placed is not None
    (shown,), selection = placed
    assert (shown.passage, shown.rank) == (new.passage, 1)
    assert [one.hit for one in selection.chosen] == [shown]


def test_an_only_hit_that_is_quoted_stays(index: Index) -> None:
    first, new = hit_of(index, "Kites fly.", rank=1), hit_of(index, "used to lift", rank=2)
    assert in_place([first], quoted_from(first, new), max_per_document=3) is None


def test_what_introduces_a_list_at_the_end_of_a_hit_brings_the_first_items(index: Index) -> None:
    lead_in = hit_of(index, "Kites are used to lift:", rank=1)
    assert not lead_in.passage.text.rstrip().endswith("spring")
    (first,) = list_beginnings([lead_in], index, behind=5)
    assert first.rank == 6
    assert first.passage.start_char >= lead_in.passage.end_char
    assert "- Kites of the a kind" in first.passage.text


def test_a_hit_that_ends_in_running_text_brings_nothing(index: Index) -> None:
    assert list_beginnings([hit_of(index, "Boats of class 3", rank=1)], index, behind=5) == []
