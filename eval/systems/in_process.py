"""The system under evaluation as an open index and its retriever in this process."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.datasets.dataset import Question
from eval.errors import ComparisonRefused
from eval.systems.complete_index import open_complete
from eval.systems.given_answer import TOP_K, Given, Quoted
from eval.systems.system import MOST_GIVEN, Found, Response
from eval.systems.whole_ranking import nearest_others
from retriever.abstention.answerability import Assessor, Decision
from retriever.abstention.calibration import Calibration, load_calibration
from retriever.abstention.evidence import EVIDENCE_HITS
from retriever.answers.answer import Answerer, AnswerSpan
from retriever.answers.draft import Draft
from retriever.encoder import Encoder
from retriever.encoding.batching_encoder import BatchingEncoder
from retriever.encoding.open_encoder import open_encoder
from retriever.errors import QueryInvalid
from retriever.index import Index
from retriever.passage import Passage
from retriever.query import Condition, Hit, Mode, Operator, Query, Retrieval
from retriever.questions.normalise import lines_as_sentences, normalise_question
from retriever.ranking.ranking import Ranking
from retriever.ranking.rerank import Reranker
from retriever.reading.pair_reader import own_pair_reader
from retriever.retrieve import Retriever

DEFAULT_PER_DOCUMENT = Query("").max_per_document
BELOW = 3.0
"""Taken off the scores of what the service does not give, and twice off the cosines of what is no candidate.

So they are less than the scores of those before them."""


class InProcess:
    """An index asked directly, without HTTP."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        *,
        mode: Mode = Mode.HYBRID,
        ranking: Ranking | None = None,
        reranker: Reranker | None = None,
        calibration: Calibration | None = None,
    ) -> None:
        """Without a calibration no decisions and no answers. Raises IndexMismatch for another encoder."""
        self.index = index
        self.encoder = encoder
        self.reranker = reranker
        self._mode = mode
        self._retriever = Retriever(index, encoder, ranking=ranking, reranker=reranker)
        self.ranking = self._retriever.ranking
        self._left_out: tuple[str, ...] = ()
        self._assessor = None if calibration is None else Assessor(index, calibration)
        self._answerer = None if calibration is None else Answerer(index, encoder)
        self.source_paths = {document.document_id: document.source_path for document in index.documents}
        manifest = index.manifest
        self.identity = {
            "index": index.fingerprint,
            "corpus": f"sha256:{manifest.corpus_sha256}",
            "documents": str(manifest.documents),
            "passages": str(manifest.passages),
            "encoder": f"{manifest.encoder.model} ({manifest.encoder.arithmetic})",
            "split": f"{manifest.split.chunk_size} characters, {manifest.split.max_tokens} word pieces",
            "mode": str(mode),
            "weights": _as_text(self.ranking.weights[mode]),
        }
        if mode is Mode.HYBRID and self.ranking.of_statements is not None:
            self.identity["weights where nothing is asked"] = _as_text(self.ranking.of_statements)
        if mode is not Mode.DENSE and self.ranking.unnamed is not None:
            self.identity["weights where no page is named"] = _as_text(self.ranking.unnamed.weights[mode])
        if reranker is not None:
            self.identity["reranker"] = reranker.name

    @classmethod
    def open(cls, index_dir: Path, *, mode: Mode = Mode.HYBRID, reranker: Reranker | None = None) -> "InProcess":
        """The current generation under `index_dir` and its encoder. Raises what opening either raises."""
        index = open_complete(index_dir)
        # as the service has it
        encoder = BatchingEncoder(open_encoder(index.manifest.encoder, index_dir, threads=1))
        calibration = load_calibration(index_dir, index)
        return cls(index, encoder, mode=mode, calibration=calibration, reranker=reranker)

    def variant(
        self,
        *,
        mode: Mode = Mode.HYBRID,
        ranking: Ranking | None = None,
        reranker: Reranker | None = None,
        reads: bool = False,
    ) -> "InProcess":
        """The same index and exclusions, ranked another way; by the search alone unless it `reads`, too."""
        varied = InProcess(self.index, self.encoder, mode=mode, ranking=ranking, reranker=reranker)
        varied._left_out = self._left_out
        if reads:
            varied._assessor, varied._answerer = self._assessor, self._answerer
        return varied

    def leave_out(self, source_paths: Iterable[str]) -> None:
        """Keeps these documents out of every search from now on."""
        self._left_out = tuple(source_paths)

    def ask(self, question: Question, *, top_k: int, max_per_document: int | None) -> Response:
        """The best passages; a question that the service refuses has none.

        Beyond `MOST_GIVEN`, which no user sees, the ranking goes on: by more candidates, scored as the first ones
        are, and behind them with the other documents by their cosine.
        """
        started = time.perf_counter()
        query = self._query(question, top_k=top_k, max_per_document=max_per_document)
        if query is None:
            return Response((), 0.0, 0.0, (time.perf_counter() - started) * 1000, refused=True)
        given = min(top_k, MOST_GIVEN)
        retrieval = self._retrieve(replace(query, top_k=max(given, EVIDENCE_HITS)))
        found = tuple(_found(hit) for hit in self._shown(query, retrieval, given))
        if top_k > MOST_GIVEN:
            found += self._carried_on(query, retrieval.vector, found)
        return Response(
            found=found,
            encode_ms=retrieval.encode_ms,
            search_ms=retrieval.search_ms,
            total_ms=(time.perf_counter() - started) * 1000,
        )

    def answer(self, question: Question) -> Given | None:
        """The decision and the answer as the service gives them; None without a calibration or for a refusal."""
        query = self._query(question, top_k=TOP_K, max_per_document=None)
        if query is None or self._assessor is None or self._answerer is None:
            return None
        retrieval = self._retrieve(query)
        draft = Draft(self._answerer, own_pair_reader(), query, retrieval)
        judged = self._assessor.assess(query, retrieval, read=draft.read)
        decided = judged.decision is Decision.ANSWER
        answer = draft.answer(retrieval.hits) if decided else None
        return Given(
            decided=decided,
            probability=judged.probability,
            threshold=judged.threshold,
            text="" if answer is None else answer.text,
            quotes=() if answer is None else tuple(self._quoted(answer.text, span) for span in answer.spans),
        )

    def _carried_on(
        self, query: Query, vector: NDArray[np.float32] | None, given: tuple[Found, ...]
    ) -> tuple[Found, ...]:
        """What follows the passages that the service gives, of other documents, as far as `query` goes."""
        without = {one.document_id for one in given}
        further = [hit for hit in self._retrieve(query).hits if hit.passage.document_id not in without]
        found = [_found(hit, below=BELOW) for hit in further[: query.top_k - len(given)]]
        if vector is None:
            return tuple(found)
        without |= {one.document_id for one in found}
        without |= {one for one, path in self.source_paths.items() if path in self._left_out}
        most = query.top_k - len(given) - len(found)
        others = nearest_others(self.index, vector, without=without, most=most)
        found += [
            _found_in(self.index.passage(row), score=cosine - 2 * BELOW, dense=cosine) for row, cosine in others
        ]
        return tuple(found)

    def _query(self, question: Question, *, top_k: int, max_per_document: int | None) -> Query | None:
        """The question as the service reads it; None where it refuses it."""
        try:
            text = normalise_question(question.text)
        except QueryInvalid:
            return None
        per_document = DEFAULT_PER_DOCUMENT if max_per_document is None else max_per_document
        paths = self._left_out
        left_out = Condition(Operator.NIN, "source_path", paths) if paths else None
        return Query(
            text=text,
            top_k=top_k,
            mode=self._mode,
            filters=left_out,
            max_per_document=per_document,
            sentences=lines_as_sentences(question.text),
        )

    def _retrieve(self, query: Query) -> Retrieval:
        try:
            return self._retriever.retrieve(query)
        except QueryInvalid as error:
            raise ComparisonRefused(f"the search was refused: {error}") from error

    def _shown(self, query: Query, retrieval: Retrieval, most: int) -> tuple[Hit, ...]:
        """The first hits in the order in which the service shows them without an answer."""
        hits = retrieval.hits[:most]
        if self._assessor is None or self._answerer is None:
            return hits
        draft = Draft(self._answerer, own_pair_reader(), query, retrieval)
        if not draft.keeps_order:  # else the judgment, and what is read for it, would be for nothing
            self._assessor.assess(query, retrieval, read=draft.read)
        return draft.ordered(hits)

    def _quoted(self, text: str, span: AnswerSpan) -> Quoted:
        said = text[span.start_char : span.end_char]
        place = self.index.reading_text(span.document_id)[span.quote_start_char : span.quote_end_char]
        return Quoted(span.document_id, span.quote_start_char, span.quote_end_char, said, said == place)


def _found(hit: Hit, *, below: float = 0.0) -> Found:
    copies = tuple(copy.document_id for copy in hit.also_in)
    return _found_in(hit.passage, score=hit.score - below, dense=hit.dense, lexical=hit.lexical, copies=copies)


def _found_in(
    passage: Passage,
    *,
    score: float,
    dense: float | None,
    lexical: float | None = None,
    copies: tuple[str, ...] = (),
) -> Found:
    return Found(
        document_id=passage.document_id,
        score=score,
        source_start_char=passage.source_start_char,
        source_end_char=passage.source_end_char,
        start_char=passage.start_char,
        end_char=passage.end_char,
        text=passage.text,
        headings=passage.headings,
        dense=dense,
        lexical=lexical,
        copies=copies,
    )


def _as_text(weights: Mapping[str, float]) -> str:
    return ", ".join(f"{weight:g} {part}" for part, weight in weights.items())
