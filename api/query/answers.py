"""From a question to the body of a response: the one path that HTTP and the command line share."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from time import perf_counter

from api.http.identifiers import new_identifier
from api.observer import QuestionSeen
from api.query.answer_policy import AnswerPolicy
from api.query.answer_warnings import NOTHING_SAID, Said, warnings_about
from api.query.request import AnswerKind, QueryRequest
from api.query.response import (
    AnswerabilityBody,
    AnswerBody,
    AnswerSpanBody,
    CitationBody,
    Duplicate,
    IndexReference,
    PassageBody,
    QueryResponse,
    QuoteBody,
    Scores,
    Timings,
)
from api.snapshot import Snapshot
from retriever.abstention.answerability import Decision
from retriever.abstention.evidence import EVIDENCE_HITS
from retriever.answers.answer import Answer, AnswerSpan
from retriever.answers.draft import Draft
from retriever.document import Document
from retriever.index import Index
from retriever.provenance.citation import Citation, cite
from retriever.provenance.overdue import FreshnessPolicy, apply_freshness, may_be_searched
from retriever.provenance.page_links import PageLinks
from retriever.query import Hit, Query, Retrieval

SCORE_DIGITS = 6


def answer_query(
    snapshot: Snapshot,
    request: QueryRequest,
    policy: AnswerPolicy,
    *,
    query_id: str,
    today: date,
    said: Said = NOTHING_SAID,
    only: Sequence[bool] | None = None,
) -> QueryResponse:
    """The response to a question, everything in it from this snapshot. Raises QueryInvalid, EncoderUnavailable.

    `said` is what else the conversation holds that it was made from: an emergency is looked for in both. `only`
    says of each document of the index, in their order, whether it is searched; None for all.
    """
    started = perf_counter()
    query = request.core_query(today=today)
    retrieval = _retrieve(snapshot, query, policy.freshness, only=only, today=today)
    # The policy has said which passages come last.
    draft = snapshot.draft(query, retrieval, keeps_order=policy.freshness is FreshnessPolicy.DEMOTE)
    judgment = snapshot.judge.assess(query, retrieval, read=draft.read)
    hits = apply_freshness(retrieval.hits, policy.freshness, today=today)[: query.top_k]
    wanted = request.answer is AnswerKind.EXTRACTIVE and judgment.decision is Decision.ANSWER
    answer = _answered(draft, retrieval, hits, policy.freshness) if wanted else None
    shown = draft.ordered(hits) if answer is None else answer.hits
    passages = [_passage(snapshot, hit, today=today) for hit in shown]
    response = QueryResponse(
        query_id=query_id,
        query=query.text,
        index=IndexReference.of(snapshot.index),
        answerability=AnswerabilityBody(**asdict(judgment)),
        answer=None if answer is None else _answer(snapshot.links, answer),
        passages=passages,
        warnings=list(
            warnings_about(snapshot, policy, query, retrieval, answer, passages, wanted=wanted, said=said)
        ),
        timings_ms=Timings(
            encode=round(retrieval.encode_ms, 3),
            search=round(retrieval.search_ms, 3),
            total=round((perf_counter() - started) * 1_000, 3),
        ),
    )
    snapshot.observer.question_answered(_seen(response))
    return response


def new_query_id() -> str:
    """An id for one answered question; ids sort by time."""
    return f"q_{new_identifier()}"


def citation_body(citation: Citation) -> CitationBody:
    """A citation as JSON carries it."""
    return CitationBody.model_validate(citation, from_attributes=True)


def _retrieve(
    snapshot: Snapshot, query: Query, freshness: FreshnessPolicy, *, only: Sequence[bool] | None, today: date
) -> Retrieval:
    """What is found under the policy: more than was asked for where the judgment needs more to go by."""
    searched = only
    # Only this policy leaves pages out; under the others the look at every page's review can be spared.
    if freshness is FreshnessPolicy.EXCLUDE:
        searched = may_be_searched(snapshot.index.documents, freshness, today=today)
        if only is not None:
            searched = [fresh and wanted for fresh, wanted in zip(searched, only, strict=True)]
    judged = replace(query, top_k=max(query.top_k, EVIDENCE_HITS))
    return snapshot.retriever.retrieve(judged, may_be_searched=searched)


def _answered(
    draft: Draft, retrieval: Retrieval, hits: Sequence[Hit], freshness: FreshnessPolicy
) -> Answer | None:
    """The answer from these hits, read on in their pages unless the policy puts some of them last."""
    reads_on = len(hits) == len(retrieval.hits) and freshness is not FreshnessPolicy.DEMOTE
    return draft.answer(hits, reads_on=reads_on)


def _seen(response: QueryResponse) -> QuestionSeen:
    spent, judged = response.timings_ms, response.answerability
    return QuestionSeen(
        encode_ms=spent.encode,
        search_ms=spent.search,
        answer_ms=max(0.0, spent.total - spent.encode - spent.search),
        decision=judged.decision,
        reason=judged.reason,
    )


def _answer(links: PageLinks, answer: Answer) -> AnswerBody:
    return AnswerBody(
        text=answer.text,
        spans=[
            AnswerSpanBody(
                start_char=span.start_char,
                end_char=span.end_char,
                passage_rank=span.passage_rank,
                quote=_quote(links, span),
            )
            for span in answer.spans
        ],
    )


def _quote(links: PageLinks, span: AnswerSpan) -> QuoteBody:
    start, end = span.quote_start_char, span.quote_end_char
    return QuoteBody(
        document_id=span.document_id,
        start_char=start,
        end_char=end,
        deep_link=links.link(span.document_id, start, end),
    )


def _passage(snapshot: Snapshot, hit: Hit, *, today: date) -> PassageBody:
    return PassageBody(
        rank=hit.rank,
        passage_id=hit.passage.passage_id,
        document_id=hit.passage.document_id,
        text=hit.passage.text,
        score=round(hit.score, SCORE_DIGITS),
        scores=Scores(dense=_rounded(hit.dense), lexical=_rounded(hit.lexical)),
        also_in=list(_duplicates(snapshot.index, hit)),
        citation=citation_body(cite(hit.document, hit.passage, links=snapshot.links, today=today)),
    )


def _duplicates(index: Index, hit: Hit) -> Iterator[Duplicate]:
    for passage in hit.also_in:
        document = _document(index, passage.document_id)
        yield Duplicate(
            passage_id=passage.passage_id,
            document_id=passage.document_id,
            title=document.metadata.title,
            url=document.metadata.url,
            source_path=document.source_path,
        )


def _document(index: Index, document_id: str) -> Document:
    document = index.document(document_id)
    if document is None:
        raise ValueError("a passage of the index belongs to no document; run `footnoted doctor`")
    return document


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, SCORE_DIGITS)
