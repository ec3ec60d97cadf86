"""Draft: the answer to one question as far as it was needed: to judge whether to answer, or to answer."""

import logging
from collections.abc import Sequence
from functools import cache, partial

from retriever.answers.answer import Answer, Answerer
from retriever.answers.chosen.scored import Reading
from retriever.answers.quotable.quote import Quote
from retriever.answers.read_order import by_what_was_read
from retriever.errors import EncoderUnavailable
from retriever.query import Hit, Mode, Query, Retrieval
from retriever.reading.pair_reader import PairReader
from retriever.reading.pair_text import pair_text

logger = logging.getLogger(__name__)


@cache
def _say_once(cause: str) -> None:
    logger.warning("quotes are not read together with questions: %s", cause)


class Draft:
    """The answer to one query, made when it is asked for and only once. For one thread."""

    def __init__(
        self,
        answerer: Answerer,
        reader: PairReader | None,
        query: Query,
        retrieval: Retrieval,
        *,
        keeps_order: bool = False,
    ) -> None:
        """Without a `reader` the quotes are never read together with the question.

        With `keeps_order` passages stay in the order of the hits, as those of one search alone, or of an
        operator's own reranker, always do.
        """
        self._answerer, self._reader = answerer, reader
        self._query, self._retrieval = query, retrieval
        self.keeps_order = keeps_order or query.mode is not Mode.HYBRID or retrieval.is_reranked
        self._question = retrieval.in_place(query)
        self._reading: Reading | None = None
        self._read: dict[str, float] = {}
        self._made: dict[tuple[object, ...], tuple[Sequence[Hit], Answer | None]] = {}

    def read(self) -> float | None:
        """The best logit of the quotes, read together with the question; None where there is none, or nothing to
        read it with. The answer is chosen by what was read from then on, and the passages are ordered by it.
        """
        if self._reader is None:
            return None
        self._reading = partial(self._read_quotes, self._reader)
        try:
            answer = self.answer(self._retrieval.hits)
        except EncoderUnavailable as error:
            _say_once(str(error))
            self._reading = None
            return None
        return None if answer is None else answer.read

    def answer(self, hits: Sequence[Hit], *, reads_on: bool = True) -> Answer | None:
        """The answer from these hits, read on in their pages unless told not to. Raises EncoderUnavailable."""
        asked = (reads_on, self._reading is None, *map(id, hits))
        if asked not in self._made:
            answer = self._answerer.answer(
                self._question,
                hits,
                further=self._retrieval.further if reads_on else None,
                max_per_document=self._query.max_per_document,
                vector=self._retrieval.vector,
                reading=self._reading,
                ordering=self.ordered,
            )
            self._made[asked] = (hits, answer)  # the hits too: only while they live do their ids name them
        return self._made[asked][1]

    def ordered(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The hits in the order in which they are shown: by what was read of them, where anything was."""
        return tuple(hits) if self.keeps_order else by_what_was_read(hits, self._read)

    def _read_quotes(self, reader: PairReader, quotes: Sequence[Quote]) -> list[float]:
        """The logits of some quotes; what is best of each passage is remembered."""
        texts = [pair_text(quote.prefix, quote.text) for quote in quotes]
        logits: list[float] = reader.read(self._question, texts).tolist()
        for quote, logit in zip(quotes, logits, strict=True):
            passage = quote.hit.passage.passage_id
            self._read[passage] = max(logit, self._read.get(passage, logit))
        return logits
