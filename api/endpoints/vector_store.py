"""`POST /v1/vector_stores/default/search`: the passages in the shape of OpenAI's vector stores."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Path, Request, Response
from pydantic import BeforeValidator, ConfigDict, Field, StrictFloat, StrictInt
from pydantic_core import PydanticCustomError

from api.bodies import RequestBody, ResponseBody
from api.http.problems import Problem
from api.query.filters import AnyFilter
from api.query.request import AnswerKind, QueryRequest
from api.query.response import AnswerabilityBody, CitationBody, IndexReference, PassageBody, WarningBody
from api.routed_refusal import within_limits
from api.service import read_request, service_of

STORE_NAME = "default"
MAX_ATTRIBUTE_CHARS = 512

_ATTRIBUTES = (
    *("title", "url", "source", "citation", "license", "language", "audience_level", "audience", "version"),
    *("source_type", "last_reviewed", "review_due", "freshness", "start_char", "end_char"),
)
"""At most sixteen, as in OpenAI's vector stores."""


def _not_rewritten(value: object) -> object:
    if value is True:
        raise PydanticCustomError("not_offered", "questions are searched as they are; send false or leave it out")
    return value


class RankingOptions(RequestBody):
    """Which results are worth returning."""

    ranker: Literal["none", "auto", "default-2024-11-15"] | None = Field(
        default=None, description="Accepted; the ranking is always this service's own."
    )
    score_threshold: Annotated[StrictInt | StrictFloat, Field(ge=0, le=1, allow_inf_nan=False)] | None = Field(
        default=None, description="Results with a lower score are left out."
    )


class StoreSearchRequest(RequestBody):
    """A question to the collection as OpenAI's clients send it to a vector store."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"query": "side effects of denosumab"}]})

    query: str | Annotated[list[str], Field(min_length=1, max_length=1)] = Field(
        description="The question, as in /v1/query, or a list of one."
    )
    max_num_results: int | None = Field(default=None, ge=1, le=50, description="How many passages; 10 if absent.")
    filters: AnyFilter | None = Field(default=None, description="Which documents are searched, as in /v1/query.")
    ranking_options: RankingOptions | None = None
    rewrite_query: Annotated[bool, BeforeValidator(_not_rewritten)] | None = Field(
        default=None, description="False: the question is searched as it is."
    )


class ResultContent(ResponseBody):
    """The text of a result."""

    type: Literal["text"] = "text"
    text: str = Field(description="Plain text, not markup: escape it before it is rendered.")


class StoreResult(ResponseBody):
    """A passage, and beside OpenAI's fields its citation."""

    file_id: str = Field(description="The document_id.")
    filename: str = Field(description="The document's path below the root that was ingested.")
    score: float = Field(allow_inf_nan=False)
    attributes: dict[str, str | int | float | bool]
    content: list[ResultContent]
    citation: CitationBody


class StoreSearchPage(ResponseBody):
    """The results, best first; there is one page."""

    object: Literal["vector_store.search_results.page"] = "vector_store.search_results.page"
    search_query: list[str]
    data: list[StoreResult]
    has_more: Literal[False] = False
    next_page: None = None
    answerability: AnswerabilityBody
    warnings: list[WarningBody]
    index: IndexReference


async def search_store(
    request: Request, store: Annotated[str, Path(description="`default`.", max_length=256)]
) -> Response:
    """The best passages for a question, in the shape of OpenAI's vector-store search."""
    service = service_of(request)
    if store != STORE_NAME:
        detail = f"there is one vector store here, {STORE_NAME}; search that"
        raise Problem(404, "vector_store_not_found", detail)
    asked = await read_request(request, StoreSearchRequest)
    snapshot = service.live.snapshot()
    answered = service.answering(snapshot)

    def work() -> str:
        found = answered(_query(asked))
        options = asked.ranking_options
        least = 0.0 if options is None or options.score_threshold is None else options.score_threshold
        kept = [passage for passage in found.passages if passage.score >= least]
        return StoreSearchPage(
            search_query=[found.query],
            data=[_result(passage) for passage in kept],
            answerability=found.answerability,
            warnings=found.warnings,
            index=found.index,
        ).model_dump_json()

    with within_limits(request, snapshot, question_of(asked)):
        body = await service.threads.run(work)
    return Response(body, media_type="application/json")


def question_of(asked: StoreSearchRequest) -> str:
    """The question of a search."""
    return asked.query[0] if isinstance(asked.query, list) else asked.query


def _query(asked: StoreSearchRequest) -> QueryRequest:
    return QueryRequest(
        query=question_of(asked), top_k=asked.max_num_results or 10, filters=asked.filters, answer=AnswerKind.NONE
    )


def _result(passage: PassageBody) -> StoreResult:
    return StoreResult(
        file_id=passage.document_id,
        filename=passage.citation.source_path,
        score=passage.score,
        attributes=dict(_attributes(passage.citation)),
        content=[ResultContent(text=passage.text)],
        citation=passage.citation,
    )


def _attributes(citation: CitationBody) -> list[tuple[str, Any]]:
    """What the page says of itself, flat; what is not known is left out."""
    said = [(name, getattr(citation, name)) for name in _ATTRIBUTES]
    return [
        (name, str(value)[:MAX_ATTRIBUTE_CHARS] if isinstance(value, str | date) else value)
        for name, value in said
        if value is not None
    ]
