"""`POST /v1/citations/verify`: whether a citation still holds."""

from typing import Self

from fastapi import Request, Response
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.bodies import RequestBody, ResponseBody
from api.service import read_request, service_of
from retriever.provenance.verify import Verdict, verify_citation

MAX_TEXT = 20_000
MAX_POSITION = 1_000_000_000


class VerifyRequest(RequestBody):
    """A citation as a passage or an answer gave it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"document_id": "denosumab", "start_char": 12, "end_char": 27, "text": "Skin infections"}]
        },
    )

    document_id: str = Field(min_length=1, max_length=256, description="The document that is cited.")
    start_char: int = Field(ge=0, le=MAX_POSITION, description="Start in its reading text, in code points.")
    end_char: int = Field(ge=0, le=MAX_POSITION, description="End (exclusive) in its reading text.")
    text: str = Field(min_length=1, max_length=MAX_TEXT, description="The text that is said to stand there.")
    document_sha256: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{64}$",
        description="Digest of the file that was cited; with it, versions of older generations are looked up.",
    )

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.start_char >= self.end_char:
            raise PydanticCustomError("span_empty", "the cited span is empty; end_char has to be above start_char")
        return self


class VerifyResponse(ResponseBody):
    """What became of a citation."""

    valid: bool = Field(description="True for `match` alone.")
    reason: Verdict = Field(
        description="`match`: it stands there, to the letter. `moved`: it stands elsewhere in the document today. "
        "`document_changed`: it stands nowhere in it today, and another version was cited. `not_found`: there is "
        "no such document, or the text never stood there."
    )
    start_char: int | None = Field(description="Where the text stands today; null where nowhere.")
    end_char: int | None
    stood_before: bool | None = Field(
        description="Whether the cited version had the text in this place; null unless an older generation with "
        "that version is still kept."
    )


async def verify(request: Request) -> Response:
    """Whether a text stands in a document where a citation says, today or in the version that was cited."""
    service = service_of(request)
    asked = await read_request(request, VerifyRequest)
    index = service.live.snapshot().index

    def work() -> str:
        found = verify_citation(
            index,
            asked.document_id,
            asked.start_char,
            asked.end_char,
            asked.text,
            document_sha256=asked.document_sha256,
            older=service.older,
        )
        return VerifyResponse.model_validate(found, from_attributes=True).model_dump_json()

    return Response(await service.threads.run(work), media_type="application/json")
