"""Rankings that go deeper than any user sees: more candidates, scored as the first ones are."""

from pathlib import Path

import pytest

from eval.datasets.dataset import Question
from eval.systems.in_process import BELOW, InProcess
from eval.systems.system import MOST_GIVEN
from retriever.index import Index
from retriever.query import Mode, Query
from retriever.ranking.candidates import CANDIDATES
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder

DOCUMENTS = CANDIDATES + 20
ASKED = "What does milk do for bones?"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """More documents than one search takes by default, each of which says something of what is asked."""
    pages: Path = tmp_path_factory.mktemp("many")
    texts = {
        f"{n:03}.md": f"# Text {n}\n\n{'Milk is fine. ' * (n % 7)}Bones of kind {n} grow{' slowly' * (n % 5)}."
        for n in range(DOCUMENTS)
    }
    run_ingest(write_collection(pages / "pages", texts), pages / "index")
    return Index.open(pages / "index")


@pytest.mark.parametrize("mode", list(Mode))
def test_who_wants_more_passages_than_there_are_candidates_gets_more_candidates(index: Index, mode: Mode) -> None:
    retriever = Retriever(index, HashingEncoder())
    assert len(retriever.retrieve(Query(ASKED, top_k=DOCUMENTS, mode=mode)).hits) == DOCUMENTS


def test_the_first_of_a_deep_ranking_are_what_the_service_gives_and_the_others_go_on_by_the_same_score(
    index: Index,
) -> None:
    system, question = InProcess(index, HashingEncoder()), Question("q", ASKED)
    given = system.ask(question, top_k=MOST_GIVEN, max_per_document=1).found
    deep = system.ask(question, top_k=DOCUMENTS, max_per_document=1).found
    assert deep[:MOST_GIVEN] == given
    shown = {one.document_id for one in given}
    hits = Retriever(index, HashingEncoder()).retrieve(Query(ASKED, top_k=DOCUMENTS, max_per_document=1)).hits
    expected = [
        (hit.document.document_id, hit.score - BELOW) for hit in hits if hit.document.document_id not in shown
    ]
    assert [(one.document_id, one.score) for one in deep[MOST_GIVEN:]] == expected
    assert len(deep) == DOCUMENTS
