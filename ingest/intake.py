"""The intake of an ingest: what was found, what became of it, and what the generation that is served lends."""

import hashlib
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from ingest.checkpoint import Checkpoint
from ingest.disk_space import refuse_full_disk
from ingest.embed import embed
from ingest.errors import DocumentSkipped, DocumentWarningCode, IngestRefused
from ingest.files import Candidate, FoundFiles
from ingest.processes.parser_process import ParseLimits
from ingest.processes.read_ahead import ReadAhead, ReadFile
from ingest.progress import Progress
from ingest.reading.reading_text import READING_VERSION
from ingest.report import FileReport, FileWarning, Outcome
from ingest.shared_addresses import shared_addresses
from ingest.split import split
from ingest.staging import Staging
from retriever.encoder import Encoder
from retriever.encoding.converted_encoder import ConvertedEncoder
from retriever.index import Index
from retriever.store.manifest import Provenance, SplitIdentity

LARGEST_SHRINK = 0.2


class Intake:
    """Everything that goes into one generation, staged; made once for an ingest."""

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
        """`previous` is what is served; `counted_alike` says whether its terms are what would be counted now."""
        self.previous = previous
        same_encoder = previous is not None and previous.manifest.encoder == encoder.identity
        self._reusable = previous if same_encoder else None
        """The previous generation, where its vectors are this encoder's."""
        self._same_rules = (
            previous is not None
            and same_encoder
            and previous.manifest.split == split
            and previous.manifest.reading_version == READING_VERSION
        )
        self._counted_alike = counted_alike
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
        with ReadAhead(candidates, known_sha256=self._known_sha256, limits=self._limits) as ahead:
            for done, candidate in enumerate(candidates):
                progress.update("reading", done, len(candidates), "files")
                try:
                    found_in_it = ahead.read()
                except DocumentSkipped as skipped:
                    self.files.append(
                        FileReport(candidate.source_path, Outcome.SKIPPED, str(skipped.reason), skipped.detail)
                    )
                else:
                    self.files.append(FileReport(candidate.source_path, self._take_in(candidate, found_in_it)))
        progress.update("reading", len(candidates), len(candidates), "files")
        self.warnings += [
            FileWarning(
                document.source_path, str(DocumentWarningCode.SAME_ADDRESS),
                f"{first.source_path} gives the same address and holds other words; both are cited by it",
                None,
            )
            for first, *others in shared_addresses(stored.document for stored in self.staging.stored)
            for document in others
            if document.body_sha256 != first.body_sha256
        ]  # fmt: skip
        present = {file.path for file in self.files}
        if self.previous is not None:
            self.files += [
                FileReport(document.source_path, Outcome.REMOVED)
                for document in self.previous.documents
                if document.source_path not in present
            ]

    def embed(self, checkpoint: Checkpoint, progress: Progress) -> int:
        """Stages the vectors; lets go of model and previous generation; gives how many passages were encoded."""
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
        self.previous = self._reusable = None
        if isinstance(self._encoder, ConvertedEncoder):
            self._encoder.release()  # publishing opens the whole generation, which is when most memory is needed
        progress.update("publishing", 0, 1, "generation")
        self.staging.write_vectors(passages.vectors, headings.vectors)
        return passages.encoded

    def known_vectors(self) -> dict[bytes, NDArray[np.float32]]:
        """What the previous generation has to give: vectors of this encoder by the digest of their text."""
        return {} if self._reusable is None else self._reusable.known_vectors()

    def left_to_encode(self, known: Collection[bytes] = ()) -> int:
        """How many different passages have no vector, neither in the previous generation nor among the `known`."""
        return len(set(self.staging.keys).difference(self.known_vectors(), known))

    def has_changes(self) -> bool:
        """Whether the generation would differ from the one that is served."""
        return self._complete is None or not self.holds_the_same()

    def holds_the_same(self) -> bool:
        """Whether the one that is served holds these very documents, in the same passages and terms."""
        if not self._same_rules or not self._counted_alike or self.previous is None:
            return False
        return list(self.previous.documents) == [stored.document for stored in self.staging.stored]

    def refuse_loss(self, *, force: bool) -> None:
        """Raises IngestRefused where there is nothing to publish, or much less than is served now."""
        documents = len(self.staging.stored)
        if documents == 0:
            seen = "could be read" if self.files else "lies"
            next_step = "the list of skipped files says why" if self.files else "give a folder that holds pages"
            raise IngestRefused(
                f"no document {seen} below the given paths, so nothing is published; {next_step}",
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

    @property
    def _complete(self) -> Index | None:
        """The previous generation where it has its vectors; only then passages and titles are taken over."""
        return self.previous if self.previous is not None and self.previous.manifest.has_vectors else None

    def _known_sha256(self, candidate: Candidate) -> str | None:
        """The digest of the file with which its document is taken over as it stands in the previous generation."""
        before = None if self._complete is None else self._complete.document(candidate.document_id)
        if before is None or not self._same_rules or before.source_path != candidate.source_path:
            return None
        return before.sha256

    def _take_in(self, candidate: Candidate, found: ReadFile) -> Outcome:
        """Stages what stands in a file."""
        before = None if self.previous is None else self.previous.document(candidate.document_id)
        complete, read = self._complete, found.document
        if read is None:
            if complete is None or before is None:
                raise ValueError("only a file that was known needs no reading")
            self.staging.take_over(before, complete)
            return Outcome.UNCHANGED
        same = before is not None and before.sha256 == found.sha256 and before.source_path == candidate.source_path
        same_body = before is not None and before.body_sha256 == read.body_sha256
        kept_title = before.prefix_title if complete is not None and before is not None and same_body else None
        document = read.document(candidate.document_id, candidate.source_path, prefix_title=kept_title)
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
