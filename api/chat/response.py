"""What the chat endpoint answers: OpenAI's completion and its chunks, with citations that can be checked."""

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from api.bodies import ResponseBody
from api.generation.outcome import GenerationBody
from api.query.response import AnswerabilityBody, CitationBody, IndexReference, WarningBody


class UrlCitation(ResponseBody):
    """A stretch of the reply, `content[start_index:end_index]` in code points, and the page it comes from."""

    start_index: int = Field(ge=0)
    end_index: int = Field(ge=0)
    url: str = Field(description="The page's address, with a text fragment that marks the passage.")
    title: str


class Annotation(ResponseBody):
    """A citation as OpenAI's clients know it."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class Particulars(ResponseBody):
    """What a reply rests on, beside OpenAI's fields."""

    citations: list[CitationBody] = Field(
        description="The same objects as in /v1/query: `[n]` in the reply is the n-th of them. Empty where the "
        "service abstains."
    )
    searched_for: str | None = Field(
        description="The question as it was searched, made whole from the conversation. Null for small talk, "
        "which is not searched."
    )
    answerability: AnswerabilityBody | None = Field(description="As in /v1/query. Null for small talk.")
    warnings: list[WarningBody]
    index: IndexReference
    generation: GenerationBody | None = Field(description="Null where no language model is configured.")


class ReplyMessage(ResponseBody):
    """The reply."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(ResponseBody):
    """The one reply."""

    index: Literal[0] = 0
    message: ReplyMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Usage(ResponseBody):
    """Word pieces as this service's own encoder counts them."""

    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)
    total_tokens: int = Field(ge=0)


class ChatCompletion(Particulars):
    """A whole reply."""

    id: str = Field(examples=["chatcmpl-01J8ZC4Q0D8T4V5N3T1X9B7K2M"])
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Unix time.")
    model: str = Field(examples=["footnoted"])
    choices: list[Choice]
    usage: Usage


class Delta(ResponseBody):
    """What a chunk adds to the reply."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    annotations: list[Annotation] | None = None

    @model_serializer(mode="wrap")
    def _what_it_adds(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in serialize(self).items() if value is not None}


class ChunkChoice(ResponseBody):
    """The one reply, growing."""

    index: Literal[0] = 0
    delta: Delta
    logprobs: None = None
    finish_reason: Literal["stop"] | None = None


class ChatChunk(ResponseBody):
    """One event of a streamed reply."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]


class LastChatChunk(Particulars, ChatChunk):
    """The event that ends the text, and holds what it rests on."""


class UsageChunk(ChatChunk):
    """The event behind it, where usage was asked for; it has no choices."""

    usage: Usage
