"""One ingest from start to end: find, read, split, embed, publish."""

import hashlib
import resource
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from ingest.checkpoint import Checkpoint
from ingest.disk_space import refuse_full_disk
from ingest.embed import embed
from ingest.errors import DocumentSkipped, IngestRefused
from ingest.files import Candidate, FoundFiles, read_source
from ingest.parser_process import DEFAULT_LIMITS, ParseLimits
from ingest.progress import Progress
from ingest.read import READING_VERSION, read_content
from ingest.report import FileReport, FileWarning, Outcome, Report
from ingest.split import split, split_identity
from ingest.staging import Staging
from retriever.document import Document
from retriever.encoder import Encoder
from retriever.errors import IndexMissing, IndexRefused
from retriever.generation import VerifiedGeneration
from retriever.index import Index
from retriever.lexical import KnownTerms
from retriever.manifest import Provenance, SplitIdentity
from retriever.store import IndexStore

LARGEST_SHRINK = 0.2


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What a person can choose. `chunk_size` is the aim for a passage in characters of reading text."""

    chunk_size: int
    force: bool = False
    dry_run: bool = False
    rebuild: bool = False
    limits: ParseLimits = DEFAULT_LIMITS


def ingest(
    found: FoundFiles,
    *,
    index_dir: Path,
    encoder: Encoder,
    options: IngestOptions,
    now: Callable[[], datetime],
    progress: Progress,
) -> Report:
    """Makes the index hold exactly the documents among these files, and says what became of every file.

    Nothing is published when nothing changed. Raises IngestRefused where publishing would lose too much,
    IndexLocked where another ingest runs, StorageFailed where the disk refuses; what was served is served on.
    """
    started = time.monotonic()
    with ExitStack() as stack:
        store = IndexStore(index_dir)
        previous, known_terms = (None, None) if options.rebuild else _previous(store, progress)
        if options.dry_run:
            writer, folder = None, Path(stack.enter_context(TemporaryDirectory(prefix="footnoted-")))
        else:
            writer = stack.enter_context(store.writer())
            folder = writer.begin()
        run = _Run(
            previous=previous,
            counted_alike=known_terms is not None,
            encoder=encoder,
            split=split_identity(chunk_size=options.chunk_size, max_tokens=encoder.identity.max_tokens),
            staging=stack.enter_context(Staging(folder, known_terms)),
            limits=options.limits,
        )
        generation, published, embedded = previous.generation if previous else None, False, 0
        del previous, known_terms  # `run` lets go of them before the new generation is opened beside it
        run.read_all(found, progress)
        if writer is None:
            embedded = len(set(run.staging.keys) - run.known_vectors().keys())
        else:
            run.refuse_loss(force=options.force)
            if run.has_changes():
                checkpoint = stack.enter_context(Checkpoint(index_dir, encoder.identity))
                embedded = run.embed_and_finish(checkpoint, progress)
                generation = writer.publish(folder, run.provenance(), created=now(), self_check=_self_check)
                published = True
                checkpoint.remove()
                progress.update("publishing", 1, 1, "generation")
        total = run.staging.passages
    return Report(
        generation=generation,
        published=published,
        files=tuple(sorted(run.files, key=lambda file: (file.path, file.outcome))),
        warnings=tuple(run.warnings),
        passages_total=total,
        passages_embedded=embedded,
        passages_reused=total - embedded,
        seconds=time.monotonic() - started,
        peak_rss_mb=_peak_rss_mb(),
    )


class _Run:
    """The reading half of one ingest: what was found, what it became, what can be taken over."""

    def __init__(
        self,
        *,
        previous: Index | None,
        counted_alike: bool,
        encoder: Encoder,
        split: SplitIdentity,
        staging: Staging,
        limits: ParseLimits,
    ) -> None:
        self.previous = previous
        same_encoder = previous is not None and previous.manifest.encoder == encoder.identity
        self.reusable = previous if same_encoder else None
        """The previous generation, where its vectors are this encoder's."""
        self._same_rules = (
            previous is not None
            and same_encoder
            and previous.manifest.split == split
            and previous.manifest.reading_version == READING_VERSION
        )
        self._counted_alike = counted_alike
        """Whether the terms of the previous generation are those that this program would count."""
        self._encoder = encoder
        self._split = split
        self.staging = staging
        self._limits = limits
        self.files: list[FileReport] = []
        self.warnings: list[FileWarning] = []

    def read_all(self, found: FoundFiles, progress: Progress) -> None:
        """Stages every document among the files, in order of their ids."""
        self.files += [
            FileReport(one.source_path, Outcome.SKIPPED, str(one.reason), one.detail) for one in found.skipped
        ]
        candidates = sorted(found.candidates, key=lambda candidate: candidate.document_id)
        for done, candidate in enumerate(candidates):
            progress.update("reading", done, len(candidates), "files")
            try:
                outcome = self._read(candidate)
            except DocumentSkipped as skipped:
                self.files.append(
                    FileReport(candidate.source_path, Outcome.SKIPPED, str(skipped.reason), skipped.detail)
                )
            else:
                self.files.append(FileReport(candidate.source_path, outcome))
        progress.update("reading", len(candidates), len(candidates), "files")
        present = {file.path for file in self.files}
        if self.previous is not None:
            self.files += [
                FileReport(document.source_path, Outcome.REMOVED)
                for document in self.previous.documents
                if document.source_path not in present
            ]

    def embed_and_finish(self, checkpoint: Checkpoint, progress: Progress) -> int:
        """Completes the staged generation and lets go of the previous one; how many passages were encoded."""
        known = self.known_vectors() | dict(checkpoint.vectors)
        refuse_full_disk(self.staging.folder, self.staging.least_bytes(self._encoder.identity.dimension))
        headings = embed(
            list(self.staging.headings),
            self.staging.headings_to_embed,
            self._encoder,
            known=known,
            checkpoint=checkpoint,
            progress=lambda done, total: progress.update("headings", done, total, "headings"),
        )
        passages = embed(
            self.staging.keys,
            self.staging.texts_to_embed,
            self._encoder,
            known=known,
            checkpoint=checkpoint,
            progress=lambda done, total: progress.update("embedding", done, total, "passages"),
        )
        del known
        self.previous = self.reusable = None
        progress.update("publishing", 0, 1, "generation")
        self.staging.finish(passages.vectors, headings.vectors)
        return passages.encoded

    def known_vectors(self) -> dict[bytes, NDArray[np.float32]]:
        """What the previous generation has to give: vectors of this encoder by the digest of their text."""
        return {} if self.reusable is None else self.reusable.known_vectors()

    def has_changes(self) -> bool:
        """Whether the generation would differ from the one that is served."""
        if not self._same_rules or not self._counted_alike or self.previous is None:
            return True
        return list(self.previous.documents) != [stored.document for stored in self.staging.stored]

    def refuse_loss(self, *, force: bool) -> None:
        """Raises IngestRefused where there is nothing to publish, or much less than is served now."""
        documents = len(self.staging.stored)
        if documents == 0:
            raise IngestRefused(
                "no document could be read below the given paths, so nothing is published; "
                "the list of skipped files says why",
                files=tuple(self.files),
            )
        before = 0 if self.previous is None else len(self.previous.documents)
        if documents < before * (1 - LARGEST_SHRINK) and not force:
            raise IngestRefused(
                f"the collection would shrink from {before:,} to {documents:,} documents, by more than "
                f"{LARGEST_SHRINK:.0%}; if that is meant, run again with --force",
                files=tuple(self.files),
            )

    def provenance(self) -> Provenance:
        """What the manifest says that this generation was made from."""
        corpus = hashlib.sha256()
        for stored in self.staging.stored:
            document = stored.document
            corpus.update(f"{document.document_id}\0{document.source_path}\0{document.sha256}\n".encode())
        return Provenance(
            corpus_sha256=corpus.hexdigest(),
            encoder=self._encoder.identity,
            split=self._split,
            reading_version=READING_VERSION,
            documents=len(self.staging.stored),
            passages=self.staging.passages,
        )

    def _read(self, candidate: Candidate) -> Outcome:
        source = read_source(candidate.path, max_bytes=candidate.source_type.max_bytes)
        before = None if self.previous is None else self.previous.document(candidate.document_id)
        same = (
            before is not None and before.sha256 == source.sha256 and before.source_path == candidate.source_path
        )
        if self.previous is not None and before is not None and same and self._same_rules:
            self.staging.take_over(before, self.previous)
            return Outcome.UNCHANGED
        read = read_content(candidate, source, self._limits)
        same_body = before is not None and before.body_sha256 == read.body_sha256
        document = Document(
            document_id=candidate.document_id,
            source_path=candidate.source_path,
            sha256=source.sha256,
            body_sha256=read.body_sha256,
            metadata=read.metadata,
            prefix_title=before.prefix_title if before is not None and same_body else read.metadata.title,
            sections=read.reading_text.sections,
            page_starts=read.reading_text.page_starts,
        )
        passages = split(
            read.reading_text,
            prefix_title=document.prefix_title,
            identity=self._split,
            count_tokens=self._encoder.count_tokens,
        )
        self.staging.add(document, read.reading_text.text, read.reading_text.source_map, passages)
        self.warnings += [
            FileWarning(candidate.source_path, str(one.code), one.detail, one.line) for one in read.warnings
        ]
        if before is None:
            return Outcome.ADDED
        if same:
            return Outcome.UNCHANGED
        return Outcome.METADATA_CHANGED if same_body else Outcome.CHANGED


def _previous(store: IndexStore, progress: Progress) -> tuple[Index | None, KnownTerms | None]:
    """What is served now, and its terms; None where there is nothing, or it is damaged, which is said."""
    try:
        index = Index(store.open())
        return index, index.known_terms()
    except IndexMissing:
        return None, None
    except IndexRefused as refused:
        progress.say(f"the present generation cannot be used, so everything is made anew: {refused}")
        return None, None


def _self_check(generation: VerifiedGeneration) -> None:
    """Opens the generation as a server would, and lets a sample of its vectors find themselves."""
    index = Index(generation)
    step = max(1, index.manifest.passages // 64)
    for row in range(0, index.manifest.passages, step):
        scores, rows = index.dense.search(index.dense.vectors[row], top_k=1, allowed=None)
        if len(rows) != 1 or scores[0] < index.dense.scores_of(index.dense.vectors[row], rows[:1])[0] - 1e-3:
            raise IndexRefused(f"{index.generation} does not find its own passage {row}; nothing is published")


def _peak_rss_mb() -> float:
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage counts bytes there, kibibytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
