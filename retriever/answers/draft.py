"""Draft: the answer to one question as far as it was needed: to judge whether to answer, or to answer."""

import logging
from collections.abc import Sequence
from functools import cache, partial

from retriever.answers.answer import Answer, Answerer
from retriever.answers.chosen.scored import Reading
from retriever.errors import EncoderUnavailable
from retriever.query import Hit, Query, Retrieval
from retriever.reading.pair_reader import PairReader

logger = logging.getLogger(__name__)


@cache
def _say_once(cause: str) -> None:
    logger.warning("quotes are not read together with questions: %s", cause)


class Draft:
    """The answer to one query, made when it is asked for and only once. For one thread."""

    def __init__(self, answerer: Answerer, reader: PairReader | None, query: Query, retrieval: Retrieval) -> None:
        """Without a `reader` the quotes are never read together with the question."""
        self._answerer, self._reader = answerer, reader
        self._query, self._retrieval = query, retrieval
        self._question = retrieval.in_place(query)
        self._reading: Reading | None = None
        self._made: dict[tuple[object, ...], tuple[Sequence[Hit], Answer | None]] = {}

    def read(self) -> float | None:
        """The best logit of the quotes, read together with the question; None where there is none, or nothing to
        read it with. The answer is chosen by what was read from then on.
        """
        if self._reader is None:
            return None
        self._reading = partial(self._reader.read, self._question)
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
            )
            self._made[asked] = (hits, answer)  # the hits too: only while they live do their ids name them
        return self._made[asked][1]
