"""Named things: what a message only names, what letters stand for, and which neighbour a quote names instead."""

from dataclasses import replace
from pathlib import Path

import pytest

from retriever.answers.judged.definitions import abbreviation_asked, spells_out, stated_thing
from retriever.answers.judged.neighbours import Neighbours
from retriever.answers.chosen.page_openings import BROUGHT, openings
from retriever.index import Index
from retriever.query import Hit
from tests.collections_on_disk import run_ingest, write_collection
from tests.small_answers import answer_of, quote_below

NAMES = [f"{place} fever" for place in ("Valley", "Marsh", "Desert", "River")]


@pytest.mark.parametrize(
    ("message", "thing"),
    [
        ("i have gout", "gout"),
        ("My aunt has been diagnosed with marsh fever.", "marsh fever"),
        ("newly diagnosed with marsh fever last week", "marsh fever"),
        ("i have been told i have gout", "gout"),
    ],
)
def test_what_a_message_says_that_someone_has_is_recognised(message: str, thing: str) -> None:
    assert stated_thing(message) == thing


@pytest.mark.parametrize(
    "message",
    ["i have gout, what can i eat", "do i have gout", "i have gout that came back", "i have to go", "gout hurts"],
)
def test_a_message_that_says_or_asks_more_only_names_nothing(message: str) -> None:
    assert stated_thing(message) is None


def test_who_only_says_what_he_has_hears_what_that_is(tmp_path: Path) -> None:
    page = (
        "# Marsh fever\n\nMarsh fever is a disease in which the skin itches. "
        "My aunt has been diagnosed with marsh fever."
    )
    answer = answer_of(tmp_path / "a", {"a.md": page}, "my aunt has been diagnosed with marsh fever")
    assert answer is not None
    assert answer.text.startswith("Marsh fever is a disease in which the skin itches.")


def test_the_first_passages_of_the_pages_that_were_found_are_brought_behind_them(tmp_path: Path) -> None:
    page = "# Marsh fever\n\nIt itches.\n\n" + "".join(
        f"## Part {n}\n\n{'Rest helps. ' * 30}\n\n" for n in range(4)
    )
    run_ingest(write_collection(tmp_path / "corpus", {"a.md": page}), tmp_path / "index", chunk_size=400)
    index = Index.open(tmp_path / "index")
    passages = index.passages_of(index.documents[0].document_id)
    last = Hit(1, passages[-1], index.documents[0], score=1.0, dense=None, lexical=None)
    brought = openings([last], index, behind=5)
    assert [hit.passage.passage_id for hit in brought] == [one.passage_id for one in passages[:BROUGHT]]
    assert [hit.rank for hit in brought] == [6, 7]
    first = replace(last, passage=passages[0])
    assert passages[0].passage_id not in {hit.passage.passage_id for hit in openings([first], index, behind=1)}


@pytest.mark.parametrize(
    "text",
    [
        "The gross domestic product (GDP) is what a country makes.",
        "GDP (gross domestic product) is what a country makes.",
        "The letters:\n\nG\t= Gross\nD\t= Domestic\nP\t= Product",
    ],
)
def test_words_beside_their_letters_or_a_row_for_each_spell_them_out(text: str) -> None:
    asked = abbreviation_asked("What does GDP stand for?")
    assert asked is not None
    assert spells_out(text, asked)
    assert not spells_out("GDP (a figure) grew by two percent.", asked)


def test_who_asks_for_something_else_asks_for_no_letters() -> None:
    assert abbreviation_asked("what does GDP measure") is None


def test_a_quote_that_names_another_of_its_kind_is_about_a_neighbour() -> None:
    neighbours = Neighbours(NAMES)
    other = quote_below("Tea", "Tea does not cause desert fever.")
    assert neighbours.is_named_in(other, "does tea cause marsh fever")
    assert not neighbours.is_named_in(other, "does tea cause desert fever")
    assert not neighbours.is_named_in(other, "does tea cause fever")
    assert not neighbours.is_named_in(quote_below("Marsh fever", other.text), "does tea cause marsh fever")
    assert not neighbours.is_named_in(quote_below("Tea", "Tea is hot."), "does tea cause marsh fever")
