"""From a question to the body of a response: the one path that HTTP and the command line share."""

from collections.abc import Iterator
from datetime import date
from time import perf_counter

from api.query_request import QueryRequest
from api.query_response import (
    CitationBody,
    Duplicate,
    IndexReference,
    PassageBody,
    QueryResponse,
    Scores,
    Timings,
    WarningBody,
    WarningCode,
)
from api.snapshot import Snapshot
from retriever.citation import Citation, cite
from retriever.freshness import Freshness
from retriever.index import Index
from retriever.query import Hit, Mode, NoHits, Query, Retrieval

SCORE_DIGITS = 6

_NO_HITS = {
    NoHits.EMPTY_INDEX: "the collection holds no passages",
    NoHits.FILTERED_OUT: "no document passes the filter",
    NoHits.NO_MATCH: "nothing in the collection matches the question",
}


def answer_query(snapshot: Snapshot, request: QueryRequest, *, query_id: str, today: date) -> QueryResponse:
    """The response to a question, everything in it from this snapshot. Raises QueryInvalid, EncoderUnavailable."""
    started = perf_counter()
    query = request.core_query()
    retrieval = snapshot.retriever.retrieve(query)
    passages = [_passage(snapshot.index, hit, today=today) for hit in retrieval.hits]
    return QueryResponse(
        query_id=query_id,
        query=query.text,
        index=IndexReference(generation=snapshot.index.generation, fingerprint=snapshot.index.fingerprint),
        answerability=None,
        answer=None,
        passages=passages,
        warnings=list(_warnings(snapshot, query, retrieval, passages)),
        timings_ms=Timings(
            encode=round(retrieval.encode_ms, 3),
            search=round(retrieval.search_ms, 3),
            total=round((perf_counter() - started) * 1_000, 3),
        ),
    )


def citation_body(citation: Citation) -> CitationBody:
    """A citation as JSON carries it."""
    return CitationBody(
        title=citation.title,
        url=citation.url,
        deep_link=citation.deep_link,
        source=citation.source,
        citation=citation.citation,
        license=citation.license,
        language=citation.language,
        audience_level=citation.audience_level,
        version=citation.version,
        source_type=citation.source_type,
        last_reviewed=citation.last_reviewed,
        review_due=citation.review_due,
        freshness=citation.freshness,
        headings=list(citation.headings),
        page=citation.page,
        start_char=citation.start_char,
        end_char=citation.end_char,
        source_start_char=citation.source_start_char,
        source_end_char=citation.source_end_char,
        document_sha256=citation.document_sha256,
    )


def _passage(index: Index, hit: Hit, *, today: date) -> PassageBody:
    return PassageBody(
        rank=hit.rank,
        passage_id=hit.passage.passage_id,
        document_id=hit.passage.document_id,
        text=hit.passage.text,
        score=round(hit.score, SCORE_DIGITS),
        scores=Scores(dense=_rounded(hit.dense), lexical=_rounded(hit.lexical)),
        also_in=list(_duplicates(index, hit)),
        citation=citation_body(cite(hit.document, hit.passage, today=today)),
    )


def _duplicates(index: Index, hit: Hit) -> Iterator[Duplicate]:
    for passage in hit.also_in:
        document = index.document(passage.document_id)
        if document is None:
            raise ValueError("a passage of the index belongs to no document; run `footnoted doctor`")
        yield Duplicate(
            passage_id=passage.passage_id,
            document_id=passage.document_id,
            title=document.metadata.title,
            url=document.metadata.url,
        )


def _warnings(
    snapshot: Snapshot, query: Query, retrieval: Retrieval, passages: list[PassageBody]
) -> Iterator[WarningBody]:
    if retrieval.no_hits is not None:
        reason = retrieval.no_hits
        yield WarningBody(code=WarningCode(reason.value), passage_rank=None, detail=_NO_HITS[reason])
    limit = snapshot.index.manifest.encoder.max_tokens
    pieces = 0 if query.mode is Mode.LEXICAL else snapshot.retriever.question_tokens(query.text)
    if pieces > limit:
        detail = f"the question has {pieces} word pieces; the search by meaning reads the first {limit}"
        yield WarningBody(code=WarningCode.QUERY_TRUNCATED, passage_rank=None, detail=detail)
    for passage in passages:
        if passage.citation.freshness is Freshness.OVERDUE:
            detail = f"review was due on {passage.citation.review_due}"
            yield WarningBody(code=WarningCode.SOURCE_OVERDUE, passage_rank=passage.rank, detail=detail)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, SCORE_DIGITS)
