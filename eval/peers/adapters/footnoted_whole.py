"""Footnoted as it is: documents read, split, embedded, counted, published, verified; questions ranked by all."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from ingest.files import find_files
from ingest.prepare_encoder import prepare_encoder
from ingest.progress import Progress
from ingest.run import IngestOptions, ingest
from ingest.split import DEFAULT_CHUNK_SIZE
from retriever.encoding.batching_encoder import BatchingEncoder
from retriever.encoding.open_encoder import open_encoder
from retriever.index import Index
from retriever.query import Query
from retriever.questions.normalise import lines_as_sentences, normalise_question
from retriever.retrieve import Retriever

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
"""What the manifest says; the clock has no part in what is measured."""
PACKAGES = ("footnoted", "openvino", "faiss-cpu")


class Peer:
    """`footnoted ingest` of the folder, then the service's own retrieval, without the quoted answer."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self._pages, self._index_dir = Path(folders["pages"]), Path(folders["scratch"])
        self._progress = Progress(Console(stderr=True), quiet=True)
        self._passages = prepare_encoder(
            folders["model_name"], None, index_dir=self._index_dir, say=self._progress.say
        )
        self._queries = BatchingEncoder(open_encoder(self._passages.identity, self._index_dir, threads=1))

    def ingest(self, passages: Sequence[tuple[str, str]]) -> None:  # noqa: ARG002 - it makes the passages itself
        """Ingests the pages and opens what was published."""
        ingest(
            find_files([self._pages]),
            index_dir=self._index_dir,
            encoder=self._passages,
            options=IngestOptions(chunk_size=DEFAULT_CHUNK_SIZE),
            now=lambda: CREATED,
            progress=self._progress,
        )
        self._retriever = Retriever(Index.open(self._index_dir), self._queries)

    def search(self, question: str, top_k: int) -> list[str]:
        """The ids of the best passages, best first, any number of one document."""
        query = Query(
            normalise_question(question),
            top_k=top_k,
            max_per_document=top_k,
            sentences=lines_as_sentences(question),
        )
        return [hit.passage.passage_id for hit in self._retriever.retrieve(query).hits]
