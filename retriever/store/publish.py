"""The writer's side of the store: stage a generation, check it, make it the one that is served."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from retriever.errors import FootnotedError, IndexCorrupt
from retriever.store.durable import Disk, failpoint, remove_tree, storage_failures
from retriever.store.generation import VerifiedGeneration, file_sha256, listing, open_generation
from retriever.store.manifest import MANIFEST_FILE, FileEntry, Provenance, encode_manifest, seal
from retriever.store.pointer import (
    Pointer,
    generation_name,
    generation_number,
    move_pointer,
    read_pointer,
    staging_number,
)

KEEP = 3


class GenerationWriter:
    """Writes generations while its process holds the writer's lock; made by `IndexStore.writer`."""

    def __init__(self, index_dir: Path, disk: Disk) -> None:
        self._index_dir = index_dir
        self._disk = disk
        self._staging: Path | None = None

    def begin(self) -> Path:
        """A new, empty folder to write the files of the next generation into; what was abandoned is removed.

        Its number is one above the highest ever seen here. Raises StorageFailed.
        """
        if self._staging is not None:
            raise ValueError("a generation is being written already; publish it first")
        with storage_failures(self._index_dir):
            number = 1 + highest_number(self._index_dir)
            sweep(self._disk, self._index_dir)
            staging = self._index_dir / f"{generation_name(number)}.tmp"
            failpoint("begin.make_staging")
            self._disk.make_folder(staging)
            self._staging = staging
            failpoint("begin.made")
        return staging

    def publish(
        self,
        staging: Path,
        provenance: Provenance,
        *,
        created: datetime,
        self_check: Callable[[VerifiedGeneration], None],
        keep: int = KEEP,
    ) -> str:
        """Seals what stands in `staging`, makes it durable, checks it and lets the pointer name it.

        Returns the generation's name once it is durable and served. `self_check` gets the generation, verified,
        before anybody can see it, and raises to refuse it. Older generations than the newest `keep` are removed.
        Raises StorageFailed and whatever `self_check` raises; then the old generation is served as before and
        nothing of the new one is left, unless the message of StorageFailed says otherwise.
        """
        _check_keep(keep)
        if staging != self._staging:
            raise ValueError("only the folder that `begin` returned can be published")
        generation = staging.name.removesuffix(".tmp")
        try:
            with storage_failures(self._index_dir):
                pointer = self._seal(staging, generation, provenance, created)
                failpoint("publish.self_check")
                self._check(staging, pointer, self_check)
                failpoint("publish.rename")
                self._disk.rename(staging, self._index_dir / generation)
                failpoint("publish.sync_rename")
                self._disk.sync_folder(self._index_dir)
                move_pointer(self._disk, self._index_dir, pointer)
        finally:
            self._discard(staging)
        outcome = f"{generation} is published; older generations are left to `footnoted index prune`"
        with storage_failures(self._index_dir, outcome=outcome):
            failpoint("publish.published")
            prune(self._disk, self._index_dir, keep=keep)
        return generation

    def close(self) -> None:
        """Removes what was begun and not published; what the disk does not let go is swept by the next `begin`."""
        if self._staging is not None:
            self._discard(self._staging)

    def _seal(self, staging: Path, generation: str, provenance: Provenance, created: datetime) -> Pointer:
        files, folders = listing(staging, generation=generation)
        entries = {}
        for name, size in files.items():
            entries[name] = FileEntry(size=size, sha256=file_sha256(staging / name))
            failpoint("publish.sync_file")
            self._disk.sync_file(staging / name)
        manifest = seal(provenance, generation=generation, created=created, files=entries)
        failpoint("publish.write_manifest")
        self._disk.write(staging / MANIFEST_FILE, encode_manifest(manifest))
        failpoint("publish.sync_manifest")
        self._disk.sync_file(staging / MANIFEST_FILE)
        for folder in [*(staging / name for name in folders), staging]:
            failpoint("publish.sync_folder")
            self._disk.sync_folder(folder)
        return Pointer(generation=generation, manifest_sha256=manifest.manifest_sha256)

    def _check(self, staging: Path, pointer: Pointer, self_check: Callable[[VerifiedGeneration], None]) -> None:
        opened = open_generation(staging, generation=pointer.generation, manifest_sha256=pointer.manifest_sha256)
        opened.verify()
        self_check(opened)

    def _discard(self, staging: Path) -> None:
        """Removes what is left of an attempt, unless the pointer names it; never hides the error that led here."""
        self._staging = None
        published = self._index_dir / staging.name.removesuffix(".tmp")
        with suppress(OSError, FootnotedError):
            pointer = read_pointer(self._index_dir)
            if published.exists() and (pointer is None or pointer.generation != published.name):
                retire(self._disk, published)
        with suppress(OSError):
            if staging.exists():
                remove_tree(self._disk, staging)


def prune(disk: Disk, index_dir: Path, *, keep: int) -> list[str]:
    """Removes all but the newest `keep` generations, never the current one, and what was abandoned.

    A generation without vectors stays while it is current and is not counted: it takes no complete one's place.
    Returns the names removed, oldest first. Its caller holds the writer's lock. Raises OSError, and IndexCorrupt
    when the pointer is damaged: then nothing is removed, since any generation may be the current one.
    """
    _check_keep(keep)
    pointer = read_pointer(index_dir)
    removed = sweep(disk, index_dir)
    names = generation_names(index_dir)
    kept = [name for name in names if not is_without_vectors(index_dir / name)][-keep:]
    for name in names:
        if name not in kept and (pointer is None or name != pointer.generation):
            retire(disk, index_dir / name)
            removed.append(name)
    return removed


def sweep(disk: Disk, index_dir: Path) -> list[str]:
    """Removes the generations that were begun and never published; returns their folders' names."""
    abandoned = sorted(path.name for path in index_dir.iterdir() if staging_number(path.name) is not None)
    for name in abandoned:
        failpoint("begin.sweep")
        remove_tree(disk, index_dir / name)
    return abandoned


def retire(disk: Disk, generation: Path) -> None:
    """Removes a generation; at no moment, power loss included, does half of it bear a generation's name."""
    doomed = generation.with_name(f"{generation.name}.tmp")
    failpoint("retire.rename")
    disk.rename(generation, doomed)
    failpoint("retire.sync_rename")
    disk.sync_folder(generation.parent)
    remove_tree(disk, doomed)


def generation_names(index_dir: Path) -> list[str]:
    """The generations in the directory, by number, whatever their state."""
    return sorted(
        (path.name for path in index_dir.iterdir() if generation_number(path.name) is not None),
        key=lambda name: generation_number(name) or 0,
    )


def highest_number(index_dir: Path) -> int:
    """The highest number that a generation, whole or begun, or the pointer has here; 0 where there is none."""
    numbers = [0]
    for path in index_dir.iterdir():
        number = generation_number(path.name)
        numbers.append((staging_number(path.name) if number is None else number) or 0)
    with suppress(IndexCorrupt):  # a new generation is how a damaged pointer is mended
        pointer = read_pointer(index_dir)
        if pointer is not None:
            numbers.append(generation_number(pointer.generation) or 0)
    return max(numbers)


def is_without_vectors(path: Path) -> bool:
    """Whether it was published for the search by words alone; what is damaged is taken for a complete one."""
    try:
        return not open_generation(path, generation=path.name).manifest.has_vectors
    except FootnotedError:
        return False


def _check_keep(keep: int) -> None:
    if keep < 1:
        raise ValueError("keep must be at least 1: the generation that is served is never removed")
