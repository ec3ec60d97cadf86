"""An index and a retriever in memory, for what a real index cannot be made to do on demand; and whole services."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import compress
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.snapshot import Snapshot, make_snapshot
from retriever.abstention.answerability import (
    Answerability,
    Assessor,
    Decision,
    Reason,
    nothing_found,
)
from retriever.abstention.calibration import load_calibration
from retriever.abstention.second_look import Read, not_read
from retriever.document import Document, Metadata, ReviewFrequency, Section
from retriever.errors import FootnotedError, IndexMissing
from retriever.filters import check_filter, filter_keys, matching
from retriever.index import Index
from retriever.omissions import Omissions
from retriever.passage import Passage
from retriever.provenance.deep_link import COMPLETE
from retriever.query import Hit, NoHits, Query, Retrieval
from retriever.questions.routing import default_rules
from retriever.retrieve import Retriever
from retriever.search.lexical import LexicalField, count_terms
from retriever.search.spelling import Spelling
from retriever.store.manifest import VECTORS, FileEntry, Manifest, SplitIdentity
from retriever.store.pointer import read_pointer
from tests.hashing import IDENTITY, HashingEncoder

TODAY = date(2026, 11, 22)
PAGES: tuple[tuple[Metadata, str], ...] = (
    (
        Metadata(
            title="Denosumab",
            url="https://example.org/denosumab",
            source="NCI",
            citation="NCI, 2025",
            language="en",
            audience_level="patient",
            status="active",
            last_reviewed=date(2025, 12, 30),
            review_frequency=ReviewFrequency.QUARTERLY,
            tags=("bone", "drug"),
            extra={"pageType": "drug"},
        ),
        "Denosumab is used in cancer.\n\n- It lowers calcium levels.\n- It may cause skin infections.",
    ),
    (
        Metadata(title="Mammography", url="https://example.org/mammography", source="CDC"),
        "A mammogram is an X-ray.",
    ),
    (
        Metadata(title="Notes", url="javascript:alert(1)"),
        "<script>alert(1)</script> A mammogram is an X-ray, café.",
    ),
)


class MemoryIndex(Index):
    """One generation of a few documents, each of them one passage."""

    def __init__(
        self,
        generation: str,
        pages: Sequence[tuple[Metadata, str]] = PAGES,
        *,
        headings: tuple[str, ...] = ("About",),
        has_vectors: bool = True,
        heading_prefixes: int = 1,
    ) -> None:
        self._headings = headings
        self._heading_prefixes = heading_prefixes
        self._reading = {f"doc-{number}": text for number, (_, text) in enumerate(pages)}
        self.documents = tuple(
            Document(
                document_id=f"doc-{number}",
                source_path=f"pages/doc-{number}.md",
                sha256=hashlib.sha256(text.encode()).hexdigest(),
                body_sha256=hashlib.sha256(text.encode()).hexdigest(),
                metadata=metadata,
                prefix_title=metadata.title,
                sections=(Section(0, len(text), headings),),
            )
            for number, (metadata, text) in enumerate(pages)
        )
        self.body = LexicalField.build(count_terms(text for _, text in pages))
        self.spelling = Spelling(self.body, self.body, lambda row: pages[row][1])
        self.manifest = Manifest(
            format=1,
            generation=generation,
            created="2026-11-22T07:48:00Z",
            corpus_sha256="0" * 64,
            encoder=IDENTITY,
            split=SplitIdentity(splitter="recursive", version=1, chunk_size=200, max_tokens=256),
            reading_version=1,
            documents=len(pages),
            passages=len(pages),
            files={VECTORS: FileEntry(size=0, sha256="0" * 64)} if has_vectors else {},
            manifest_sha256="0" * 64,
        )

    @property
    def approximation(self) -> None:
        return None

    @property
    def heading_prefixes(self) -> int:
        return self._heading_prefixes

    def document(self, document_id: str) -> Document | None:
        return {document.document_id: document for document in self.documents}.get(document_id)

    def reading_text(self, document_id: str) -> str:
        return self._reading[document_id]

    def omissions(self, document_id: str) -> Omissions:
        assert document_id in self._reading
        return COMPLETE

    def passage_count(self, document_id: str) -> int:
        return len(self.passages_of(document_id))

    def passages_of(self, document_id: str) -> Sequence[Passage]:
        text = self._reading[document_id]
        return (Passage(document_id, 0, len(text), 0, len(text), self._headings, len(text.split()), text),)


class WordRetriever(Retriever):
    """Ranks passages by the share of the question's words that they hold."""

    def __init__(self, index: MemoryIndex, before: Callable[[Query], None] = lambda _: None) -> None:
        self.index = index
        self._before = before

    def retrieve(self, query: Query, *, may_be_searched: Sequence[bool] | None = None) -> Retrieval:
        self._before(query)
        documents = self.index.documents
        if not documents:
            return Retrieval((), NoHits.EMPTY_INDEX, 0.1, 0.1)
        if query.filters is not None:
            check_filter(query.filters, filter_keys(documents))
            kept = matching(documents, query.filters)
            documents = tuple(document for document, keep in zip(documents, kept, strict=True) if keep)
        if may_be_searched is not None:
            searched = list(compress(self.index.documents, may_be_searched))
            documents = tuple(document for document in documents if document in searched)
        scored = sorted(((self._score(query.text, each), each) for each in documents), key=lambda s: -s[0])
        found = [(score, document) for score, document in scored if score > 0][: query.top_k]
        if not found:
            return Retrieval((), NoHits.NO_MATCH if documents else NoHits.FILTERED_OUT, 0.1, 0.1)
        hits = tuple(self._hit(rank, score, document) for rank, (score, document) in enumerate(found, start=1))
        return Retrieval(hits, None, 0.1, 0.2)

    def question_tokens(self, question: str) -> int:
        return HashingEncoder().count_tokens([question])[0]

    def _score(self, question: str, document: Document) -> float:
        words = {word.strip("?.").lower() for word in question.split()}
        text = self.index.reading_text(document.document_id).lower()
        return sum(word in text for word in words) / len(words)

    def _hit(self, rank: int, score: float, document: Document) -> Hit:
        passage = self.index.passages_of(document.document_id)[0]
        has_copy = document.document_id == "doc-1" and self.index.document("doc-2") is not None
        others = tuple(self.index.passages_of("doc-2")) if has_copy else ()
        return Hit(rank, passage, document, score, 1 / 3, None, others)


class WordJudge:
    """Trusts a retrieval whose best passage holds a tenth of the question's words."""

    threshold = 0.1

    def assess(self, query: Query, retrieval: Retrieval, *, read: Read = not_read) -> Answerability:  # noqa: ARG002 - the seam's
        """The judgment; the best score stands for the probability."""
        if retrieval.no_hits is not None:
            return nothing_found(retrieval.no_hits, threshold=self.threshold)
        best = retrieval.hits[0].score
        if best < self.threshold:
            return Answerability(Decision.ABSTAIN, best, self.threshold, Reason.WEAK_EVIDENCE)
        return Answerability(Decision.ANSWER, best, self.threshold, None)


def snapshot_of(index: MemoryIndex, before: Callable[[Query], None] = lambda _: None) -> Snapshot:
    """A snapshot over an index in memory; `before` runs before each retrieval."""
    return make_snapshot(index, HashingEncoder(), WordRetriever(index, before), WordJudge(), rules=default_rules())


def open_with_hashing(index_dir: Path, previous: Snapshot | None) -> Snapshot:
    """What `open_snapshot` does with a real index, with the encoder that needs no model."""
    encoder = HashingEncoder() if previous is None else previous.encoder
    index = Index.open(index_dir)
    judge = Assessor(index, load_calibration(index_dir, index))
    return make_snapshot(index, encoder, Retriever(index, encoder), judge, rules=None)


class FolderOpener:
    """Opens what CURRENT names out of a table: a snapshot, or an error to raise. Counts what it opened."""

    def __init__(self, generations: Mapping[str, Snapshot | FootnotedError]) -> None:
        self.generations = dict(generations)
        self.opened: list[str] = []

    def __call__(self, index_dir: Path, previous: Snapshot | None) -> Snapshot:  # noqa: ARG002 - the seam's
        pointer = read_pointer(index_dir)
        if pointer is None:
            raise IndexMissing("nothing is published")
        self.opened.append(pointer.generation)
        found = self.generations[pointer.generation]
        if isinstance(found, FootnotedError):
            raise found
        return found


def publish(index_dir: Path, number: int) -> str:
    """Points CURRENT at a generation, as the store does; returns its name."""
    name = f"gen-{number:06d}"
    index_dir.mkdir(exist_ok=True)
    written = index_dir / "CURRENT.tmp"
    written.write_text(f"{name} {number:064x}", encoding="ascii")
    written.replace(index_dir / "CURRENT")
    return name


@contextmanager
def served(index_dir: Path, opener: FolderOpener, **settings: Any) -> Iterator[TestClient]:
    """A client of the whole service over `index_dir`, on the day TODAY. A slow machine is no reason to refuse."""
    patient = Settings(index_dir=index_dir, reload_interval_s=0.01, wait_limit_s=60.0)
    chosen = replace(patient, **settings)
    with TestClient(create_app(chosen, opener=opener, today=lambda: TODAY)) as client:
        yield client


@contextmanager
def small_collection(folder: Path, **settings: Any) -> Iterator[TestClient]:
    """A client of a service over PAGES."""
    name = publish(folder / "index", 1)
    opener = FolderOpener({name: snapshot_of(MemoryIndex(name))})
    with served(folder / "index", opener, **settings) as client:
        yield client
