"""Both sides: a comparison gets a passage on the side that its first passages do not tell of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retriever.answers.both_sides import missing_sides
from retriever.index import Index
from retriever.query import Condition, Hit, Mode, Operator, Query
from retriever.questions.comparison import compared
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import HashingEncoder

WALKING = "\n\n".join(
    f"## Sprinting and jogging {place}\n\nSprinting is running at full speed over {place} hundred metres. "
    f"The difference between {place} and more is small. Some who sprint also try a jog or some jogging."
    for place in range(1, 8)
)
PAGES = {
    "sprint.md": f"---\nsource: NHS\n---\n# Sprinting, jogging: differences\n\n{WALKING}\n",
    "sprint2.md": "---\nsource: NHS\n---\n# Sprinting between jogging\n\nSprinting is the difference of legs.\n",
    "jog.md": "---\nsource: NCI\n---\n# Easy miles\n\nJogging is running slowly for your health and your heart.\n",
    "jog2.md": "---\nsource: NCI\n---\n# More miles\n\nJogging is also a way of getting home without a bus.\n",
}
ASKED = "difference between sprinting and jogging"


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    root = write_collection(tmp_path_factory.mktemp("pages"), PAGES)
    index_dir: Path = tmp_path_factory.mktemp("index")
    run_ingest(root, index_dir)
    return Retriever(Index.open(index_dir), HashingEncoder())


def on_jogging(hits: tuple[Hit, ...]) -> list[int]:
    """The ranks of the passages that say what jogging is."""
    return [hit.rank for hit in hits if "Jogging is" in hit.passage.text]


def plain(retriever: Retriever, query: Query) -> tuple[Hit, ...]:
    """The hits as they are without a second search: a longer question compares nothing."""
    return retriever.retrieve(replace(query, text=query.text + ", sprinting jogging" * 20)).hits


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("top_k", [2, 3, 5])
def test_the_side_that_is_missing_comes_second(retriever: Retriever, mode: Mode, top_k: int) -> None:
    query = Query(ASKED, mode=mode, top_k=top_k, max_per_document=9)
    assert not on_jogging(plain(retriever, query))
    hits = retriever.retrieve(query).hits
    assert on_jogging(hits) == [2]
    assert len(hits) == top_k


def test_of_two_missing_sides_the_one_that_is_named_less_comes_first(retriever: Retriever) -> None:
    (hit,) = retriever.retrieve(Query("sprinting legs", top_k=1)).hits
    label = replace(hit, passage=replace(hit.passage, start_char=0, end_char=1, text="Sprinting"))
    sides = compared(ASKED)
    assert sides is not None
    assert [side.name for side in missing_sides(sides, [label], retriever.index)] == ["jogging", "sprinting"]


def test_one_hit_stays_the_best_one(retriever: Retriever) -> None:
    best = retriever.retrieve(Query(ASKED, max_per_document=9)).hits[0]
    (only,) = retriever.retrieve(Query(ASKED, max_per_document=9, top_k=1)).hits
    assert only == best
    assert not on_jogging((only,))


@pytest.mark.parametrize("mode", list(Mode))
def test_ranks_scores_and_caps_hold_with_both_sides(retriever: Retriever, mode: Mode) -> None:
    for top_k in range(1, 9):
        for cap in (1, 2, 9):
            hits = retriever.retrieve(Query(ASKED, mode=mode, top_k=top_k, max_per_document=cap)).hits
            assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
            assert len(hits) <= top_k
            assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
            assert len({hit.passage.passage_id for hit in hits}) == len(hits)
            assert max(Counter(hit.document.document_id for hit in hits).values()) <= cap
            assert [hit.dense is None for hit in hits] == [mode is Mode.LEXICAL] * len(hits)
            assert [hit.lexical is None for hit in hits] == [mode is Mode.DENSE] * len(hits)


def test_the_cosine_of_the_other_side_is_that_of_what_was_asked(retriever: Retriever) -> None:
    hit = next(hit for hit in retriever.retrieve(Query(ASKED, max_per_document=9)).hits if on_jogging((hit,)))
    found = retriever.retrieve(Query(ASKED, max_per_document=9, top_k=30)).hits
    assert hit.dense == next(other.dense for other in found if other.passage == hit.passage)
    assert hit.dense is not None
    assert hit.dense < 0.9  # "What is jogging?" is nearer to it


def test_a_filter_holds_for_the_other_side(retriever: Retriever) -> None:
    nhs = Condition(operator=Operator.EQ, key="source", value="NHS")
    hits = retriever.retrieve(Query(ASKED, filters=nhs, max_per_document=9)).hits
    assert {hit.document.metadata.source for hit in hits} == {"NHS"}


def test_the_same_comparison_gives_the_same_hits(retriever: Retriever) -> None:
    once, again = (retriever.retrieve(Query(ASKED)).hits for _ in range(2))
    assert once == again


def test_a_comparison_with_what_no_page_tells_of_is_as_it_was(retriever: Retriever) -> None:
    unknown = Query("difference between sprinting and curling", max_per_document=9)
    hits = retriever.retrieve(unknown).hits
    assert len(hits) == 5
    assert all(hit.document.source_path.startswith("sprint") for hit in hits)


class CountingEncoder(HashingEncoder):
    """Counts the questions that it encodes."""

    questions = 0

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length one, shape (len(texts), dimension)."""
        self.questions += len(texts)
        return super().encode_queries(texts)


@pytest.mark.parametrize(
    ("question", "encoded"), [("what is jogging and sprinting", 1), (ASKED, 2), ("sprinting vs curling", 2)]
)
def test_only_a_comparison_that_lacks_a_side_is_searched_again(
    retriever: Retriever, question: str, encoded: int
) -> None:
    encoder = CountingEncoder()
    Retriever(retriever.index, encoder).retrieve(Query(question, max_per_document=9))
    assert encoder.questions == encoded
