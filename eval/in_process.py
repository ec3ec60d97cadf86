"""The system under evaluation as an open index and its retriever in this process."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from eval.dataset import Question
from eval.errors import ComparisonRefused
from eval.system import Found, Response
from retriever.answerability import Assessor
from retriever.calibration import Calibration, load_calibration
from retriever.encoder import Encoder
from retriever.errors import QueryInvalid
from retriever.evidence import EVIDENCE_HITS
from retriever.index import Index
from retriever.open_encoder import open_encoder
from retriever.query import Comparison, Filter, Hit, Mode, Operator, Query
from retriever.retrieve import WEIGHTS, Retriever, normalise_question

DEFAULT_PER_DOCUMENT = Query("").max_per_document
Weights = Mapping[Mode, Mapping[str, float]]


class InProcess:
    """An index asked directly, without HTTP."""

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        *,
        mode: Mode = Mode.HYBRID,
        weights: Weights = WEIGHTS,
        calibration: Calibration | None = None,
    ) -> None:
        """No probabilities without a calibration. Raises IndexMismatch for another encoder than the index's."""
        self.index = index
        self.encoder = encoder
        self._mode = mode
        self._retriever = Retriever(index, encoder, weights=weights)
        self._filter: Filter | None = None
        self._assessor = None if calibration is None else Assessor(index, calibration)
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
            "weights": ", ".join(f"{weight:g} {part}" for part, weight in weights[mode].items()),
        }

    @classmethod
    def open(cls, index_dir: Path, *, mode: Mode = Mode.HYBRID) -> "InProcess":
        """The current generation under `index_dir` and its encoder. Raises what opening either raises."""
        index = Index.open(index_dir)
        encoder = open_encoder(index.manifest.encoder, index_dir, threads=1)
        return cls(index, encoder, mode=mode, calibration=load_calibration(index_dir, index))

    def variant(self, *, mode: Mode, weights: Weights) -> "InProcess":
        """The same index and exclusions, ranked another way."""
        varied = InProcess(self.index, self.encoder, mode=mode, weights=weights)
        varied._filter = self._filter
        return varied

    def leave_out(self, source_paths: Iterable[str]) -> None:
        """Keeps these documents out of every search from now on."""
        paths = tuple(source_paths)
        self._filter = Comparison(Operator.NIN, "source_path", paths) if paths else None

    def ask(self, question: Question, *, top_k: int, max_per_document: int | None) -> Response:
        """The best passages; a question that the service refuses has none."""
        started = time.perf_counter()
        try:
            query = Query(
                text=normalise_question(question.text),
                top_k=top_k,
                mode=self._mode,
                filters=self._filter,
                max_per_document=DEFAULT_PER_DOCUMENT if max_per_document is None else max_per_document,
            )
            retrieval = self._retriever.retrieve(query)
        except QueryInvalid as error:
            if error.pointer != "/query":
                raise ComparisonRefused(f"the search was refused: {error}") from error
            return Response((), 0.0, 0.0, (time.perf_counter() - started) * 1000, refused=True)
        # A calibration holds for hits as the service gives them by default; others are not judged.
        judged = top_k >= EVIDENCE_HITS and query.max_per_document == DEFAULT_PER_DOCUMENT
        assessor = self._assessor if judged else None
        return Response(
            found=tuple(_found(hit) for hit in retrieval.hits),
            encode_ms=retrieval.encode_ms,
            search_ms=retrieval.search_ms,
            total_ms=(time.perf_counter() - started) * 1000,
            probability=None if assessor is None else assessor.assess(query, retrieval).probability,
        )


def _found(hit: Hit) -> Found:
    passage = hit.passage
    return Found(
        document_id=passage.document_id,
        score=hit.score,
        source_start_char=passage.source_start_char,
        source_end_char=passage.source_end_char,
        start_char=passage.start_char,
        end_char=passage.end_char,
        text=passage.text,
        headings=passage.headings,
        dense=hit.dense,
        lexical=hit.lexical,
        copies=tuple(copy.document_id for copy in hit.also_in),
    )
