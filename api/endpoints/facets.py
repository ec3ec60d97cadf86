"""`GET /v1/facets`: what the documents can be filtered by, and how many documents have each value."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from fastapi import Request, Response
from pydantic import Field

from api.bodies import ResponseBody
from api.query.response import IndexReference
from api.service import service_of
from retriever.document import Document
from retriever.filters import is_active
from retriever.freshness import review
from retriever.index import Index
from retriever.provenance.audience import audience_of

MAX_VALUES = 100


class FacetValueBody(ResponseBody):
    """One value and how many documents have it."""

    value: str
    documents: int


class FacetBody(ResponseBody):
    """The values of one key, the most frequent first."""

    values: list[FacetValueBody] = Field(description="At most 100.")
    others: int = Field(description="How many values were left out.")
    without: int = Field(description="How many documents have no value.")


class FacetsBody(ResponseBody):
    """The values that the documents can be filtered by; only of the documents that questions search."""

    index: IndexReference
    documents: int
    facets: dict[str, FacetBody] = Field(
        description="By key: `source`, `source_type`, `language`, `audience`, `freshness`, `cancer_types`."
    )


async def facets(request: Request) -> Response:
    """The values that questions can be restricted to, each with its number of documents."""
    service = service_of(request)
    index, today = service.live.snapshot().index, service.today()
    body = await service.threads.run(lambda: _body(index, today=today).model_dump_json())
    return Response(body, media_type="application/json")


def count_facets(documents: Sequence[Document], *, today: date) -> dict[str, FacetBody]:
    """For each key its values among these documents, ties in the order of the value."""
    read: Mapping[str, Callable[[Document], Iterable[str | None]]] = {
        "source": lambda one: (one.metadata.source,),
        "source_type": lambda one: (one.metadata.source_type,),
        "language": lambda one: (one.metadata.language,),
        "audience": lambda one: (audience_of(one),),
        "freshness": lambda one: (review(one.metadata, today=today).freshness,),
        "cancer_types": lambda one: one.metadata.cancer_types,
    }
    return {key: _facet([{value for value in of(one) if value} for one in documents]) for key, of in read.items()}


def _facet(values: Sequence[set[str]]) -> FacetBody:
    counted = Counter(value for own in values for value in own)
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return FacetBody(
        values=[FacetValueBody(value=str(value), documents=count) for value, count in ordered[:MAX_VALUES]],
        others=max(0, len(ordered) - MAX_VALUES),
        without=sum(not own for own in values),
    )


def _body(index: Index, *, today: date) -> FacetsBody:
    searched = [document for document in index.documents if is_active(document.metadata.status)]
    return FacetsBody(
        index=IndexReference.of(index),
        documents=len(searched),
        facets=count_facets(searched, today=today),
    )
