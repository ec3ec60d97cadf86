"""What the handlers share: the settings, the live index, the threads and the clock of one running service."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from fastapi import Request
from pydantic import BaseModel

from api.admission.retrieval_threads import RetrievalThreads
from api.chat.small_talk import SmallTalk
from api.collection.older_texts import OlderTexts
from api.evidence.policy import EvidencePolicy
from api.http.json_body import read_json
from api.live_index import LiveIndex
from api.query.answer_policy import AnswerPolicy
from api.query.answer_warnings import NOTHING_SAID, Said
from api.query.answers import answer_query, new_query_id
from api.query.request import QueryRequest
from api.query.response import QueryResponse
from api.settings import Settings
from api.snapshot import Snapshot
from api.writing.writer import CollectionWriter

if TYPE_CHECKING:
    from api.generation.generator import Generator

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Service:
    """One running service. `today` is the day that reviews are compared with.

    `generator` is None where no language model is configured.
    """

    settings: Settings
    policy: AnswerPolicy
    evidence: EvidencePolicy
    live: LiveIndex
    older: OlderTexts
    writer: CollectionWriter | None
    threads: RetrievalThreads
    small_talk: SmallTalk
    today: Callable[[], date]
    generator: "Generator | None" = None

    def answering(
        self, snapshot: Snapshot, *, said: Said = NOTHING_SAID, only: Sequence[bool] | None = None
    ) -> Callable[[QueryRequest], QueryResponse]:
        """What answers requests from one snapshot, as of today, all under one query id.

        `said` and `only` are those of `answer_query`.
        """
        return partial(
            answer_query,
            snapshot,
            policy=self.policy,
            query_id=new_query_id(),
            today=self.today(),
            said=said,
            only=only,
        )


def service_of(request: Request) -> Service:
    """The service that a request was sent to."""
    service = request.app.state.service
    if not isinstance(service, Service):
        raise TypeError("the application was not made by create_app")
    return service


async def read_request(request: Request, model: type[ModelT], *, limit_bytes: int | None = None) -> ModelT:
    """The body of a request, within the time and the size that the service allows. Raises Problem as `read_json`.

    `limit_bytes` in place of the limit that most bodies have.
    """
    settings = service_of(request).settings
    limit = settings.body_limit_bytes if limit_bytes is None else limit_bytes
    return await read_json(request, model, limit_bytes=limit, timeout_s=settings.body_timeout_s)
