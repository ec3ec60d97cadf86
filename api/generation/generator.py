"""Generated answers: one request to the model's server, its reply let through sentence by sentence."""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from api.generation.checker import Checker, Kept
from api.generation.hostile import speaks_to_a_model
from api.generation.outcome import GenerationBody
from api.generation.prompt import messages_for
from api.generation.sentence_reader import ModelSentence, SentenceReader
from api.generation.upstream import Upstream, UpstreamFailed
from api.observer import NOBODY, GenerationReason, GenerationSeen, GenerationStatus, Observer
from api.query.response import PassageBody, QueryResponse
from retriever.abstention.answerability import Decision

CONCURRENCY = 4
"""Requests to the model's server at the same time; above it the pages' own words answer."""
FAILURES_TO_OPEN = 5
OPEN_S = 30.0
CIRCUIT = "language model"

_Pieces = asyncio.Queue[str | None]


class Generator:
    """The model of one service. Its replies never hold a thread or a place that retrieval needs."""

    def __init__(self, upstream: Upstream, *, timeout_s: float, observer: Observer = NOBODY) -> None:
        """`timeout_s` is the time for a whole reply, a second try included; `observer` is told of each reply."""
        self._upstream = upstream
        self._observer = observer
        self._timeout_s = timeout_s
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=FAILURES_TO_OPEN, default_ttl=OPEN_S, exclude=[asyncio.CancelledError]
        )
        self._checking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="check")
        self._running = 0

    async def close(self) -> None:
        """Ends its thread and its connections."""
        self._checking.shutdown(wait=False, cancel_futures=True)
        await self._upstream.close()

    async def sentences(
        self, found: QueryResponse, outcome: "GenerationOutcome", *, stream: bool
    ) -> AsyncGenerator[Kept, None]:
        """The sentences of a generated answer that stood the checks, as they come; `outcome` is told the rest.

        An abstained question is never sent to the model, nor is a passage that speaks to one.
        """
        began = time.perf_counter()
        passages = [passage for passage in found.passages if not _is_hostile(passage)]
        if found.answerability.decision is Decision.ABSTAIN:
            outcome.reason = GenerationReason.ABSTAINED
        elif not passages:
            outcome.reason = GenerationReason.NO_EVIDENCE
        elif self._running >= CONCURRENCY:
            outcome.reason = GenerationReason.BUSY
        else:
            self._running += 1
            try:
                checked = self._checked(found.query, passages, outcome, stream=stream)
                async with aclosing(checked):
                    async for kept in checked:
                        yield kept
            finally:
                self._running -= 1
        # Not reached where the reader leaves before the end: then there is nothing to tell.
        self._observer.reply_generated(outcome.seen(duration_s=time.perf_counter() - began))

    async def _checked(
        self, question: str, passages: Sequence[PassageBody], outcome: "GenerationOutcome", *, stream: bool
    ) -> AsyncGenerator[Kept, None]:
        loop = asyncio.get_running_loop()
        messages = messages_for(question, passages, nonce=secrets.token_hex(8))
        checker = await loop.run_in_executor(self._checking, Checker, passages)
        pieces: _Pieces = asyncio.Queue()
        asking = asyncio.create_task(self._ask(messages, pieces, stream=stream))
        try:
            async for written in _written(pieces):
                kept = await loop.run_in_executor(self._checking, checker.check, written)
                outcome.dropped = checker.dropped
                if kept is not None:
                    outcome.kept += 1
                    yield kept
            outcome.reason = await asking
        finally:
            # Whoever reads this may leave at any sentence; the request to the model then ends too.
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        if outcome.reason is None and outcome.kept == 0:
            outcome.reason = GenerationReason.NOTHING_SUPPORTED

    async def _ask(
        self, messages: Sequence[dict[str, str]], pieces: _Pieces, *, stream: bool
    ) -> GenerationReason | None:
        """Puts the pieces of a reply into the queue, then None; gives the reason why it is not whole."""
        try:
            breaker = await self._breakers.get_breaker(CIRCUIT)
            async with breaker, asyncio.timeout(self._timeout_s):
                async for piece in self._upstream.reply(messages, stream=stream):
                    pieces.put_nowait(piece)
        except UpstreamFailed as failure:
            return failure.reason
        except TimeoutError:
            return GenerationReason.TIMEOUT
        except OpenedState:
            return GenerationReason.CIRCUIT_OPEN
        finally:
            pieces.put_nowait(None)
        return None


class GenerationOutcome:
    """What became of one generated answer; complete once its sentences have been read to their end."""

    def __init__(self) -> None:
        self.reason: GenerationReason | None = None
        self.kept = 0
        self.dropped = 0

    def body(self) -> GenerationBody:
        """The same as responses say it."""
        match self.reason:
            case None:
                status = GenerationStatus.USED
            case GenerationReason.ABSTAINED | GenerationReason.NO_EVIDENCE:
                status = GenerationStatus.SKIPPED
            case GenerationReason.NOTHING_SUPPORTED:
                status = GenerationStatus.REJECTED
            case _:
                status = GenerationStatus.UNAVAILABLE
        return GenerationBody(status=status, reason=self.reason, dropped=self.dropped)

    def seen(self, *, duration_s: float) -> GenerationSeen:
        """The same as observers are shown it."""
        body = self.body()
        return GenerationSeen(body.status, body.reason, self.kept, self.dropped, duration_s)


async def _written(pieces: _Pieces) -> AsyncIterator[ModelSentence]:
    """The sentences of the pieces up to None."""
    reader = SentenceReader()
    while (piece := await pieces.get()) is not None:
        for written in reader.feed(piece):
            yield written
    for written in reader.finish():
        yield written


def _is_hostile(passage: PassageBody) -> bool:
    citation = passage.citation
    return any(speaks_to_a_model(text) for text in (passage.text, citation.title, *citation.headings))
