"""The reply to small talk: a fixed text, with nothing searched and nothing cited."""

from collections.abc import AsyncGenerator

from api.chat.envelope import Envelope
from api.chat.reply import harmless
from api.chat.response import ChatChunk, ChatCompletion, Delta, LastChatChunk, Particulars, Usage, UsageChunk
from api.collection.suggestions import offered, suggest
from api.query.response import IndexReference
from api.snapshot import Snapshot
from retriever.filters import is_active
from retriever.index import Index

SUGGESTED = 3
_COUNT = "{count}"
_QUESTIONS = "{questions}"


class Remark:
    """The reply to a message that asks nothing of the pages; the same seam as `Answering`."""

    def __init__(self, said: str, text: str, snapshot: Snapshot) -> None:
        """`said` is the message, `text` what small talk replies to it, with its placeholders."""
        self._text = filled(text, snapshot.index)
        self._envelope = Envelope()
        asked, replied = snapshot.encoder.count_tokens([said, self._text])
        self._usage = Usage(prompt_tokens=asked, completion_tokens=replied, total_tokens=asked + replied)
        index = snapshot.index
        self._particulars = Particulars(
            citations=[],
            searched_for=None,
            answerability=None,
            warnings=[],
            index=IndexReference.of(index),
            generation=None,
        )

    async def pieces(self) -> AsyncGenerator[str, None]:
        """The text, in one piece."""
        yield self._text

    def completion(self) -> ChatCompletion:
        """The reply as one object."""
        return self._envelope.completion(self._text, [], self._particulars, self._usage)

    def chunk(self, delta: Delta) -> ChatChunk:
        """An event that adds to the reply."""
        return self._envelope.chunk(delta)

    def last_chunk(self) -> LastChatChunk:
        """The event that ends the text."""
        return self._envelope.last_chunk([], self._particulars)

    def usage_chunk(self) -> UsageChunk:
        """The event with the counts of tokens."""
        return self._envelope.usage_chunk(self._usage)


def filled(text: str, index: Index) -> str:
    """A reply with what it says of the collection that an index holds."""
    questions = "\n".join(f"- {harmless(one.text)}" for one in suggest(offered(index), SUGGESTED))
    said = [each for each in text.strip().split("\n\n") if questions or _QUESTIONS not in each]
    pages = sum(is_active(document.metadata.status) for document in index.documents)
    return "\n\n".join(said).replace(_COUNT, f"{pages:,}").replace(_QUESTIONS, questions)
