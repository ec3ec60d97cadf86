"""`POST /v1/compat/evidence`: passages that a bot with an evidence gate may answer from, or why it should not."""

from functools import partial

from fastapi import Request, Response

from api.evidence.body import EvidenceRequest, EvidenceResponse
from api.evidence.cancer_type import Fit, asked_type
from api.evidence.gate import EvidenceGate
from api.query.request import QueryRequest
from api.routed_refusal import within_limits
from api.service import Service, read_request, service_of
from api.snapshot import Snapshot

CANDIDATES = 20
"""Passages that are judged, so that what the policy leaves out can be made up for by the next ones."""


async def evidence(request: Request) -> Response:
    """The passages that may be answered from, judged by the service's evidence policy, or why there are none."""
    service = service_of(request)
    asked = await read_request(request, EvidenceRequest)
    snapshot = service.live.snapshot()
    with within_limits(request, snapshot, asked.query):
        body = await service.threads.run(partial(_judged, service, snapshot, asked))
    return Response(body.model_dump_json(by_alias=True), media_type="application/json")


def _judged(service: Service, snapshot: Snapshot, asked: EvidenceRequest) -> EvidenceResponse:
    today, policy, index = service.today(), service.evidence, snapshot.index
    wanted = asked_type(asked.cancer_type, index.documents, policy.cancer_type)
    fits = {} if wanted is None else {each.document_id: wanted.fit(each) for each in index.documents}
    request = QueryRequest(
        query=asked.query, top_k=max(CANDIDATES, asked.top_k), max_per_document=policy.chunks.per_document
    )
    answered = service.answering(snapshot, only=[fit is not Fit.OTHER for fit in fits.values()] or None)
    response = answered(request)
    gate = EvidenceGate(
        policy=policy,
        minimum=policy.minimum_for(asked.query_type, asked.intent),
        freshness=service.policy.freshness,
        fits=fits,
        today=today,
    )
    return gate.judge(response, top_k=asked.top_k)
