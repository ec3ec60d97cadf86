"""The body of `POST /v1/chat/completions`: what OpenAI's clients send, every field declared."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StrictFloat, StrictInt
from pydantic_core import PydanticCustomError

from api.bodies import RequestBody
from api.query.filters import AnyFilter
from api.query.request import AnswerKind, QueryRequest
from retriever.query import Mode

MODEL_NAME = "footnoted"
MAX_MESSAGES = 1_000
MAX_TEXT = 200_000
MAX_NAME = 256

_Number = Annotated[StrictInt | StrictFloat, Field(allow_inf_nan=False)]
_Name = Annotated[str, Field(max_length=MAX_NAME)]


def _no_tools(value: object) -> object:
    if value:
        raise PydanticCustomError("not_offered", "this service calls no tools; leave them out")
    return value


def _only_text(value: object) -> object:
    parts = value if isinstance(value, list) else []
    if any(isinstance(part, dict) and part.get("type") not in ("text", "refusal") for part in parts):
        raise PydanticCustomError("not_offered", "only text is read here; leave out parts of other types")
    return value


def _text_format(value: object) -> object:
    if isinstance(value, dict) and value.get("type") != "text":
        raise PydanticCustomError("not_offered", "replies are plain text; leave the response format out")
    return value


def _not_stored(value: object) -> object:
    if value is True:
        raise PydanticCustomError("not_offered", "nothing that is asked is stored; send false or leave it out")
    return value


def _not_given(value: object) -> object:
    if value is True:
        raise PydanticCustomError("not_offered", "there are no token probabilities; send false or leave it out")
    return value


class TextPart(RequestBody):
    """A part of a message's content."""

    type: Literal["text", "refusal"]
    text: str = Field(default="", max_length=MAX_TEXT)
    refusal: str = Field(default="", max_length=MAX_TEXT)


class ChatMessage(RequestBody):
    """One message. Only what the person wrote is read; the rest is what clients send along with it."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[
        Annotated[str, Field(max_length=MAX_TEXT)] | list[TextPart] | None, BeforeValidator(_only_text)
    ] = Field(default=None, description="Text, or a list of text parts.")
    name: _Name | None = None
    refusal: str | None = None
    annotations: list[Any] | None = None
    tool_calls: list[Any] | None = None
    tool_call_id: _Name | None = None
    function_call: dict[str, Any] | None = None
    audio: dict[str, Any] | None = None
    reasoning_content: str | None = None

    @property
    def text(self) -> str:
        """The message's words; parts are joined by line breaks."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(RequestBody):
    """What a stream holds beside its text."""

    include_usage: bool | None = Field(default=None, description="A last chunk with the counts of tokens.")
    include_obfuscation: bool | None = Field(default=None, description="Accepted; nothing is padded.")


class ResponseFormat(RequestBody):
    """The form of the reply: plain text is the only one."""

    type: Literal["text"] = "text"


class ChatRequest(RequestBody):
    """A conversation whose last message of the user is the question."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "footnoted",
                    "messages": [{"role": "user", "content": "what are the side effects of denosumab?"}],
                }
            ]
        },
    )

    model: _Name = Field(description="`footnoted`, the one model.")
    messages: list[ChatMessage] = Field(
        min_length=1, max_length=MAX_MESSAGES, description="The conversation; its last message is the user's."
    )
    stream: bool | None = Field(default=None, description="Whether the reply comes as server-sent events.")
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=None, ge=1, le=1, description="One reply.")

    top_k: int | None = Field(default=None, ge=1, le=50, description="Passages wanted, as in /v1/query.")
    mode: Annotated[Mode, Field(strict=False)] | None = Field(default=None, description="As in /v1/query.")
    filters: AnyFilter | None = Field(default=None, description="Which documents are searched, as in /v1/query.")
    max_per_document: int | None = Field(default=None, ge=1, le=50, description="As in /v1/query.")

    temperature: Annotated[_Number, Field(ge=0, le=2)] | None = None
    top_p: Annotated[_Number, Field(ge=0, le=1)] | None = None
    min_p: Annotated[_Number, Field(ge=0, le=1)] | None = None
    presence_penalty: Annotated[_Number, Field(ge=-2, le=2)] | None = None
    frequency_penalty: Annotated[_Number, Field(ge=-2, le=2)] | None = None
    repetition_penalty: Annotated[_Number, Field(ge=0, le=10)] | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    stop: Annotated[str, Field(max_length=MAX_TEXT)] | list[str] | None = None
    seed: int | None = None
    logit_bias: dict[str, _Number] | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    metadata: dict[str, Any] | None = None
    service_tier: _Name | None = None
    reasoning_effort: _Name | None = None
    verbosity: _Name | None = None
    parallel_tool_calls: bool | None = None
    modalities: list[Literal["text"]] | None = None
    response_format: Annotated[ResponseFormat, BeforeValidator(_text_format)] | None = None
    store: Annotated[bool, BeforeValidator(_not_stored)] | None = None
    logprobs: Annotated[bool, BeforeValidator(_not_given)] | None = None
    top_logprobs: int | None = Field(default=None, ge=0, le=0)
    tools: Annotated[list[Any], BeforeValidator(_no_tools)] | None = None
    tool_choice: Literal["none", "auto"] | None = None
    functions: Annotated[list[Any], BeforeValidator(_no_tools)] | None = None

    def query(self, question: str) -> QueryRequest:
        """The same as a request of /v1/query, for the question that the conversation comes down to."""
        wanted = {
            "top_k": self.top_k,
            "mode": self.mode,
            "filters": self.filters,
            "max_per_document": self.max_per_document,
        }
        given = {name: value for name, value in wanted.items() if value is not None}
        return QueryRequest(query=question, answer=AnswerKind.EXTRACTIVE, **given)  # type: ignore[arg-type]
