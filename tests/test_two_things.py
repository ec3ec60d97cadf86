"""Two things that a question of yes or no names, told of together or apart, and the other names of either."""

from dataclasses import replace
from pathlib import Path

import pytest

from retriever.abstention.evidence import Evidence, EvidenceReader
from retriever.abstention.two_things import stand_together
from retriever.query import Mode, Query
from retriever.questions.other_names import also_named, other_names, term_line, told_otherwise
from retriever.retrieve import Retriever
from retriever.search.analyze import terms
from tests.hashed_collection import ingested, retriever_of
from tests.small_answers import answer_of

PAGES = {
    "alendrol.md": "# Alendrol\n\nAlendrol is a tablet for weak bones. Hypertension has been seen with it.\n",
    "denozol.md": "# Denozol\n\nDenozol is an antibody. It may cause cramps and a dry mouth.\n",
    "heart.md": "# Heart\n\nWine is no cure for cramps of the heart. Keep alcohol in a refrigerator.\n",
}
WEIGHTS = {"alendrol": 0.8, "weight": 0.4, "gain": 0.4}


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Two medicines and the heart."""
    return retriever_of(ingested(tmp_path_factory, PAGES))


def evidence_of(retriever: Retriever, question: str) -> Evidence:
    """What the retrieval of a question tells."""
    query = Query(question)
    return EvidenceReader(retriever.index).read(query, retriever.retrieve(query))


@pytest.mark.parametrize(
    ("passages", "together"),
    [
        (["Alendrol leads to weight gain."], 1),
        (["Alendrol is a tablet.", "Weight gain is common."], -1),
        (["Alendrol is a tablet.", "Alendrol changes the weight."], 0),
        ([], -1),
    ],
)
def test_two_things_stand_together_in_one_passage_or_do_not(passages: list[str], together: float) -> None:
    found = [frozenset(terms(passage)) for passage in passages]
    assert stand_together("does alendrol cause weight gain", found, WEIGHTS) == pytest.approx(together)


@pytest.mark.parametrize("question", ["side effects of alendrol", "does alendrol cause hiccups"])
def test_nothing_is_said_where_two_things_of_weight_are_not_named(question: str) -> None:
    assert stand_together(question, [frozenset(("alendrol",))], WEIGHTS) == 0


def test_the_evidence_of_a_short_question_has_it_and_that_of_a_letter_has_little(retriever: Retriever) -> None:
    short = evidence_of(retriever, "does denozol cause cramps")
    apart = evidence_of(retriever, "does alendrol cause cramps")
    assert short.together > 0.9
    assert apart.together < -0.9
    letter = evidence_of(
        retriever, "The dentist and the nurse had never seen them " * 3 + "does denozol cause cramps"
    )
    assert 0 < letter.together < 0.3


def test_what_a_page_calls_otherwise_is_told(retriever: Retriever) -> None:
    found = evidence_of(retriever, "does alendrol cause high blood pressure")
    assert found.together > 0.9
    assert found.missing == found.unknown == 0
    assert found.covered == pytest.approx(1)
    assert evidence_of(retriever, "does alendrol cause low blood pressure").missing > 0


@pytest.mark.parametrize(
    ("question", "text", "is_told"),
    [
        ("does it cause hypertension", "It can lead to high blood pressure.", True),
        ("does it cause high blood pressure", "Hypertension was seen.", True),
        ("does it cause hypertension", "A high dose changes the blood; pressure sores are rare.", False),
        ("does it make the heart race", "Palpitations are common.", True),
        ("can I drink wine with it", "Avoid alcohol.", True),
        ("can I drink alcohol with it", "Keep the wine dry.", False),
    ],
)
def test_a_name_is_told_by_its_other_names_alone(question: str, text: str, *, is_told: bool) -> None:
    assert bool(told_otherwise(other_names(question), term_line(text))) is is_told


def test_an_effect_is_quoted_by_its_other_name(tmp_path: Path) -> None:
    page = "# Alendrol\n\nAlendrol is a tablet for weak bones.\n\n## First days\n\nAlendrol can cause nausea.\n\n"
    pages = {"alendrol.md": page + "## Later\n\nAlendrol can cause high blood pressure.\n"}
    answer = answer_of(tmp_path, pages, "does alendrol cause hypertension")
    assert answer is not None
    assert answer.text.startswith("Alendrol can cause high blood pressure.")


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("does it cause hypertension?", "does it cause hypertension (high blood pressure)?"),
        ("does it cause a dry mouth", "does it cause a dry mouth"),  # its other name is said much more seldom
        ("can I drink wine", "can I drink wine (alcohol)"),
        ("does it hurt", "does it hurt"),
        ("I have hypertension. Can I drink wine?", "I have hypertension. Can I drink wine?"),  # a message
    ],
)
def test_a_question_is_searched_by_the_other_name_that_most_passages_hold(question: str, searched: str) -> None:
    passages = {
        "high blood pressure": 9,
        "raised blood pressure": 2,
        "alcohol": 3,
        term_line("dry mouth"): 8,
        "xerostomia": 1,
    }
    assert also_named(question, lambda name: passages.get(name, 0)) == searched


def test_another_name_finds_a_page_and_leaves_the_question_as_it_was_asked(retriever: Retriever) -> None:
    """What is judged and quoted is what was asked: the name that was added would count as a word that is told."""
    asked = "high blood pressure"
    meant = retriever.as_meant(asked)
    assert (meant.told, meant.in_place) == (asked, asked)
    (found, *_) = retriever.retrieve(Query(asked, mode=Mode.LEXICAL)).hits
    assert found.document.source_path == "alendrol.md"


def test_another_name_is_told_by_the_best_passage_alone(retriever: Retriever) -> None:
    """The refrigerator of another page does not tell of the fridge."""
    query = Query("is a fridge good for alendrol")
    found = retriever.retrieve(query)
    alone, both = (
        EvidenceReader(retriever.index).read(query, replace(found, hits=hits))
        for hits in (found.hits, tuple(sorted(found.hits, key=lambda hit: hit.document.source_path != "heart.md")))
    )
    assert found.hits[0].document.source_path == "alendrol.md"
    assert alone.missing > both.missing == 0
