"""`GET /v1/governance`: what the keeper of the collection should look at."""

from dataclasses import asdict
from datetime import date

from fastapi import Request, Response
from pydantic import Field

from api.bodies import ResponseBody
from api.query.response import IndexReference
from api.service import service_of
from retriever.freshness import Freshness
from retriever.index import Index
from retriever.provenance.audience import Audience
from retriever.provenance.governance import GovernanceReport, govern
from retriever.provenance.overdue import FreshnessPolicy


class SameTitleBody(ResponseBody):
    """Several pages of one title."""

    title: str
    document_ids: list[str]


class SuspectTitleBody(ResponseBody):
    """A title that looks like what a scraper met instead of the page."""

    document_id: str
    title: str
    reason: str


class AudienceConflictBody(ResponseBody):
    """A page that declares one audience while its own title, address or heading shows another."""

    document_id: str
    declared: Audience
    found: Audience
    because: str = Field(description="What shows it: `title`, `url` or `heading`.", examples=["title"])


class GovernanceBody(ResponseBody):
    """The state of the collection today; every list is sorted, documents are named by their ids."""

    index: IndexReference
    today: date = Field(description="The day that reviews are compared with.")
    freshness_policy: FreshnessPolicy = Field(description="What this service does with overdue pages.")
    documents: int
    freshness: dict[Freshness, list[str]] = Field(
        description="The documents of each standing; all standings named."
    )
    missing: dict[str, list[str]] = Field(description="The documents that lack each expected field.")
    same_text: list[list[str]] = Field(description="Groups of documents with the same words.")
    same_title: list[SameTitleBody]
    suspect_titles: list[SuspectTitleBody]
    audience_conflicts: list[AudienceConflictBody]


async def governance(request: Request) -> Response:
    """What is overdue for review, lacks metadata, stands twice, looks wrong or contradicts itself."""
    service = service_of(request)
    index, today = service.live.snapshot().index, service.today()
    policy = service.policy.freshness
    body = await service.threads.run(
        lambda: _body(index, govern(index, today=today), policy=policy).model_dump_json()
    )
    return Response(body, media_type="application/json")


def _body(index: Index, report: GovernanceReport, *, policy: FreshnessPolicy) -> GovernanceBody:
    return GovernanceBody(index=IndexReference.of(index), freshness_policy=policy, **asdict(report))
