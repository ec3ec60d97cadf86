"""Named things: what a message only names, and which neighbour a quote names instead."""

from dataclasses import replace
from pathlib import Path

import pytest

from retriever.answers.chosen.page_openings import BROUGHT, page_openings
from retriever.answers.judged.neighbours import names_a_neighbour
from retriever.index import Index
from retriever.query import Hit
from retriever.questions.kinds import Kinds
from tests.collections_on_disk import run_ingest, write_collection
from tests.small_answers import answer_of, quote_below

NAMES = [f"{place} fever" for place in ("Valley", "Marsh", "Desert", "River")]


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
    brought = page_openings([last], index, behind=5)
    assert [hit.passage.passage_id for hit in brought] == [one.passage_id for one in passages[:BROUGHT]]
    assert [hit.rank for hit in brought] == [6, 7]
    first = replace(last, passage=passages[0])
    assert passages[0].passage_id not in {
        hit.passage.passage_id for hit in page_openings([first], index, behind=1)
    }


@pytest.mark.parametrize(
    ("question", "heading", "quote", "is_neighbour"),
    [
        ("does tea cause marsh fever", "Tea", "Tea does not cause desert fever.", True),
        ("does tea cause desert fever", "Tea", "Tea does not cause desert fever.", False),
        ("does tea cause fever", "Tea", "Tea does not cause desert fever.", False),
        ("does tea cause marsh fever", "Marsh fever", "Tea does not cause desert fever.", False),
        ("does tea cause marsh fever", "Tea", "Tea is hot.", False),
    ],
)
def test_a_quote_that_names_another_of_its_kind_is_about_a_neighbour(
    question: str, heading: str, quote: str, is_neighbour: bool
) -> None:
    kinds = Kinds(NAMES)
    assert names_a_neighbour(quote_below(heading, quote), kinds.narrowed(question), kinds) is is_neighbour


@pytest.mark.parametrize(("of_effect", "is_neighbour"), [(True, True), (False, False)])
def test_on_the_page_of_one_an_effect_on_another_is_not_that_one(*, of_effect: bool, is_neighbour: bool) -> None:
    kinds = Kinds(NAMES)
    quote = quote_below("Tea", "Tea does not cause desert fever.")
    passage = replace(quote.hit.passage, headings=("Marsh fever", "Tea"))
    quote = replace(quote, hit=replace(quote.hit, passage=passage))
    narrowed = kinds.narrowed("does tea cause marsh fever")
    assert names_a_neighbour(quote, narrowed, kinds, of_effect=of_effect) is is_neighbour
