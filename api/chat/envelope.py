"""The form around a reply: the whole completion and the events of a stream, all under one id."""

import time
from collections.abc import Sequence

from api.chat.request import MODEL_NAME
from api.chat.response import (
    Annotation,
    ChatChunk,
    ChatCompletion,
    Choice,
    ChunkChoice,
    Delta,
    LastChatChunk,
    Particulars,
    ReplyMessage,
    Usage,
    UsageChunk,
)
from api.http.identifiers import new_identifier


class Envelope:
    """The form of one reply, with its id and its time."""

    def __init__(self) -> None:
        self._id = f"chatcmpl-{new_identifier()}"
        self._created = int(time.time())

    def completion(
        self, content: str, annotations: Sequence[Annotation], particulars: Particulars, usage: Usage
    ) -> ChatCompletion:
        """The reply as one object."""
        return ChatCompletion(
            id=self._id,
            created=self._created,
            model=MODEL_NAME,
            choices=[Choice(message=ReplyMessage(content=content, annotations=list(annotations)))],
            usage=usage,
            **dict(particulars),
        )

    def chunk(self, delta: Delta) -> ChatChunk:
        """An event that adds to the reply."""
        return ChatChunk(id=self._id, created=self._created, model=MODEL_NAME, choices=[ChunkChoice(delta=delta)])

    def last_chunk(self, annotations: Sequence[Annotation], particulars: Particulars) -> LastChatChunk:
        """The event that ends the text: annotations, citations, and what else the reply rests on."""
        ending = ChunkChoice(delta=Delta(annotations=list(annotations)), finish_reason="stop")
        return LastChatChunk(
            id=self._id, created=self._created, model=MODEL_NAME, choices=[ending], **dict(particulars)
        )

    def usage_chunk(self, usage: Usage) -> UsageChunk:
        """The event with the counts of tokens."""
        return UsageChunk(id=self._id, created=self._created, model=MODEL_NAME, choices=[], usage=usage)
