"""One ingest from start to end: find, read, split, embed, publish; of a large first one, the words before."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.checkpoint import Checkpoint
from ingest.files import FoundFiles
from ingest.intake import Intake
from ingest.processes.parser_process import DEFAULT_LIMITS, ParseLimits
from ingest.progress import Progress
from ingest.report import EarlyGeneration, Report
from ingest.self_check import self_check
from ingest.split import split_identity
from ingest.stages import StageClock, StageName, peak_rss_mb
from ingest.staging import Staging
from retriever.encoder import Encoder
from retriever.errors import IndexMissing, IndexRefused
from retriever.index import Index
from retriever.search.lexical import KnownTerms
from retriever.store.store import GenerationWriter, IndexStore

EARLY_FROM = 5_000
"""Passages to embed from which the words are published first: some 40 s of work for two cores. What is complete
sooner is not worth a generation of its own."""


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """What a person can choose. `chunk_size` is the aim for a passage in characters of reading text.

    Where no complete generation is served and `early_from` passages or more are to be embedded, one for the search
    by words is published before; None for never.
    """

    chunk_size: int
    force: bool = False
    dry_run: bool = False
    rebuild: bool = False
    early_from: int | None = EARLY_FROM
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
    started, clock = time.monotonic(), StageClock()
    with ExitStack() as stack:
        store = IndexStore(index_dir)
        previous, known_terms = (None, None) if options.rebuild else _previous(store, progress)
        is_first = previous is None
        writer, folder = _begin(store, stack, dry_run=options.dry_run)
        intake = Intake(
            previous=previous,
            counted_alike=known_terms is not None,
            encoder=encoder,
            split=split_identity(chunk_size=options.chunk_size, max_tokens=encoder.identity.max_tokens),
            staging=stack.enter_context(
                Staging(folder, known_terms, count_at_once=is_first and writer is not None)
            ),
            limits=options.limits,
        )
        generation, published, embedded = previous.generation if previous else None, False, 0
        early = None
        del previous, known_terms  # the intake lets go of them before the new generation is opened beside it
        clock.ends(StageName.OPENING)
        intake.read_all(found, progress)
        clock.ends(StageName.READING)
        if writer is None:
            embedded = intake.left_to_encode()
        else:
            intake.refuse_loss(force=options.force)
            if intake.has_changes():
                checkpoint = stack.enter_context(Checkpoint(index_dir, encoder.identity))
                if _words_first(intake, checkpoint, store, options.early_from):
                    name = _publish_words(intake, writer, store, clock, now=now, progress=progress)
                    early = EarlyGeneration(name, time.monotonic() - started)
                embedded = intake.embed(checkpoint, progress)
                clock.ends(StageName.EMBEDDING)
                if early is None:
                    intake.staging.write_words()
                    clock.ends(StageName.WORDS)
                generation, published = _publish(intake, writer, now=now), True
                checkpoint.remove()
                progress.update("publishing", 1, 1, "generation")
                clock.ends(StageName.PUBLISHING)
        total = intake.staging.passages
    return Report(
        generation=generation,
        published=published,
        early=early,
        files=tuple(sorted(intake.files, key=lambda file: (file.path, file.outcome))),
        warnings=tuple(intake.warnings),
        passages_total=total,
        passages_embedded=embedded,
        passages_reused=total - embedded,
        seconds=time.monotonic() - started,
        peak_rss_mb=peak_rss_mb(),
        stages=clock.stages(),
    )


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


def _begin(store: IndexStore, stack: ExitStack, *, dry_run: bool) -> tuple[GenerationWriter | None, Path]:
    """The folder to stage in, until the stack ends, and who publishes it: nobody in a dry run."""
    if dry_run:
        return None, Path(stack.enter_context(TemporaryDirectory(prefix="footnoted-")))
    writer = stack.enter_context(store.writer())
    return writer, writer.begin()


def _words_first(intake: Intake, checkpoint: Checkpoint, store: IndexStore, early_from: int | None) -> bool:
    """Whether the words are published before the vectors: much is left to do, and nothing as good is served."""
    if early_from is None:
        return False
    try:
        if store.open().manifest.has_vectors or intake.holds_the_same():
            return False
    except (IndexMissing, IndexRefused):
        pass  # nothing is served, or nothing that a server can open
    return intake.left_to_encode(checkpoint.vectors) >= early_from


def _publish_words(
    intake: Intake,
    writer: GenerationWriter,
    store: IndexStore,
    clock: StageClock,
    *,
    now: Callable[[], datetime],
    progress: Progress,
) -> str:
    """Publishes what is staged for the search by words, and goes on from a copy; gives the generation's name."""
    progress.update("words", 0, 1, "generation")
    intake.staging.write_words()
    clock.ends(StageName.WORDS)
    name = _publish(intake, writer, now=now)
    intake.staging.go_on_in(writer.begin(), store.open(name))
    clock.ends(StageName.PUBLISHING)
    progress.update("words", 1, 1, "generation")
    progress.say(f"{name}: questions can be asked now, by words only; the vectors follow")
    return name


def _publish(intake: Intake, writer: GenerationWriter, *, now: Callable[[], datetime]) -> str:
    return writer.publish(intake.staging.folder, intake.provenance(), created=now(), self_check=self_check)
