"""The generation store: which generations there are, which one is served, and moving the pointer between them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from retriever.errors import FootnotedError, IndexCorrupt, IndexMissing, IndexRefused
from retriever.store.durable import Disk, LocalDisk, make_folders, storage_failures
from retriever.store.generation import VerifiedGeneration, listing, open_generation
from retriever.store.lock import writer_lock
from retriever.store.pointer import Pointer, generation_number, move_pointer, read_pointer
from retriever.store.publish import GenerationWriter, generation_names, is_without_vectors, prune

__all__ = ["GenerationInfo", "GenerationState", "GenerationWriter", "IndexStore", "VerifiedGeneration"]

Made = TypeVar("Made")


class GenerationState(StrEnum):
    """Whether a generation can be served."""

    OK = "ok"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """One line of `footnoted index list`; `bytes` is its size on the disk.

    `created`, `documents`, `passages` and `has_vectors` are None, and `reason` says why, where the generation is
    refused. Without vectors it serves the search by words alone.
    """

    name: str
    current: bool
    state: GenerationState
    reason: str | None
    created: str | None
    documents: int | None
    passages: int | None
    has_vectors: bool | None
    bytes: int


class IndexStore:
    """The generations under one directory. Reading needs no lock; each writing method takes the writer's lock."""

    def __init__(self, index_dir: Path, disk: Disk | None = None) -> None:
        self._index_dir = index_dir
        self._disk = LocalDisk() if disk is None else disk

    def current(self) -> str | None:
        """The generation that is served, None when nothing was published. Raises IndexCorrupt, IndexMissing."""
        pointer = read_pointer(self._index_dir)
        return None if pointer is None else pointer.generation

    def open(self, generation: str | None = None) -> VerifiedGeneration:
        """The current generation, or the one named; manifest and listing are checked, files when they are read.

        Raises IndexMissing when there is none, IndexCorrupt and IndexMismatch when it is refused, StorageFailed
        when it may not be read.
        """
        pointer = read_pointer(self._index_dir)
        if generation is not None:
            return self._open(generation, pointer)
        if pointer is None:
            raise IndexMissing(
                f"nothing is published in {self._index_dir}; run `footnoted ingest PATH --index {self._index_dir}`"
            )
        try:
            return self._open(pointer.generation, pointer)
        except (IndexMissing, IndexRefused):
            # A writer may have published, and removed this one, since the pointer was read.
            if read_pointer(self._index_dir) == pointer:
                raise
        return self.open()

    def read(self, make: Callable[[VerifiedGeneration], Made]) -> Made:
        """What `make` reads of the current generation; read again of the newer one where a writer replaced it.

        Whoever takes longer to read than writers take to publish and to remove what is old finds files missing in
        a generation that was sound. Raises what `open` and `make` raise.
        """
        while True:
            opened = self.open()
            try:
                return make(opened)
            except IndexRefused:
                if self.current() == opened.manifest.generation:
                    raise

    def generations(
        self, *, verify: bool = False, read: Callable[[VerifiedGeneration], object] | None = None
    ) -> list[GenerationInfo]:
        """Every generation, newest first; those that are refused too. `verify` hashes every file (slow).

        `read` takes each apart as a service would, and may refuse one that is sound but laid out differently. A
        damaged pointer makes none of them current. Raises IndexMissing when there is no such directory.
        """
        self._refuse_no_directory()
        try:
            pointer = read_pointer(self._index_dir)
        except IndexCorrupt:
            pointer = None
        names = reversed(generation_names(self._index_dir))
        return [self._info(name, pointer, verify=verify, read=read) for name in names]

    def rollback(self, to: str | None = None) -> str:
        """Serves another generation, verified completely before the pointer moves; returns its name.

        Without `to`, the newest complete one that is older than the current; with a damaged pointer, the newest.
        Raises IndexMissing when there is no such generation, IndexRefused when it is not sound, IndexLocked,
        StorageFailed; then the pointer stands where it stood.
        """
        self._refuse_no_directory()
        with writer_lock(self._index_dir):
            target = self._open(self._older() if to is None else to, pointer=None)
            target.verify()
            name = target.manifest.generation
            with storage_failures(self._index_dir):
                move_pointer(self._disk, self._index_dir, Pointer(name, target.manifest.manifest_sha256))
        return name

    def prune(self, keep: int) -> list[str]:
        """Removes all but the newest `keep` generations and what an interrupted writer left; returns their names.

        The current generation always stays. Raises ValueError for `keep` below 1, IndexMissing, IndexCorrupt
        for a damaged pointer, IndexLocked, StorageFailed.
        """
        self._refuse_no_directory()
        with writer_lock(self._index_dir), storage_failures(self._index_dir):
            return prune(self._disk, self._index_dir, keep=keep)

    @contextmanager
    def writer(self) -> Iterator[GenerationWriter]:
        """The one writer of this index; the directory is made when it is missing.

        What was begun and not published when the block ends is removed. Raises IndexLocked within a second,
        naming the process that writes, and StorageFailed when the directory cannot be written.
        """
        with storage_failures(self._index_dir):
            make_folders(self._disk, self._index_dir)
        with writer_lock(self._index_dir):
            writer = GenerationWriter(self._index_dir, self._disk)
            try:
                yield writer
            finally:
                writer.close()

    def _refuse_no_directory(self) -> None:
        if not self._index_dir.is_dir():
            raise IndexMissing(f"there is no directory {self._index_dir}; choose the index with --index")

    def _open(self, generation: str, pointer: Pointer | None) -> VerifiedGeneration:
        path = self._index_dir / generation
        if generation_number(generation) is None:
            raise IndexMissing("this is not the name of a generation; `footnoted index list` shows them")
        named = pointer is not None and pointer.generation == generation
        if not path.is_dir():
            if named:
                raise IndexCorrupt(
                    f"CURRENT names {generation}, which is not in {self._index_dir}; choose another with "
                    "`footnoted index rollback`, or run `footnoted ingest` again"
                )
            raise IndexMissing(f"there is no {generation} in {self._index_dir}; `footnoted index list` shows them")
        expected = pointer.manifest_sha256 if pointer is not None and named else None
        return open_generation(path, generation=generation, manifest_sha256=expected)

    def _older(self) -> str:
        names = generation_names(self._index_dir)
        try:
            pointer = read_pointer(self._index_dir)
        except IndexCorrupt:
            pointer = None
        if pointer is not None:
            current = generation_number(pointer.generation) or 0
            older = [name for name in names if (generation_number(name) or 0) < current]
            names = [name for name in older if not is_without_vectors(self._index_dir / name)]
        if not names:
            raise IndexMissing(
                f"there is no older generation in {self._index_dir} to serve; `footnoted index list` shows them"
            )
        return names[-1]

    def _info(
        self,
        name: str,
        pointer: Pointer | None,
        *,
        verify: bool,
        read: Callable[[VerifiedGeneration], object] | None,
    ) -> GenerationInfo:
        current = pointer is not None and pointer.generation == name
        path = self._index_dir / name
        try:
            opened = self._open(name, pointer)
            if verify:
                opened.verify()
            if read is not None:
                read(opened)
        except FootnotedError as error:
            return GenerationInfo(
                name=name,
                current=current,
                state=GenerationState.REFUSED,
                reason=str(error),
                created=None,
                documents=None,
                passages=None,
                has_vectors=None,
                bytes=_bytes_below(path),
            )
        manifest = opened.manifest
        return GenerationInfo(
            name=name,
            current=current,
            state=GenerationState.OK,
            reason=None,
            created=manifest.created,
            documents=manifest.documents,
            passages=manifest.passages,
            has_vectors=manifest.has_vectors,
            bytes=_bytes_below(path),
        )


def _bytes_below(path: Path) -> int:
    try:
        files, _ = listing(path, generation=path.name)
    except FootnotedError:
        return 0
    return sum(files.values())
