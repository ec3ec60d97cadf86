"""What an agent can do over the Model Context Protocol: search, fetch, ask. All of them only read."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from api.bodies import RequestBody, ResponseBody
from api.collection.response import DocumentBody, document_body
from api.endpoints.documents import document_not_found
from api.http.json_body import check
from api.http.problems import Problem
from api.query.answers import citation_body
from api.query.request import AnswerKind, QueryRequest
from api.query.response import CitationBody, PassageBody, QueryResponse, WarningBody
from api.routed_refusal import routed
from api.service import Service
from retriever.index import Index
from retriever.passage import Passage
from retriever.provenance.citation import cite

SEARCH_RESULTS = 10
LONGEST_TEXT_CHARS = 20_000
"""What `fetch` gives of a long page: a model's context is not endless."""

_PASSAGE_ID = re.compile(r"([A-Za-z0-9._-]{1,128}):(\d{1,9})-(\d{1,9})")


class SearchArguments(RequestBody):
    """What `search` takes."""

    query: str = Field(description="What is looked for, best as a question in plain words.")


class FetchArguments(RequestBody):
    """What `fetch` takes."""

    id: str = Field(description="The id of a search result, or a document_id.")


class SearchResult(ResponseBody):
    """One passage that was found."""

    id: str = Field(description="The passage; `fetch` takes it.")
    title: str = Field(description="The page's title and the headings above the passage.")
    url: str = Field(description="The page with a text fragment that marks the passage; empty where it has none.")
    text: str = Field(description="The passage itself, verbatim.")


class SearchResults(ResponseBody):
    """What `search` gives, best first. Warnings stand in front: a model that stops reading early has read them."""

    warnings: list[WarningBody] = Field(
        description="Of the whole search. Show `emergency` and `self_harm` to the person before all else."
    )
    results: list[SearchResult]


class FetchMetadata(ResponseBody):
    """Where the text stands, and what its page says of itself."""

    start_char: int = Field(ge=0, description="Where `text` begins in the page's reading text, in code points.")
    end_char: int = Field(ge=0, description="Where it ends (exclusive).")
    characters: int = Field(ge=0, description="How long the whole reading text is.")
    citation: CitationBody | None = Field(description="Of the passage that was asked for; null for a whole page.")
    document: DocumentBody


class Fetched(ResponseBody):
    """What `fetch` gives. `text` is `reading_text[start_char:end_char]` of the page, character for character."""

    id: str
    title: str
    text: str
    url: str
    metadata: FetchMetadata


@dataclass(frozen=True, slots=True)
class ToolKind:
    """A tool: what it says of itself, what it takes and gives, and what it does."""

    name: str
    title: str
    description: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    run: Callable[[Service, Mapping[str, Any]], Awaitable[str]]


async def search(service: Service, arguments: Mapping[str, Any]) -> str:
    """The best passages as JSON. Raises Problem, FootnotedError."""
    asked = check(dict(arguments), SearchArguments)
    request = QueryRequest(query=asked.query, top_k=SEARCH_RESULTS, answer=AnswerKind.NONE)
    response = await _answered(service, request)
    return SearchResults(
        warnings=[warning for warning in response.warnings if warning.passage_rank is None],
        results=[_result(each) for each in response.passages],
    ).model_dump_json()


async def fetch(service: Service, arguments: Mapping[str, Any]) -> str:
    """A page, or the part of it around a passage, as JSON. Raises Problem, FootnotedError."""
    wanted = check(dict(arguments), FetchArguments).id
    snapshot, today = service.live.snapshot(), service.today()
    index = snapshot.index

    def work() -> str:
        found = _PASSAGE_ID.fullmatch(wanted)
        document = index.document(wanted if found is None else found[1])
        if document is None:
            raise document_not_found()
        passage = None if found is None else _passage(index, document.document_id, wanted)
        text = index.reading_text(document.document_id)
        start, end = _window(len(text), passage)
        citation = None
        if passage is not None:
            citation = citation_body(cite(document, passage, links=snapshot.links, today=today))
        address = document.metadata.url if citation is None else citation.deep_link
        return Fetched(
            id=wanted,
            title=document.metadata.title,
            text=text[start:end],
            url=_link(address),
            metadata=FetchMetadata(
                start_char=start,
                end_char=end,
                characters=len(text),
                citation=citation,
                document=document_body(index, document, today=today),
            ),
        ).model_dump_json()

    return await service.threads.run(work)


async def ask(service: Service, arguments: Mapping[str, Any]) -> str:
    """The body of `POST /v1/query`, warnings in front, by the same path. Raises Problem, FootnotedError."""
    body = (await _answered(service, check(dict(arguments), QueryRequest))).model_dump(mode="json")
    # A model that stops reading early has read what cannot wait.
    return json.dumps({"warnings": body.pop("warnings"), **body}, ensure_ascii=False, separators=(",", ":"))


TOOLS = (
    ToolKind(
        name="search",
        title="Search the collection",
        description="Finds passages of the collection. Each result has an id for `fetch`, a title, an address "
        "that marks the passage on its page, and the passage itself. Results are the nearest there are, even "
        "where the collection does not hold the answer: `ask` judges that.",
        takes=SearchArguments,
        gives=SearchResults,
        run=search,
    ),
    ToolKind(
        name="fetch",
        title="Read a page",
        description="Gives the text around a search result, or a page from its beginning, with what the page says "
        f"of itself: at most {LONGEST_TEXT_CHARS:,} characters.",
        takes=FetchArguments,
        gives=Fetched,
        run=fetch,
    ),
    ToolKind(
        name="ask",
        title="Ask the collection",
        description="Answers a question in the verbatim words of the collection's pages, with the passages and "
        "their citations; or says, in `answerability`, that the answer was not found in this collection. Cite the "
        "`deep_link` of each passage that you use, and do not add to what the passages say.",
        takes=QueryRequest,
        gives=QueryResponse,
        run=ask,
    ),
)


async def _answered(service: Service, request: QueryRequest) -> QueryResponse:
    snapshot = service.live.snapshot()
    try:
        return await service.threads.run(partial(service.answering(snapshot), request))
    except Problem as problem:
        raise routed(problem, service, snapshot, [request.query]) from None


def _result(passage: PassageBody) -> SearchResult:
    citation = passage.citation
    headings = [heading for heading in citation.headings if heading != citation.title]
    return SearchResult(
        id=passage.passage_id,
        title=" > ".join([citation.title, *headings]),
        url=_link(citation.deep_link),
        text=passage.text,
    )


def _passage(index: Index, document_id: str, passage_id: str) -> Passage:
    for passage in index.passages_of(document_id):
        if passage.passage_id == passage_id:
            return passage
    raise document_not_found()


def _window(length: int, passage: Passage | None) -> tuple[int, int]:
    """The stretch of a reading text of that length to give: all of it, or as much as may be around the passage."""
    if passage is None or length <= LONGEST_TEXT_CHARS:
        return 0, min(length, LONGEST_TEXT_CHARS)
    around = max(0, LONGEST_TEXT_CHARS - (passage.end_char - passage.start_char)) // 2
    start = min(max(0, passage.start_char - around), length - LONGEST_TEXT_CHARS)
    return start, start + LONGEST_TEXT_CHARS


def _link(address: str | None) -> str:
    """The address if a browser may open it: agents hand it on as a link."""
    return address if address is not None and urlsplit(address).scheme in ("http", "https") else ""


def schema_of(model: type[BaseModel], *, given: bool) -> dict[str, Any]:
    """The JSON schema of what a tool takes, or of what it gives."""
    return model.model_json_schema(mode="serialization" if given else "validation")
