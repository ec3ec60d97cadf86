"""`GET /v1/suggestions`: questions to begin with."""

from typing import Annotated

from fastapi import Query, Request, Response

from api.bodies import ResponseBody
from api.collection.suggestions import SuggestionBody, offered, suggest
from api.http.parameters import WholeNumber
from api.query.response import IndexReference
from api.service import service_of

MAX_SUGGESTIONS = 20


class SuggestionsBody(ResponseBody):
    """Questions to begin with; none where the collection has neither headings nor titles that make one."""

    index: IndexReference
    suggestions: list[SuggestionBody]


async def suggestions(
    request: Request,
    limit: Annotated[WholeNumber, Query(ge=1, le=MAX_SUGGESTIONS, description="How many are wanted.")] = 4,
) -> Response:
    """Questions to begin with, in the collection's own words."""
    service = service_of(request)
    index = service.live.snapshot().index
    body = await service.threads.run(
        lambda: SuggestionsBody(
            index=IndexReference.of(index), suggestions=suggest(offered(index), limit)
        ).model_dump_json()
    )
    return Response(body, media_type="application/json")
