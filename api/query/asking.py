"""`POST /v1/query`: a question in; an answer, and passages with citations, out."""

from fastapi import Request, Response

from api.admission.late_refusal import within_limits
from api.http.identifiers import new_identifier
from api.http.json_body import read_json
from api.query.answers import answer_query
from api.query.request import QueryRequest
from api.service import service_of


async def query(request: Request) -> Response:
    """The answer in the pages' own words, and the best passages, each with a citation that anyone can check."""
    service = service_of(request)
    settings = service.settings
    asked = await read_json(
        request, QueryRequest, limit_bytes=settings.body_limit_bytes, timeout_s=settings.body_timeout_s
    )
    # One snapshot serves the whole request, so that no answer can mix two generations.
    snapshot = service.live.snapshot()
    query_id, today, policy = f"q_{new_identifier()}", service.today(), service.policy
    with within_limits(request, snapshot, asked.query):
        body = await service.threads.run(
            lambda: answer_query(snapshot, asked, policy, query_id=query_id, today=today).model_dump_json()
        )
    return Response(body, media_type="application/json")
