"""`POST /v1/query`: a question in; an answer, and passages with citations, out."""

from fastapi import Request, Response

from api.query.request import QueryRequest
from api.routed_refusal import within_limits
from api.service import read_request, service_of


async def query(request: Request) -> Response:
    """The answer in the pages' own words, and the best passages, each with a citation that anyone can check."""
    service = service_of(request)
    asked = await read_request(request, QueryRequest)
    # One snapshot serves the whole request, so that no answer can mix two generations.
    snapshot = service.live.snapshot()
    answered = service.answering(snapshot)
    with within_limits(request, snapshot, asked.query):
        body = await service.threads.run(lambda: answered(asked).model_dump_json())
    return Response(body, media_type="application/json")
