"""What observers of a running service are shown: numbers and words of closed sets, never a question's text.

The edge shows every request, the path that answers shows every question, whatever the transport; metrics and
traces watch through the same two methods.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from retriever.abstention.answerability import Decision, Reason

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """One finished request. `route` is the template (`/v1/documents/{document_id}`), `-` where none matched.

    `status` is None where the caller was gone before anything was sent.
    """

    request_id: str
    method: str
    route: str
    status: int | None
    duration_s: float


@dataclass(frozen=True, slots=True)
class QuestionSeen:
    """One question that was worked on: its stages in milliseconds, and what was decided.

    `answer_ms` is all that follows the search: judging, choosing the quotes, laying out the response.
    """

    encode_ms: float
    search_ms: float
    answer_ms: float
    decision: Decision
    reason: Reason | None


class GenerationStatus(StrEnum):
    """What became of the language model's reply."""

    USED = "used"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    SKIPPED = "skipped"


class GenerationReason(StrEnum):
    """Why the reply is not, or not all, the language model's."""

    ABSTAINED = "abstained"
    NO_EVIDENCE = "no_evidence"
    NOTHING_SUPPORTED = "nothing_supported"
    BUSY = "busy"
    CIRCUIT_OPEN = "circuit_open"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    REDIRECT = "redirect"
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    EMPTY = "empty"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class GenerationSeen:
    """One reply that a language model could have given, once it has been read to its end.

    `reason` is None where the reply is the model's; `kept` and `dropped` count its sentences.
    """

    status: GenerationStatus
    reason: GenerationReason | None
    kept: int
    dropped: int
    duration_s: float


class Observer(Protocol):
    """Watches a service. Its methods are quick and raise nothing."""

    def request_began(self, headers: Headers) -> Callable[[RequestSeen], None]:
        """A request has come; what is returned is called once, in the same task, when it has ended."""

    def question_answered(self, question: QuestionSeen) -> None:
        """A question was worked on. Called in any thread, within the context of its request."""

    def reply_generated(self, generation: GenerationSeen) -> None:
        """A generated reply has ended, used or not. Called in a task of its request."""


@dataclass(frozen=True, slots=True)
class Observers:
    """Several observers as one."""

    each: tuple[Observer, ...]

    def request_began(self, headers: Headers) -> Callable[[RequestSeen], None]:
        """Tells all of them; the last one told is the first to hear of the end."""
        endings = [one.request_began(headers) for one in self.each]

        def ended(request: RequestSeen) -> None:
            for ending in reversed(endings):
                ending(request)

        return ended

    def question_answered(self, question: QuestionSeen) -> None:
        """Tells all of them."""
        for one in self.each:
            one.question_answered(question)

    def reply_generated(self, generation: GenerationSeen) -> None:
        """Tells all of them."""
        for one in self.each:
            one.reply_generated(generation)


NOBODY = Observers(())
"""For a service that nobody watches."""
