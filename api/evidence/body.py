"""What `POST /v1/compat/evidence` takes and gives: the camelCase shape of bots that keep an evidence gate."""

from datetime import date
from enum import StrEnum

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.bodies import RequestBody, ResponseBody


class EvidenceRequest(RequestBody):
    """A question, and what the bot knows of it."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        json_schema_extra={
            "examples": [{"query": "what are the side effects of denosumab?", "topK": 5, "cancerType": "breast"}]
        },
    )

    query: str = Field(description="The question, as in `POST /v1/query`.")
    top_k: int = Field(default=5, ge=1, le=20, description="How many chunks are wanted at most.")
    cancer_type: str | None = Field(
        default=None,
        max_length=200,
        description="Pages that declare other types only are left out, and those that name this one come first. "
        "It adds nothing to the question.",
    )
    query_type: str | None = Field(
        default=None, max_length=200, description="The type of question, for which the policy has a minimum."
    )
    intent: str | None = Field(
        default=None, max_length=200, description="A second type of question; the stricter minimum counts."
    )


class EvidenceStatus(StrEnum):
    """Whether there is enough to answer from."""

    OK = "ok"
    INSUFFICIENT = "insufficient"


class ReasonCode(StrEnum):
    """Why there is not."""

    NO_RESULTS = "NO_RESULTS"
    FILTERED_OUT = "FILTERED_OUT"
    LOW_SCORE = "LOW_SCORE"
    LOW_TRUST = "LOW_TRUST"
    RECENCY_FAIL = "RECENCY_FAIL"
    LOW_DIVERSITY = "LOW_DIVERSITY"


class Confidence(StrEnum):
    """How far the evidence carries."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class EvidenceQuality(StrEnum):
    """What kind of evidence there is."""

    STRONG = "strong"
    WEAK = "weak"
    CONFLICTING = "conflicting"
    INSUFFICIENT = "insufficient"


class _CamelBody(ResponseBody):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class EvidenceDocument(_CamelBody):
    """The page of a chunk; null is not known."""

    title: str
    url: str | None
    source_type: str | None
    source: str | None
    citation: str | None
    last_reviewed: date | None
    is_trusted_source: bool = Field(description="By the tier of its `sourceType` in the policy.")


class EvidenceChunk(_CamelBody):
    """A passage that may be used: verbatim, and `chunkId` leads to its place."""

    chunk_id: str = Field(description="The `passage_id`: document and span of the reading text.")
    doc_id: str
    content: str = Field(description="Plain text, to the letter.")
    similarity: float = Field(
        ge=0, le=1, allow_inf_nan=False, description="Cosine of question and chunk: comparable between questions."
    )
    document: EvidenceDocument


class EvidenceResponse(_CamelBody):
    """The verdict, and the chunks that a bot may answer from."""

    status: EvidenceStatus
    approved_chunks: list[EvidenceChunk] = Field(description="Best first; empty where the status is insufficient.")
    reason_code: ReasonCode | None = Field(description="Null where the status is ok.")
    should_abstain: bool = Field(
        description="Whether the bot should not answer: where the status is insufficient."
    )
    confidence: Confidence
    quality: EvidenceQuality
    reason: str = Field(description="What was found and what was missing, for the bot's own log.")
    message: str = Field(description="What to show to the person; in an emergency, before anything else.")
