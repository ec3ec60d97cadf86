"""What the collection holds: its index, its documents, their reading text."""

from collections.abc import Sequence
from itertools import compress
from typing import Annotated

from fastapi import Path, Query, Request, Response

from api.collection.response import (
    DocumentBody,
    DocumentPage,
    IndexBody,
    OutlineBody,
    SectionBody,
    TextBody,
    document_body,
    index_body,
)
from api.http.parameters import WholeNumber, filter_pairs
from api.http.problems import FieldError, Problem, invalid
from api.query.filters import equality_filter
from api.service import service_of
from retriever.document import Document
from retriever.filters import check_filter, filter_keys, matching
from retriever.index import Index
from retriever.query import Filter

MAX_PAGE = 1_000

DocumentId = Annotated[str, Path(description="The id of a document, as it stands in passages and in the list.")]


def index(request: Request) -> IndexBody:
    """The generation that serves now: how much it holds, and what it was built with."""
    return index_body(service_of(request).live.snapshot().index)


async def documents(
    request: Request,
    limit: Annotated[WholeNumber, Query(ge=1, le=MAX_PAGE, description="How many documents are wanted.")] = 100,
    after: Annotated[str | None, Query(description="The `next` of the page before.")] = None,
) -> Response:
    """The documents in order of their ids, a page at a time; those that questions do not search too."""
    service = service_of(request)
    opened, today = service.live.snapshot().index, service.today()
    wanted = equality_filter(filter_pairs(request), today=today)

    def work() -> str:
        candidates = opened.documents if wanted is None else _passing(opened.documents, wanted)
        found = [each for each in candidates if after is None or each.document_id > after]
        return DocumentPage(
            documents=[document_body(opened, document, today=today) for document in found[:limit]],
            next=found[limit - 1].document_id if len(found) > limit else None,
        ).model_dump_json()

    return Response(await service.threads.run(work), media_type="application/json")


def document(request: Request, document_id: DocumentId) -> DocumentBody:
    """One document: its metadata, its digest and its review."""
    service = service_of(request)
    opened = service.live.snapshot().index
    return document_body(opened, _found(opened, document_id), today=service.today())


async def document_text(
    request: Request,
    document_id: DocumentId,
    start: Annotated[WholeNumber, Query(ge=0, description="First character, counted in code points from 0.")] = 0,
    end: Annotated[
        WholeNumber | None, Query(ge=0, description="Where to stop (exclusive); the text's end if absent.")
    ] = None,
) -> Response:
    """A span of the reading text of a document: what citations point into."""
    service = service_of(request)
    opened = service.live.snapshot().index
    text = opened.reading_text(_found(opened, document_id).document_id)
    stop = len(text) if end is None else end
    if stop > len(text):
        raise invalid([FieldError("/end", "out_of_range", f"the text has {len(text):,} characters")])
    if start > stop:
        raise invalid([FieldError("/start", "out_of_range", f"the span has to begin at {stop:,} or before")])

    def work() -> str:
        body = TextBody(document_id=document_id, start_char=start, end_char=stop, text=text[start:stop])
        return body.model_dump_json()

    return Response(await service.threads.run(work), media_type="application/json")


def document_outline(request: Request, document_id: DocumentId) -> OutlineBody:
    """The sections of a document: where each begins and ends in the reading text, under which headings."""
    opened = service_of(request).live.snapshot().index
    found = _found(opened, document_id)
    return OutlineBody(
        document_id=document_id,
        sections=[
            SectionBody(start_char=one.start_char, end_char=one.end_char, headings=list(one.headings))
            for one in found.sections
        ],
    )


def _passing(candidates: Sequence[Document], wanted: Filter) -> list[Document]:
    check_filter(wanted, filter_keys(candidates), pointer="/filter")
    return list(compress(candidates, matching(candidates, wanted)))


def _found(opened: Index, document_id: str) -> Document:
    known = opened.document(document_id)
    if known is None:
        raise document_not_found()
    return known


def document_not_found() -> Problem:
    """404: no document has this id."""
    return Problem(404, "document_not_found", "no document has this id; GET /v1/documents lists them")
