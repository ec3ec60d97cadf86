"""`GET /v1/governance`: what the keeper of the collection should look at."""

from datetime import date

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.query.response import IndexReference
from api.service import service_of
from retriever.freshness import Freshness
from retriever.index import Index
from retriever.provenance.governance import Audience, FreshnessPolicy, GovernanceReport, govern


class _Response(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SameTitleBody(_Response):
    """Several pages of one title."""

    title: str
    document_ids: list[str]


class SuspectTitleBody(_Response):
    """A title that looks like what a scraper met instead of the page."""

    document_id: str
    title: str
    reason: str


class AudienceConflictBody(_Response):
    """A page that declares one audience while its own title, address or heading shows another."""

    document_id: str
    declared: Audience
    found: Audience
    because: str = Field(description="What shows it: `title`, `url` or `heading`.", examples=["title"])


class GovernanceBody(_Response):
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
    return GovernanceBody(
        index=IndexReference(generation=index.generation, fingerprint=index.fingerprint),
        today=report.today,
        freshness_policy=policy,
        documents=report.documents,
        freshness={standing: list(ids) for standing, ids in report.freshness.items()},
        missing={field: list(ids) for field, ids in report.missing.items()},
        same_text=[list(ids) for ids in report.same_text],
        same_title=[
            SameTitleBody(title=one.title, document_ids=list(one.document_ids)) for one in report.same_title
        ],
        suspect_titles=[
            SuspectTitleBody(document_id=one.document_id, title=one.title, reason=one.reason)
            for one in report.suspect_titles
        ],
        audience_conflicts=[
            AudienceConflictBody(
                document_id=one.document_id, declared=one.declared, found=one.found, because=one.because
            )
            for one in report.audience_conflicts
        ],
    )
