"""The two kinds of JSON bodies: those that are sent to us, read strictly, and those that we send."""

from pydantic import BaseModel, ConfigDict


class RequestBody(BaseModel):
    """What is sent: nothing in it is ignored, and no value is made of one of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ResponseBody(BaseModel):
    """What we send: only what is declared, and never changed once it is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)
