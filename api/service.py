"""What the handlers share: the settings, the live index, the threads and the clock of one running service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from fastapi import Request

from api.admission.retrieval_threads import RetrievalThreads
from api.chat.small_talk import SmallTalk
from api.collection.older_texts import OlderTexts
from api.evidence.policy import EvidencePolicy
from api.live_index import LiveIndex
from api.query.answer_policy import AnswerPolicy
from api.settings import Settings
from api.writing.writer import CollectionWriter

if TYPE_CHECKING:
    from api.generation.generator import Generator


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


def service_of(request: Request) -> Service:
    """The service that a request was sent to."""
    service = request.app.state.service
    if not isinstance(service, Service):
        raise TypeError("the application was not made by create_app")
    return service
