"""The pipeline on small collections: order, filters, status, caps, copies, determinism."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from retriever.encoder import Arithmetic
from retriever.errors import EncoderUnavailable, IndexMismatch, QueryInvalid
from retriever.index import Index
from retriever.query import (
    MAX_QUERY_CHARS,
    Compound,
    Condition,
    Junction,
    Mode,
    NoHits,
    Operator,
    Query,
    Retrieval,
)
from retriever.questions.normalise import normalise_question
from retriever.ranking.candidates import CANDIDATES
from retriever.ranking.ranking import Ranking
from retriever.retrieve import Retriever
from retriever.search.coarse import Coarse
from retriever.search.dense import DenseIndex
from retriever.search.top_rows import different, top_rows
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashed_collection import ingested, retriever_of
from tests.hashing import IDENTITY, HashingEncoder
from tests.waiting import PATIENCE_S


def page(body: str, **front_matter: str) -> str:
    """A Markdown page; keys of the front matter as they are written."""
    lines = "".join(f"{key}: {value}\n" for key, value in front_matter.items())
    return f"---\n{lines}---\n\n{body}\n" if lines else body


PAGES = {
    "calcium.md": page("# Calcium\n\nMilk holds calcium.\n\n## Dose\n\nAdults need 700 mg each day.", source="NHS",
                       tags="[food, bone]", lastReviewed="2026-01-31", words="12"),
    "falls.md": page("# Falls\n\nLoose rugs cause falls.\n\n## Lights\n\nGood lights prevent falls.\n\n"
                     "## Shoes\n\nFirm shoes prevent falls.",
                     source="NCI", tags="[home]", lastReviewed="2025-01-31"),
    "old.md": page("# Old page\n\nMilk holds calcium, said the old page.", source="NHS", status="retired"),
    "copy.md": page("# Copied\n\nCalled elsewhere.\n\n## Lights\n\nGood lights prevent falls."),
    "plain.txt": "Bones grow.\n\nBones grow until about thirty.",
}  # fmt: skip


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return retriever_of(ingested(tmp_path_factory, PAGES))


def paths(found: Retrieval) -> list[str]:
    """The hits' documents, best first."""
    return [hit.document.source_path for hit in found.hits]


def only(key: str, value: str | int | tuple[str, ...], operator: Operator = Operator.EQ) -> Condition:
    """One condition."""
    return Condition(operator=operator, key=key, value=value)


@pytest.mark.parametrize("mode", list(Mode))
def test_the_page_that_says_it_comes_first(retriever: Retriever, mode: Mode) -> None:
    found = retriever.retrieve(Query("how much calcium do adults need each day", mode=mode))
    assert paths(found)[0] == "calcium.md"
    assert found.hits[0].passage.headings[-1] == "Dose"


def test_hits_are_ranked_from_one_with_falling_scores(retriever: Retriever) -> None:
    hits = retriever.retrieve(Query("falls at home")).hits
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_the_same_question_gives_the_same_hits(retriever: Retriever) -> None:
    once, again = (retriever.retrieve(Query("prevent falls")).hits for _ in range(2))
    assert once == again


def test_every_hit_is_the_slice_of_its_document(retriever: Retriever) -> None:
    for hit in retriever.retrieve(Query("milk lights bones shoes", top_k=50)).hits:
        text = retriever.index.reading_text(hit.document.document_id)
        assert text[hit.passage.start_char : hit.passage.end_char] == hit.passage.text


def test_a_page_that_is_not_active_is_not_returned(retriever: Retriever) -> None:
    assert "old.md" not in paths(retriever.retrieve(Query("milk calcium old page", top_k=50)))


def test_a_filter_on_status_finds_the_page_that_is_not_active(retriever: Retriever) -> None:
    found = retriever.retrieve(Query("milk", filters=only("status", "retired")))
    assert paths(found) == ["old.md"]


def test_no_document_comes_more_often_than_it_may(retriever: Retriever) -> None:
    found = retriever.retrieve(Query("prevent falls lights shoes rugs", max_per_document=1, top_k=50))
    assert len(paths(found)) == len(set(paths(found)))


def test_the_same_text_comes_once_with_its_other_places(retriever: Retriever) -> None:
    hits = retriever.retrieve(Query("Good lights prevent falls.", top_k=50)).hits
    same = [hit for hit in hits if "Good lights" in hit.passage.text]
    assert len(same) == 1
    (copy,) = same[0].also_in
    text = retriever.index.reading_text(copy.document_id)
    assert copy.text == text[copy.start_char : copy.end_char]
    assert {same[0].passage.document_id, same[0].also_in[0].document_id} == {
        document.document_id
        for document in retriever.index.documents
        if document.source_path in ("copy.md", "falls.md")
    }


def test_a_filter_limits_the_other_places_too(retriever: Retriever) -> None:
    hits = retriever.retrieve(Query("Good lights prevent falls.", filters=only("source", "NCI"))).hits
    assert all(not hit.also_in for hit in hits)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (only("source", "NHS"), {"calcium.md"}),
        (only("tags", "home"), {"falls.md"}),
        (only("tags", ("home", "food"), Operator.IN), {"calcium.md", "falls.md"}),
        (only("source", "NHS", Operator.NE), {"falls.md", "copy.md", "plain.txt"}),
        (only("source", ("NHS", "NCI"), Operator.NIN), {"copy.md", "plain.txt"}),
        (only("last_reviewed", "2025-06-01", Operator.GT), {"calcium.md"}),
        (only("last_reviewed", "2025-01-31", Operator.LTE), {"falls.md"}),
        (only("words", 10, Operator.GTE), {"calcium.md"}),
        (only("extra.words", 12), {"calcium.md"}),
        (only("source_path", "plain.txt"), {"plain.txt"}),
        (Compound(Junction.OR, (only("tags", "home"), only("tags", "food"))), {"calcium.md", "falls.md"}),
        (Compound(Junction.AND, (only("source", "NHS"), only("tags", "food"))), {"calcium.md"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", list(Mode))
def test_a_filter_applies_before_the_search(
    retriever: Retriever, wanted: Condition | Compound, expected: set[str], mode: Mode
) -> None:
    question = "milk calcium falls rugs lights bones grow called elsewhere"
    found = retriever.retrieve(Query(question, filters=wanted, top_k=50, max_per_document=1, mode=mode))
    assert set(paths(found)) == expected


def test_a_filter_that_lets_nothing_through_says_so(retriever: Retriever) -> None:
    found = retriever.retrieve(Query("milk", filters=only("source", "nobody")))
    assert (found.hits, found.no_hits) == ((), NoHits.FILTERED_OUT)


def test_words_that_stand_nowhere_match_nothing_lexically(retriever: Retriever) -> None:
    found = retriever.retrieve(Query("xylophone", mode=Mode.LEXICAL))
    assert (found.hits, found.no_hits) == ((), NoHits.NO_MATCH)


@pytest.mark.parametrize(
    ("wanted", "code", "pointer"),
    [
        (only("sauce", "NHS"), "filter_unknown_key", "/filters/key"),
        (only("source", 5), "filter_value_type", "/filters/value"),
        (only("last_reviewed", "soon", Operator.GT), "filter_value_type", "/filters/value"),
        (Compound(Junction.AND, (only("source", "NHS"), only("x", "y"))), "filter_unknown_key",
         "/filters/filters/1/key"),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_applied_is_refused(
    retriever: Retriever, wanted: Condition | Compound, code: str, pointer: str
) -> None:
    with pytest.raises(QueryInvalid) as raised:
        retriever.retrieve(Query("milk", filters=wanted))
    assert (raised.value.code, raised.value.pointer) == (code, pointer)
    assert "sauce" not in str(raised.value)


@pytest.mark.parametrize(
    "other",
    [
        replace(IDENTITY, model="another"),
        replace(IDENTITY, model_sha256="1" * 64),
        replace(IDENTITY, arithmetic=Arithmetic.OPENVINO_INT8),
        replace(IDENTITY, dimension=32),
        replace(IDENTITY, query_prompt="query: "),
    ],
)
def test_an_encoder_that_did_not_build_the_index_is_refused(retriever: Retriever, other: object) -> None:
    encoder = HashingEncoder(identity=other)  # type: ignore[arg-type]
    with pytest.raises(IndexMismatch, match="footnoted ingest"):
        Retriever(retriever.index, encoder)


class HeldBack(HashingEncoder):
    """An encoder whose first call lasts until it is let go; what comes meanwhile goes together."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.let_go = Event(), Event()
        self.together: list[int] = []

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors, once it is let go."""
        self.together.append(len(texts))
        self.began.set()
        self.let_go.wait(PATIENCE_S)
        return super().encode_queries(texts)


def test_questions_that_come_together_find_what_each_finds_alone(retriever: Retriever) -> None:
    index = copy(retriever.index)
    index.dense = DenseIndex(index.dense._index, Coarse.of(index.dense.vectors))
    encoder = HeldBack()
    batching = Retriever(index, encoder)
    queries = [Query(text) for text in ("calcium", "firm shoes", "good lights", "loose rugs", "how bones grow")]
    with ThreadPoolExecutor(len(queries)) as threads:
        first = threads.submit(batching.retrieve, queries[0])
        assert encoder.began.wait(PATIENCE_S)
        others = [threads.submit(batching.retrieve, query) for query in queries[1:]]
        while len(batching._batching._queue) < len(others):
            pass
        encoder.let_go.set()
        found = [one.result(PATIENCE_S).hits for one in (first, *others)]
    assert encoder.together == [1, len(others)]
    assert found == [retriever.retrieve(query).hits for query in queries]


@dataclass
class BrokenEncoder(HashingEncoder):
    """An encoder whose arithmetic fails for questions."""

    fault: Callable[[NDArray[np.float32]], NDArray[Any]] = lambda vectors: vectors

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """What the fault makes of the vectors."""
        return self.fault(super().encode_queries(texts))


@pytest.mark.parametrize(
    "fault",
    [
        lambda vectors: vectors * np.nan,
        lambda vectors: vectors + np.array(np.inf),
        lambda vectors: vectors * 0,
        lambda vectors: vectors * 3,
        lambda vectors: vectors[:, :-1],
        lambda vectors: vectors[0],
        lambda vectors: vectors[:0],
    ],
    ids=["not a number", "infinite", "nothing", "too long", "too few numbers", "no row", "no vector"],
)
def test_a_vector_that_no_search_may_see_is_refused_before_one_does(
    retriever: Retriever, fault: Callable[[NDArray[np.float32]], NDArray[Any]]
) -> None:
    broken = Retriever(retriever.index, BrokenEncoder(fault=fault))
    with pytest.raises(EncoderUnavailable, match="run `footnoted doctor`"):
        broken.retrieve(Query(text="calcium"))


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("  what\tis\n it? ", "what is it?"),
        ("ｃａｌｃｉｕｍ", "calcium"),
        ("cal\u200bcium\x00", "calcium"),
        ("cafe\u0301", "café"),
    ],
)
def test_a_question_is_normalised(asked: str, searched: str) -> None:
    assert normalise_question(asked) == searched


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1).filter(str.strip))
def test_a_plain_question_is_normalised_as_if_it_were_not_plain(asked: str) -> None:
    assert normalise_question(asked) == normalise_question(asked + "\u200b")  # a character that drops out


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("", "query_empty"),
        ("\u200b\x00 \n", "query_empty"),
        ("a" * (MAX_QUERY_CHARS + 1), "query_too_long"),
        ("\ud800", "invalid_unicode"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(asked: str, code: str) -> None:
    with pytest.raises(QueryInvalid) as raised:
        normalise_question(asked)
    assert raised.value.code == code


def test_an_index_on_the_disk_and_one_in_memory_agree(retriever: Retriever, tmp_path: Path) -> None:
    root = write_collection(tmp_path / "pages", PAGES)
    run_ingest(root, tmp_path / "index")
    other = Retriever(Index.open(tmp_path / "index"), HashingEncoder())
    question = Query("milk and lights", top_k=50)
    assert other.retrieve(question).hits == retriever.retrieve(question).hits
    assert other.index.fingerprint == retriever.index.fingerprint


def test_a_page_for_patients_comes_before_one_for_professionals_that_says_the_same(tmp_path: Path) -> None:
    body = "# {}\n\n## Symptoms\n\nBone pain is a symptom{}"
    pages = {
        "a.md": page(
            body.format("Myeloma", " in plasma cell disorders."), title="Myeloma (PDQ) Health Professional Version"
        ),
        "b.md": page(body.format("Myeloma", " of myeloma."), title="Myeloma Patient Version"),
    }
    run_ingest(write_collection(tmp_path / "pages", pages), tmp_path / "index")
    retriever = Retriever(Index.open(tmp_path / "index"), HashingEncoder())
    assert paths(retriever.retrieve(Query("symptoms of myeloma bone pain")))[0] == "b.md"


def test_the_heading_that_announces_what_is_asked_comes_first(tmp_path: Path) -> None:
    text = "# Rare disease\n\n## Causes\n\nThis.\n\n## Prognosis\n\nThat.\n\n## Tests\n\nMore."
    run_ingest(write_collection(tmp_path / "pages", {"a.md": text}), tmp_path / "index")
    words_only = Ranking(
        {Mode.HYBRID: {"body": 1.0}}
    )  # no word of the question stands in any text: all score alike
    retriever = Retriever(Index.open(tmp_path / "index"), HashingEncoder(), ranking=words_only)
    hits = retriever.retrieve(Query("what is the outlook")).hits
    assert [hit.passage.headings[-1] for hit in hits] == ["Prognosis", "Causes", "Tests"]


@pytest.mark.parametrize("rows", [0, 1, CANDIDATES, CANDIDATES + 1, 19_968, 20_001])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 1.0])
def test_the_highest_rows_are_those_of_a_full_sort_whatever_ties(rows: int, share: float) -> None:
    chance = np.random.default_rng(rows)
    scores = (chance.integers(1, 40, rows) * (chance.random(rows) < share)).astype(np.float32)
    sorted_rows = sorted(range(rows), key=lambda row: (-scores[row], row))
    expected = [row for row in sorted_rows if scores[row] > 0][:CANDIDATES]
    assert top_rows(scores, CANDIDATES).tolist() == expected


@pytest.mark.parametrize("rows", [[], [7], [7, 7], [3, 0, 3, 12, 0]])
def test_the_candidates_of_several_searches_are_each_there_once(rows: list[int]) -> None:
    assert different(np.array(rows, dtype=np.int64)).tolist() == sorted(set(rows))


MESSAGE = "Our neighbours went to the seaside and came home quite late. Do loose rugs cause falls?"


def test_what_a_message_asks_is_searched_without_its_story(retriever: Retriever) -> None:
    found, alone = (retriever.retrieve(Query(text)) for text in (MESSAGE, "Do loose rugs cause falls?"))
    assert found.meant is not None
    assert found.meant.told == "Do loose rugs cause falls?"
    assert [hit.score for hit in found.hits] == [hit.score for hit in alone.hits]
    assert found.whole is not None
    assert found.whole.meant.told == MESSAGE
    assert found.vector is not None
    assert not np.array_equal(found.whole.vector, found.vector)
    assert alone.whole is None


def test_a_message_whose_story_is_nearer_is_searched_whole(retriever: Retriever) -> None:
    told = "Firm shoes prevent falls and good lights prevent falls. Is the seaside nice in June?"
    found = retriever.retrieve(Query(told))
    assert found.whole is None
    assert found.meant is not None
    assert found.meant.told == told


@pytest.mark.parametrize("mode", [Mode.DENSE, Mode.LEXICAL])
def test_one_search_alone_reads_a_message_whole(retriever: Retriever, mode: Mode) -> None:
    assert retriever.retrieve(Query(MESSAGE, mode=mode)).whole is None
