"""What became of a generated answer, as every response that could have had one says it."""

from enum import StrEnum

from pydantic import Field

from api.bodies import ResponseBody


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


class GenerationBody(ResponseBody):
    """What became of the language model's reply; what it did not give, the pages' own words give."""

    status: GenerationStatus = Field(
        description="`used`: the reply is the model's, every sentence checked. `rejected`: none of its sentences "
        "stood the checks. `unavailable`: it gave no whole reply. `skipped`: it was not asked."
    )
    reason: GenerationReason | None = Field(description="Null where `status` is `used`.")
    dropped: int = Field(ge=0, description="How many of its sentences the checks took out.")
