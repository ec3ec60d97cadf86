"""What the endpoints that change the collection take and give, as JSON."""

from pydantic import Field

from api.bodies import RequestBody, ResponseBody
from api.collection.response import DocumentBody


class WriteWarning(ResponseBody):
    """Something odd about a document that was taken in."""

    code: str = Field(examples=["date_invalid"])
    line: int | None = Field(description="Line of the file, from 1.")


class WrittenBody(ResponseBody):
    """A document as it is served from now on."""

    generation: str
    outcome: str = Field(description="`added`, `changed`, `metadata_changed` or `unchanged`.")
    document: DocumentBody
    warnings: list[WriteWarning]


class DeletedBody(ResponseBody):
    """The document is gone from this generation on."""

    generation: str


class ReloadRequest(RequestBody):
    """Nothing: `{}`."""


class RollbackRequest(RequestBody):
    """Which generation is to serve."""

    to: str | None = Field(
        default=None,
        pattern=r"^gen-[0-9]{6,18}$",
        description="The generation; without it, the newest that is older than the one that serves.",
    )
