"""The whole pipeline for one question: encode, search twice, fuse, collapse, cap."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retriever.answers.both_sides import LOOKED_AT, PLACES, missing_sides, with_side
from retriever.batching import Batching
from retriever.encoder import Encoder, vectors_of_questions
from retriever.encoding.open_encoder import refuse_other_encoder
from retriever.encoding.whole_words import WholeWords
from retriever.errors import VectorsPending
from retriever.filters import check_filter, filter_keys, is_active, matching, names_status
from retriever.index import Index
from retriever.query import Filter, Hit, Meant, Mode, NoHits, Query, Reading, Retrieval
from retriever.questions.aliases import Aliases
from retriever.questions.comparison import Sides, compared
from retriever.questions.messages import parts_of, readings
from retriever.questions.other_names import also_named
from retriever.questions.synonyms import Synonyms, default_synonyms, rows_of_all
from retriever.ranking.candidates import Candidates
from retriever.ranking.hits import hits_behind, hits_of
from retriever.ranking.ranking import Ranking, ranking_of
from retriever.ranking.rerank import Reranker
from retriever.ranking.tail import Tail
from retriever.search.byte_scan import ByteScan
from retriever.search.dense import DenseIndex
from retriever.turns import Turns

RANKED_AT_ONCE = 2
"""Questions whose candidates are scored at the same time. Python runs one of them, the other is in numpy or in
FAISS's scan of the vectors; a third only makes both, and whoever encodes, wait for Python's lock."""


class _Encoded(NamedTuple):
    """A question's vector, shape (dimension,), what `DenseIndex.looks` gave for it, and how long that took."""

    vector: NDArray[np.float32]
    look: ByteScan | None
    look_s: float


_NOT_ENCODED = (None, None, 0.0)


class Retriever:
    """One open generation and its encoder, ready to answer. Safe to share between threads."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        *,
        ranking: Ranking | None = None,
        reranker: Reranker | None = None,
        synonyms: Synonyms | None = None,
    ) -> None:
        """Ranks as fits the collection, with the program's synonyms, unless told. Raises IndexMismatch."""
        self.ranking = ranking or ranking_of(index)
        refuse_other_encoder(index.manifest.encoder, encoder.identity)
        self.index = index
        self._is_reranking = reranker is not None
        self._candidates = Candidates(index, ranking=self.ranking, reranker=reranker)
        self._tail = Tail(index, self._candidates, reads_on_by_name=self.ranking.reads_on_by_name)
        self._encoder = encoder
        self._whole_words = WholeWords(encoder)
        # Nothing of its own: what refers to itself stays in memory until Python looks for circles.
        self._batching = Batching[str, _Encoded](partial(_encoded_together, encoder, index.dense))
        self._turns = Turns(RANKED_AT_ONCE)
        self.filter_keys = filter_keys(index.documents)
        self._active = np.array(
            [is_active(document.metadata.status) for document in index.documents], dtype=np.bool_
        )
        self._active_rows = self._rows_of(self._active)
        self._aliases = Aliases(index)
        self._synonyms = synonyms or default_synonyms()

    def retrieve(self, query: Query, *, may_be_searched: Sequence[bool] | None = None) -> Retrieval:
        """The best passages for a query, best first; equal scores in the order of document and place.

        `may_be_searched` says for each document of the index, in their order, whether it takes part at all. While
        the index has no vectors, hybrid search is lexical search. Raises QueryInvalid for a filter that names an
        unknown key or compares it with a wrong type, VectorsPending for dense search without vectors.
        """
        query = self._as_searched(query)
        if not self.index.documents:
            return _nothing(NoHits.EMPTY_INDEX)
        if query.filters is not None:
            check_filter(query.filters, self.filter_keys)
        allowed = self._allowed(query.filters, may_be_searched)
        if allowed is not None and not allowed.any():
            return _nothing(NoHits.FILTERED_OUT)
        started = time.perf_counter()
        meant = self.as_meant(query.sentences or query.text)
        whole: Reading | None = None
        encoded: _Encoded | None = None
        if query.mode is Mode.DENSE:
            text = query.text
            encoded = self._encoded(text)
        elif query.mode is Mode.HYBRID:
            text = self._also_named(meant.told)
            of_all = self._encoded(text)
            asked, encoded = self._asked_of(meant, of_all, allowed)
            if asked is not meant:
                whole, meant, text = Reading(meant, of_all.vector), asked, self._also_named(asked.told)
                encoded = encoded if text == asked.told else self._encoded(text)
        else:
            text = self._also_named(meant.told)
        vector, look, look_s = encoded or _NOT_ENCODED
        searching = time.perf_counter() - look_s
        with self._turns:
            rows, scores, parts = self._candidates.ranked(
                text, query.mode, vector, allowed, top_k=query.top_k, look=look
            )
            first_hits = hits_of(query, self.index, rows, scores, parts, allowed)
            if query.mode is Mode.HYBRID and vector is not None:
                first_hits = self._tail.behind(first_hits, query, Reading(meant, vector), whole, allowed)
        in_place = query.text if query.mode is Mode.DENSE else meant.in_place
        sides = compared(in_place)
        reading_on = partial(hits_behind, first_hits, self.index, rows, scores, parts, allowed)
        hits, side_ms = self._with_both_sides(query, in_place, sides, first_hits, vector, allowed)
        return Retrieval(
            hits=hits,
            no_hits=None if hits else NoHits.NO_MATCH,
            encode_ms=(searching - started) * 1000 + side_ms,
            search_ms=(time.perf_counter() - searching) * 1000 - side_ms,
            behind=reading_on if sides is None else tuple,
            vector=vector,
            meant=meant,
            whole=whole,
            untold_sides=None if sides is None else len(missing_sides(sides, hits, self.index)),
            is_reranked=self._is_reranking and query.mode is Mode.HYBRID,
        )

    def _as_searched(self, query: Query) -> Query:
        """The query in a mode that this generation can be searched in."""
        if self.index.manifest.has_vectors or query.mode is Mode.LEXICAL:
            return query
        if query.mode is Mode.DENSE:
            raise VectorsPending(
                f"{self.index.generation} has no vectors yet, so it cannot be searched by meaning alone; ask in "
                "mode hybrid or lexical, or wait for `footnoted ingest` to end"
            )
        return replace(query, mode=Mode.LEXICAL)

    def as_meant(self, question: str) -> Meant:
        """The question with synonyms in place, typing errors mended, brand names and abbreviations spelled out."""
        in_their_words = self._synonyms.applied(question, self.index)
        return self._aliases.meant(self.index.spelling.mended(in_their_words, self._whole_words.has))

    def _also_named(self, told: str) -> str:
        """The same with what its things are also called, to be searched: hypertension (high blood pressure)."""
        return also_named(told, lambda name: len(rows_of_all(name, self.index.body)))

    def _asked_of(
        self, meant: Meant, encoded: _Encoded, allowed: NDArray[np.bool_] | None
    ) -> tuple[Meant, _Encoded]:
        """What a message asks, without what stands around it, where that is nearer a passage; else all of it."""
        told, in_place = parts_of(meant.told), parts_of(meant.in_place)
        several = [
            Meant(*(" ".join(parts[place] for place in places) for parts in (told, in_place)))
            for places in (readings(told) if len(told) == len(in_place) else ())
        ]
        if not several:
            return meant, encoded
        best, nearest = (meant, encoded), self._nearness(encoded, allowed)
        for one in zip(several, self._batching.of([reading.told for reading in several]), strict=True):
            if (nearness := self._nearness(one[1], allowed)) > nearest:
                best, nearest = one, nearness
        return best

    def _nearness(self, encoded: _Encoded, allowed: NDArray[np.bool_] | None) -> float:
        scores, _ = self.index.dense.search(encoded.vector, top_k=1, allowed=allowed, look=encoded.look)
        return float(scores[0]) if scores.size else 0.0

    def question_tokens(self, question: str) -> int:
        """How many word pieces a question has; the encoder reads `max_tokens` of its identity."""
        return self._encoder.count_tokens([question])[0]

    def _encoded(self, text: str) -> _Encoded:
        """The question as it is searched by meaning."""
        return self._batching.of([text])[0]

    def _with_both_sides(
        self,
        query: Query,
        meant: str,
        sides: Sides | None,
        hits: tuple[Hit, ...],
        vector: NDArray[np.float32] | None,
        allowed: NDArray[np.bool_] | None,
    ) -> tuple[tuple[Hit, ...], float]:
        """The hits of a comparison with both sides among them, and the milliseconds for what was encoded.

        One more search for each side that the first hits do not tell of; any other question costs nothing.
        """
        encode_s, searched = 0.0, set[str]()
        if sides is None or not hits:
            return hits, encode_s
        for place in (one for one in PLACES if one <= query.top_k):
            missing = [side for side in missing_sides(sides, hits, self.index) if side.name not in searched]
            if not missing:
                break
            side = missing[0]
            searched.add(side.name)
            started = time.perf_counter()
            of_side, look, look_s = _NOT_ENCODED if query.mode is Mode.LEXICAL else self._encoded(side.question)
            encode_s += time.perf_counter() - started - look_s
            with self._turns:
                rows, scores, _ = self._candidates.ranked(
                    side.question, query.mode, of_side, allowed, top_k=LOOKED_AT, look=look
                )
                parts = {} if query.mode is Mode.DENSE else {"body": self.index.body.search(meant)[rows]}
                if vector is not None:  # how near they are to what was asked: that is what is judged
                    parts["dense"] = self.index.dense.scores_of(vector, rows)
                found = hits_of(replace(query, top_k=LOOKED_AT), self.index, rows, scores, parts, allowed)
            hits = with_side(hits, found, side, place=place, query=query, index=self.index)
        return hits, encode_s * 1000

    def _allowed(self, wanted: Filter | None, may_be_searched: Sequence[bool] | None) -> NDArray[np.bool_] | None:
        """Which passages may be found, shape (passages,); None for all of them."""
        if wanted is None and may_be_searched is None:
            return self._active_rows
        documents = self._active if wanted is None else matching(self.index.documents, wanted)
        if wanted is not None and not names_status(wanted):
            documents = documents & self._active
        if may_be_searched is not None:
            documents = documents & np.array(may_be_searched, dtype=np.bool_)
        return self._rows_of(documents)

    def _rows_of(self, documents: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
        if documents.all():
            return None
        rows: NDArray[np.bool_] = documents[self.index.document_of_row]
        return rows


def _encoded_together(encoder: Encoder, dense: DenseIndex, texts: Sequence[str]) -> list[_Encoded]:
    """Questions that came together: one look at all vectors takes hardly longer for all than for one."""
    vectors = vectors_of_questions(encoder, texts)
    started = time.perf_counter()
    looks = dense.looks(vectors)
    took = time.perf_counter() - started
    return [_Encoded(vector, look, took) for vector, look in zip(vectors, looks, strict=True)]


def _nothing(reason: NoHits) -> Retrieval:
    return Retrieval(hits=(), no_hits=reason, encode_ms=0.0, search_ms=0.0)
