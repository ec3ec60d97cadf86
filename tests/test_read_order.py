"""Passages in the order of what was read of their quotes, and an answer by the ranks that they have there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from api.query.answer_policy import AnswerPolicy
from api.query.answers import answer_query
from api.query.request import QueryRequest
from retriever.abstention.answerability import Answerability
from retriever.abstention.second_look import Read, not_read
from retriever.answers.answer import Answerer
from retriever.answers.chosen.selector import ANSWER_HITS
from retriever.answers.draft import Draft
from retriever.answers.read_order import READ_COUNTS, by_what_was_read
from retriever.index import Index
from retriever.provenance.overdue import FreshnessPolicy
from retriever.query import Hit, Mode, Query, Retrieval
from retriever.questions.routing import default_rules
from retriever.retrieve import Retriever
from tests.collections_on_disk import run_ingest, write_collection
from tests.fake_pair_readers import Likes
from tests.fakes_api import PAGES, TODAY, MemoryIndex, WordJudge, snapshot_of
from tests.hashing import HashingEncoder
from tests.small_answers import INJECTIONS, TABLETS

QUERY = Query("denosumab")
SIDE_EFFECTS = "low blood calcium"
Asked = tuple[Answerer, Retrieval]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Two pages in short passages; that on side effects is found right behind the first."""
    folder = tmp_path_factory.mktemp("pages")
    corpus = write_collection(folder / "corpus", {"denosumab.md": INJECTIONS, "ibandronate.md": TABLETS})
    run_ingest(corpus, folder / "index", chunk_size=200)
    index, encoder = Index.open(folder / "index"), HashingEncoder()
    return Answerer(index, encoder), Retriever(index, encoder).retrieve(QUERY)


def ids(hits: Sequence[Hit]) -> list[str]:
    """The passages by their ids, as they stand."""
    return [hit.passage.passage_id for hit in hits]


def made_up(asked: Asked, *scores: float) -> list[Hit]:
    """Hits with these scores, each of a passage of its own."""
    hit = asked[1].hits[0]
    return [
        replace(hit, rank=rank, score=score, passage=replace(hit.passage, start_char=rank))
        for rank, score in enumerate(scores, start=1)
    ]


def read_of(hits: Sequence[Hit], **logits: float) -> dict[str, float]:
    """The logits of hits by their places, `at_0` for the first."""
    return {hits[int(place.removeprefix("at_"))].passage.passage_id: logit for place, logit in logits.items()}


def test_a_passage_whose_quote_answers_goes_ahead_of_one_that_is_little_better(asked: Asked) -> None:
    near = made_up(asked, 0.9, 0.88, 0.5)
    ordered = by_what_was_read(near, read_of(near, at_0=-6.0, at_1=2.0))
    assert ids(ordered) == ids([near[1], near[0], near[2]])
    assert [hit.rank for hit in ordered] == [1, 2, 3]
    assert [hit.score for hit in ordered] == pytest.approx([0.88, 0.9 - 8 * READ_COUNTS, 0.5 - 8 * READ_COUNTS])
    far = made_up(asked, 0.9, 0.7)
    assert ids(by_what_was_read(far, read_of(far, at_0=-6.0, at_1=2.0))) == ids(far)


def test_a_passage_that_was_not_read_counts_as_the_worst_that_was(asked: Asked) -> None:
    hits = made_up(asked, 0.9, 0.89, 0.88)
    assert ids(by_what_was_read(hits, read_of(hits, at_1=1.0, at_2=-3.0))) == ids([hits[1], hits[0], hits[2]])


def test_behind_those_that_an_answer_looks_at_nothing_moves_and_scores_keep_falling(asked: Asked) -> None:
    hits = made_up(asked, *(1 - place / 1_000 for place in range(ANSWER_HITS + 4)))
    read = {hit.passage.passage_id: float(hit.rank) for hit in hits}
    ordered = by_what_was_read(hits, read)
    assert ids(ordered[:ANSWER_HITS]) == ids(hits[:ANSWER_HITS][::-1])
    assert ids(ordered[ANSWER_HITS:]) == ids(hits[ANSWER_HITS:])
    scores = [hit.score for hit in ordered]
    assert scores == sorted(scores, reverse=True)
    assert by_what_was_read(hits, {}) == tuple(hits)


def test_an_answer_has_the_ranks_that_its_passages_are_shown_at(asked: Asked) -> None:
    answerer, retrieval = asked
    draft = Draft(answerer, Likes(SIDE_EFFECTS), QUERY, retrieval)
    assert draft.ordered(retrieval.hits) == retrieval.hits
    assert draft.read() == 9.0
    answer, shown = draft.answer(retrieval.hits), draft.ordered(retrieval.hits)
    assert SIDE_EFFECTS not in retrieval.hits[0].passage.text
    assert SIDE_EFFECTS in shown[0].passage.text
    assert answer is not None
    assert ids(answer.hits) == ids(shown)
    assert [hit.rank for hit in answer.hits] == list(range(1, len(shown) + 1))
    assert SIDE_EFFECTS in answer.text
    for span in answer.spans:
        passage = answer.hits[span.passage_rank - 1].passage
        assert span.document_id == passage.document_id
        assert passage.start_char <= span.quote_start_char < span.quote_end_char <= passage.end_char
        assert answer.text[span.end_char :].startswith(f" [{span.passage_rank}]")


@pytest.mark.parametrize("reason", ["the policy", "one search", "a reranker"])
def test_an_order_that_somebody_asked_for_stays(asked: Asked, reason: str) -> None:
    answerer, retrieval = asked
    draft = Draft(
        answerer,
        Likes(SIDE_EFFECTS),
        replace(QUERY, mode=Mode.LEXICAL) if reason == "one search" else QUERY,
        replace(retrieval, is_reranked=True) if reason == "a reranker" else retrieval,
        keeps_order=reason == "the policy",
    )
    assert draft.read() == 9.0
    answer = draft.answer(retrieval.hits)
    assert draft.ordered(retrieval.hits) == retrieval.hits
    assert answer is not None
    assert ids(answer.hits) == ids(retrieval.hits)
    assert SIDE_EFFECTS in answer.text


class ReadingJudge(WordJudge):
    """Leaves every question open, so that its quotes are read."""

    def assess(self, query: Query, retrieval: Retrieval, *, read: Read = not_read) -> Answerability:
        """The judgment, after the quotes were read."""
        read()
        return super().assess(query, retrieval)


@pytest.mark.parametrize("answer", ["none", "extractive"])
@pytest.mark.parametrize(("policy", "year"), [(FreshnessPolicy.WARN, 2024), (FreshnessPolicy.DEMOTE, 2026)])
def test_a_response_is_in_the_order_of_what_was_read_unless_the_policy_puts_pages_last(
    policy: FreshnessPolicy, year: int, answer: str
) -> None:
    pages = [
        (
            replace(PAGES[0][0], title=f"Page {of}", last_reviewed=date(of, 11, 1)),
            f"Calcium makes bones strong, as was shown in {of}.",
        )
        for of in (2026, 2024)
    ]
    snapshot = snapshot_of(MemoryIndex("gen-000001", pages))
    response = answer_query(
        replace(snapshot, judge=ReadingJudge(), pair_reader=Likes("2024")),
        QueryRequest.model_validate({"query": "what does calcium do to bones", "answer": answer}),
        AnswerPolicy(rules=default_rules(), freshness=policy),
        query_id="q",
        today=TODAY,
    )
    assert [passage.rank for passage in response.passages] == [1, 2]
    assert str(year) in response.passages[0].text
    assert (response.answer is not None) == (answer == "extractive")
    for span in response.answer.spans if response.answer else ():
        assert span.quote.document_id == response.passages[span.passage_rank - 1].document_id
