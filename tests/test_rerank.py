"""The second stage: what is read again, in which order it comes out, and where the others stay."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from threading import Event, Semaphore

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.ablation import ablate, variants
from eval.datasets.dataset import Dataset, Question
from eval.datasets.document_names import match_names
from eval.datasets.source_tokens import SourceTokens
from eval.measures.evaluate import Depth, evaluate
from eval.question_progress import asking
from eval.systems.in_process import InProcess
from retriever.index import Index
from retriever.query import Mode, Query
from retriever.ranking import rerank
from retriever.ranking.ranking import OF_PAGES, Priors
from retriever.retrieve import RANKED_AT_ONCE, Retriever
from tests.hashed_collection import ingested
from tests.hashing import HashingEncoder
from tests.waiting import PATIENCE_S, wait_until


class Shortest:
    """Prefers short texts, and remembers what it was given."""

    name = "shortest"

    def __init__(self) -> None:
        self.read: list[str] = []

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:  # noqa: ARG002 - the seam's
        self.read += texts
        return np.array([-len(text) for text in texts], dtype=np.float32)


class Held:
    """Counts who is being ranked, and lets nobody go until it is told to."""

    name = "held"

    def __init__(self) -> None:
        self.inside = Semaphore(RANKED_AT_ONCE)
        self.let_go = Event()
        self.begun: list[str] = []
        self.too_many = False

    def score(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        has_room = self.inside.acquire(blocking=False)
        self.too_many |= not has_room
        self.begun.append(question)
        self.let_go.wait(PATIENCE_S)
        if has_room:
            self.inside.release()
        return np.zeros(len(texts), dtype=np.float32)


class Counting(HashingEncoder):
    """Remembers what it has encoded."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += texts
        return super().encode_queries(texts)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Two pages."""
    return Index.open(ingested(tmp_path_factory))


def test_the_best_candidates_come_in_the_order_of_the_reranker(index: Index) -> None:
    reranker = Shortest()
    hits = Retriever(index, HashingEncoder(), reranker=reranker).retrieve(Query("bones", top_k=50)).hits
    lengths = [len(next(text for text in reranker.read if hit.passage.text in text)) for hit in hits]
    assert lengths == sorted(lengths)
    assert hits[0].score == 1.0
    assert all(hit.score >= 0.5 for hit in hits)


def test_it_reads_title_and_headings_once_before_the_text(index: Index) -> None:
    reranker = Shortest()
    Retriever(index, HashingEncoder(), reranker=reranker).retrieve(Query("skin infections"))
    (read,) = [text for text in reranker.read if "Skin infections" in text]
    assert read.startswith("Denosumab > Side effects\n")


def test_what_was_read_again_says_so(index: Index) -> None:
    with_one = Retriever(index, HashingEncoder(), reranker=Shortest())
    assert with_one.retrieve(Query("bones")).is_reranked
    assert not with_one.retrieve(Query("bones", mode=Mode.LEXICAL)).is_reranked
    assert not Retriever(index, HashingEncoder()).retrieve(Query("bones")).is_reranked


def test_those_that_are_not_read_again_keep_their_order_below(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rerank, "RERANKED", 2)
    query = Query("bones and falls", top_k=50)
    before = Retriever(index, HashingEncoder()).retrieve(query).hits
    after = Retriever(index, HashingEncoder(), reranker=Shortest()).retrieve(query).hits
    assert {hit.passage.passage_id for hit in after[:2]} == {hit.passage.passage_id for hit in before[:2]}
    assert [hit.passage.passage_id for hit in after[2:]] == [hit.passage.passage_id for hit in before[2:]]
    assert all(hit.score <= 0.5 for hit in after[2:])


@pytest.mark.parametrize("mode", [Mode.DENSE, Mode.LEXICAL])
def test_a_search_of_one_kind_is_not_read_again(index: Index, mode: Mode) -> None:
    reranker = Shortest()
    Retriever(index, HashingEncoder(), reranker=reranker).retrieve(Query("bones", mode=mode))
    assert reranker.read == []


def test_every_prior_is_left_out_once_and_all_of_them_together() -> None:
    priors = [one.ranking.priors for one in variants(OF_PAGES)]
    left_out = [one for one in priors if one != OF_PAGES.priors]
    names = [prior.name for prior in fields(Priors)]
    assert left_out[0] == Priors(**dict.fromkeys(names, 0.0))
    assert [[name for name in names if getattr(one, name) == 0] for one in left_out[1:]] == [
        [name] for name in names
    ]


def test_the_ablation_says_what_the_reranker_is_worth(index: Index) -> None:
    dataset = Dataset("d", "0" * 64, (Question("q", "bones"),), {"q": {"denosumab.md": 1}}, {})
    system = InProcess(index, HashingEncoder(), reranker=Shortest())
    names = match_names(system.source_paths, dataset.judged)
    tokens = SourceTokens(index, names)
    whole = evaluate(dataset, system, names, tokens=tokens, depth=Depth(), seed=0)
    assert whole.identity["reranker"] == "shortest"
    rows = ablate(whole, system, tokens, depth=Depth(), asking=asking)
    assert rows[-1].name == "without the re-ranker"
    assert "reranker" not in rows[-1].evaluation.identity
    assert "reranker" in next(row for row in rows if row.name == "without boilerplate prior").evaluation.identity


def test_no_more_questions_are_ranked_at_once_than_may_and_the_others_are_encoded_meanwhile(index: Index) -> None:
    encoder, reranker = Counting(), Held()
    retriever = Retriever(index, encoder, reranker=reranker)
    questions = [f"bones {number}" for number in range(RANKED_AT_ONCE + 3)]
    with ThreadPoolExecutor(len(questions)) as threads:
        asked = [threads.submit(retriever.retrieve, Query(text)) for text in questions]
        wait_until(lambda: len(encoder.encoded) == len(questions) and len(reranker.begun) >= RANKED_AT_ONCE)
        reranker.let_go.set()
        assert all(one.result().hits for one in asked)
    assert sorted(reranker.begun) == questions
    assert not reranker.too_many
