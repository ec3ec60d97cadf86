"""One answered question on its way to a chat: the pieces of its text, then what they rest on."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from api.chat.envelope import Envelope
from api.chat.reply import Reply, Stretch, citations_of, extractive_stretches
from api.chat.response import ChatChunk, ChatCompletion, Delta, LastChatChunk, Particulars, Usage, UsageChunk
from api.generation.checker import Kept
from api.generation.outcome import GenerationBody
from api.observer import GenerationStatus
from api.query.response import QueryResponse
from retriever.encoder import Encoder

if TYPE_CHECKING:
    from api.generation.generator import Generator

_BROKEN_OFF = "\n\n(The generated answer broke off here. In the pages' own words:)\n\n"


class Answering:
    """A reply in the making. Read `pieces` to its end first; everything else is complete only then."""

    def __init__(
        self, found: QueryResponse, encoder: Encoder, generator: "Generator | None", *, stream: bool
    ) -> None:
        """`found` is what was found and quoted; `encoder` counts tokens; a `generator` may re-word it.

        `stream` says how the model is asked for its reply.
        """
        self._found = found
        self._encoder = encoder
        self._generator = generator
        self._stream = stream
        self._reply = Reply(found)
        self._generation: GenerationBody | None = None
        self._envelope = Envelope()

    async def pieces(self) -> AsyncGenerator[str, None]:
        """The reply's text, in order; some pieces may be empty."""
        yield self._reply.opening()
        if self._generator is not None:
            from api.generation.generator import GenerationOutcome  # there already, where there is a generator

            outcome = GenerationOutcome()
            sentences = self._generator.sentences(self._found, outcome, stream=self._stream)
            async with aclosing(sentences):
                async for kept in sentences:
                    yield self._reply.stretch(_marked(kept, is_first=outcome.kept == 1))
            self._generation = outcome.body()
            if self._generation.status is GenerationStatus.USED:
                yield self._reply.closing()
                return
            if outcome.kept:
                yield self._reply.aside(_BROKEN_OFF)
        for stretch in extractive_stretches(self._found):
            yield self._reply.stretch(stretch)
        yield self._reply.closing()

    def completion(self) -> ChatCompletion:
        """The reply as one object."""
        reply = self._reply
        return self._envelope.completion(reply.content, reply.annotations, self._particulars(), self._usage())

    def chunk(self, delta: Delta) -> ChatChunk:
        """An event that adds to the reply."""
        return self._envelope.chunk(delta)

    def last_chunk(self) -> LastChatChunk:
        """The event that ends the text."""
        return self._envelope.last_chunk(self._reply.annotations, self._particulars())

    def usage_chunk(self) -> UsageChunk:
        """The event with the counts of tokens."""
        return self._envelope.usage_chunk(self._usage())

    def _particulars(self) -> Particulars:
        found = self._found
        return Particulars(
            citations=list(citations_of(found)),
            searched_for=found.query,
            answerability=found.answerability,
            warnings=found.warnings,
            index=found.index,
            generation=self._generation,
        )

    def _usage(self) -> Usage:
        asked, replied = self._encoder.count_tokens([self._found.query, self._reply.content])
        return Usage(prompt_tokens=asked, completion_tokens=replied, total_tokens=asked + replied)


def _marked(kept: Kept, *, is_first: bool) -> Stretch:
    marks = "".join(f"[{rank}]" for rank in kept.ranks)
    return Stretch(f"{'' if is_first else ' '}{kept.text} {marks}", kept.ranks)
