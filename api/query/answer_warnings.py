"""What a reader should know before trusting a response, in order of urgency."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.query.answer_policy import AnswerPolicy
from api.query.response import PassageBody, WarningBody, WarningCode
from api.snapshot import Snapshot
from retriever.answers.answer import Answer
from retriever.freshness import Freshness
from retriever.provenance.overdue import FreshnessPolicy
from retriever.query import Mode, NoHits, Query, Retrieval
from retriever.questions.routing import Routing, RoutingRules, route

_NO_HITS = {
    NoHits.EMPTY_INDEX: "the collection holds no passages",
    NoHits.FILTERED_OUT: "no document passes the filter",
    NoHits.NO_MATCH: "nothing in the collection matches the question",
}
NOT_QUOTABLE = "these pages speak of it, but no sentence of theirs that can be quoted answers it; read them"
_WORDS_ONLY = (
    "the collection is still being made ready, and until then pages are found by their words alone; one that says "
    "it in other words may be missed"
)
_ALL_OVERDUE = "no document passes the filter and is within its review, which this service asks for"


_SAID_EARLIER = "Because of what you wrote earlier: "


@dataclass(frozen=True, slots=True)
class Said:
    """What the conversation holds that a question was made from; nothing where it was asked alone.

    `lately` is what the person wrote since the last reply, `before` what they wrote until then, `warned` what an
    earlier reply had to say because of that.
    """

    lately: Sequence[str] = ()
    before: Sequence[str] = ()
    warned: Routing | None = None


NOTHING_SAID = Said()


def warnings_about(
    snapshot: Snapshot,
    policy: AnswerPolicy,
    query: Query,
    retrieval: Retrieval,
    answer: Answer | None,
    passages: Sequence[PassageBody],
    *,
    wanted: bool,
    said: Said = NOTHING_SAID,
) -> Iterator[WarningBody]:
    """The warnings: what cannot wait, why there is nothing, then on answer, question and passages.

    `wanted` says that an answer was to be given: that it is missing has to be said. `said` is what else
    was said where the question is part of a conversation.
    """
    if policy.rules is not None and snapshot.concerns_health:
        routing = _routing(snapshot, policy.rules, query, retrieval, said)
        if routing is not None:
            yield _of_all(WarningCode(routing.code), routing.text)
        elif said.warned is not None:
            yield _of_all(WarningCode(said.warned.code), _SAID_EARLIER + said.warned.text)
    no_hits = retrieval.no_hits
    if no_hits is not None:
        is_strict = no_hits is NoHits.FILTERED_OUT and policy.freshness is FreshnessPolicy.EXCLUDE
        yield _of_all(WarningCode(no_hits.value), _ALL_OVERDUE if is_strict else _NO_HITS[no_hits])
    if wanted and answer is None and no_hits is None:
        yield _of_all(WarningCode.NOT_QUOTABLE, NOT_QUOTABLE)
    yield from _answer(answer)
    yield from _question(snapshot, query)
    if policy.freshness is not FreshnessPolicy.IGNORE:
        yield from _overdue(passages)


def _routing(
    snapshot: Snapshot, rules: RoutingRules, query: Query, retrieval: Retrieval, said: Said
) -> Routing | None:
    """By the patterns; where they see nothing and the question has a vector, by the examples too."""
    whole = retrieval.whole  # a cry for help may stand beside the question
    meant = retrieval.in_place(query) if whole is None else whole.meant.in_place
    for text in dict.fromkeys((*said.lately, query.text, meant)):  # as it was written, and as meant
        routing = route(text, rules, said.before)
        if routing is not None:
            return routing
    vector = retrieval.vector if whole is None else whole.vector
    nearness = None if snapshot.nearness is None or vector is None else snapshot.nearness.learnt()
    if nearness is None:
        return None
    routing = nearness.route(query.text, vector, said.before)
    if routing is None and said.lately and said.lately[-1] != query.text:
        # A question that leans on earlier ones was completed with them; what was written last may be a cry alone.
        return nearness.route(said.lately[-1], None, said.before)
    return routing


def _answer(answer: Answer | None) -> Iterator[WarningBody]:
    for warned in () if answer is None else answer.warnings:
        for rank in warned.passage_ranks:
            yield WarningBody(code=WarningCode(warned.code.value), passage_rank=rank, detail=warned.detail)


def _question(snapshot: Snapshot, query: Query) -> Iterator[WarningBody]:
    if query.mode is Mode.LEXICAL:
        return
    if not snapshot.index.manifest.has_vectors:
        yield _of_all(WarningCode.VECTORS_PENDING, _WORDS_ONLY)
        return
    limit = snapshot.index.manifest.encoder.max_tokens
    pieces = snapshot.retriever.question_tokens(query.text)
    if pieces > limit:
        detail = f"the question has {pieces} word pieces; the search by meaning reads the first {limit}"
        yield _of_all(WarningCode.QUERY_TRUNCATED, detail)


def _overdue(passages: Sequence[PassageBody]) -> Iterator[WarningBody]:
    for passage in passages:
        if passage.citation.freshness is Freshness.OVERDUE:
            detail = f"review was due on {passage.citation.review_due}"
            yield WarningBody(code=WarningCode.SOURCE_OVERDUE, passage_rank=passage.rank, detail=detail)


def _of_all(code: WarningCode, detail: str) -> WarningBody:
    return WarningBody(code=code, passage_rank=None, detail=detail)
