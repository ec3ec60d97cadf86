"""Tiny generations for the tests of the store: three files that say which generation they belong to."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from retriever.store.durable import FAILPOINT_VARIABLE, Disk, LocalDisk
from retriever.store.manifest import Provenance, SplitIdentity
from retriever.store.store import GenerationWriter, IndexStore, VerifiedGeneration
from tests.hashing import IDENTITY

FILES = ("deep/er/texts.txt", "passages.jsonl", "dense.faiss")
CREATED = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
PROVENANCE = Provenance(
    corpus_sha256="c" * 64,
    encoder=replace(IDENTITY, model_sha256="e" * 64, dimension=8, max_tokens=64),
    split=SplitIdentity(splitter="recursive", version=1, chunk_size=32, max_tokens=64),
    reading_version=1,
    documents=2,
    passages=5,
)


def content_of(generation: str, file: str) -> bytes:
    """What a file of a small generation holds: no two files, and no two generations, hold the same."""
    return f"{file} of {generation}\n".encode() * 3


def fill(staging: Path, disk: Disk | None = None) -> None:
    """Writes the three files of a small generation, as an index would: without any sync."""
    disk = LocalDisk() if disk is None else disk
    disk.make_folder(staging / "deep")
    disk.make_folder(staging / "deep" / "er")
    for file in FILES:
        disk.write(staging / file, content_of(staging.name.removesuffix(".tmp"), file))


def check_content(generation: VerifiedGeneration) -> None:
    """Reads every file of a small generation. Raises ValueError when one belongs to another generation."""
    for file in FILES:
        if generation.read(file) != content_of(generation.manifest.generation, file):
            raise ValueError(f"{file} is not of {generation.manifest.generation}")


def publish_with(writer: GenerationWriter, disk: Disk | None = None, *, keep: int = 3) -> str:
    """One small generation by a writer that is already open."""
    staging = writer.begin()
    fill(staging, disk)
    return writer.publish(staging, PROVENANCE, created=CREATED, self_check=check_content, keep=keep)


def publish(index_dir: Path, disk: Disk | None = None, *, keep: int = 3) -> str:
    """One small generation, from taking the lock to releasing it."""
    with IndexStore(index_dir, disk).writer() as writer:
        return publish_with(writer, disk, keep=keep)


def served(index_dir: Path) -> str:
    """The current generation, opened, verified and read. Raises what the store raises."""

    def whole(opened: VerifiedGeneration) -> str:
        opened.verify()
        check_content(opened)
        return opened.manifest.generation

    return IndexStore(index_dir).read(whole)


def publish_at_failpoint(index_dir: Path, failpoint: str) -> None:
    """Publishes in a process of its own, with a failpoint armed; keeps one generation, so that all steps occur."""
    os.environ[FAILPOINT_VARIABLE] = failpoint
    publish(index_dir, keep=1)


def publish_forever(index_dir: Path, keep: int) -> None:
    """Publishes until it is killed."""
    while True:
        publish(index_dir, keep=keep)
