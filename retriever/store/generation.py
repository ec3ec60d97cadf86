"""A generation on the disk: an immutable directory whose every file is listed, with its digest, in a manifest."""

import errno
import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np

from retriever.errors import IndexCorrupt, StorageFailed
from retriever.store.manifest import LARGEST_MANIFEST, MANIFEST_FILE, REPAIR, FileEntry, Manifest, decode_manifest

ALIGNMENT = 64
"""Bytes; numpy and FAISS want numbers at multiples of four, a processor reads such blocks at a time."""
_BLOCK = 1 << 20
_DAMAGE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EIO)


class Generation(Protocol):
    """A generation that can be read: from its verified files, or from a copy that another process made of them."""

    @property
    def manifest(self) -> Manifest:
        """What the generation is and holds."""

    def read(self, file: str) -> bytes | memoryview:
        """The whole of one file, verified. Raises IndexCorrupt, ValueError where there is no such file."""

    def check(self, file: str) -> None:
        """Verifies a file whose contents are not wanted. Raises IndexCorrupt."""

    def prepared(self, names: tuple[str, ...]) -> Mapping[str, memoryview] | None:
        """What of these names was worked out of the generation before; None where it has to be worked out."""


@dataclass(frozen=True, slots=True)
class VerifiedGeneration:
    """A generation whose manifest is sound and whose directory holds exactly the files it lists, at their sizes.

    The bytes are checked when they are read: what `read` returns has the digest of the manifest.
    """

    path: Path
    manifest: Manifest

    def read(self, file: str) -> memoryview:
        """The whole of one file, read once; the size is checked before, the digest of these very bytes after.

        It ends at a multiple of ALIGNMENT: numbers that stand at the end of a file can be used where they lie.
        `file` is a path as the manifest has it. Raises IndexCorrupt when the file is not what the manifest says,
        ValueError when the manifest has no such file.
        """
        entry = self._entry(file)
        with _opened(self.path, file, self._name(file)) as stream:
            self._check_size(file, entry, os.fstat(stream.fileno()).st_size)
            content = _read_aligned(stream, entry.size, self._name(file))
        self._check_size(file, entry, len(content))
        self._check_digest(file, entry, hashlib.sha256(content).hexdigest())
        return content

    def check(self, file: str) -> None:
        """Reads and hashes one file, in blocks. Raises IndexCorrupt, ValueError where there is no such file."""
        entry = self._entry(file)
        with _opened(self.path, file, self._name(file)) as stream:
            found, digest = 0, hashlib.sha256()
            while block := _read(stream, _BLOCK, self._name(file)):
                found += len(block)
                digest.update(block)
        self._check_size(file, entry, found)
        self._check_digest(file, entry, digest.hexdigest())

    def verify(self) -> None:
        """Checks every file. Raises IndexCorrupt naming the first that is altered."""
        for file in sorted(self.manifest.files):
            self.check(file)

    def check_listing(self) -> None:
        """Raises IndexCorrupt unless the directory holds exactly the files of the manifest, at their sizes."""
        generation, expected = self.manifest.generation, self.manifest.files
        files, folders = listing(self.path, generation=generation)
        files.pop(MANIFEST_FILE, None)
        needed = {parent.as_posix() for name in expected for parent in Path(name).parents} - {"."}
        if missing := sorted(set(expected) - set(files)):
            raise IndexCorrupt(f"{generation}/{missing[0]} is missing; {REPAIR}")
        if extra := sorted((set(files) - set(expected)) | (set(folders) - needed)):
            raise IndexCorrupt(f"{generation}/{extra[0]} does not belong to the generation; {REPAIR}")
        for name, entry in expected.items():
            self._check_size(name, entry, files[name])

    def prepared(self, names: tuple[str, ...]) -> None:
        """Nothing: the files are as they were published."""

    def _entry(self, file: str) -> FileEntry:
        if file not in self.manifest.files:
            raise ValueError(f"{self.manifest.generation} has no file {file!r}")
        return self.manifest.files[file]

    def _name(self, file: str) -> str:
        return f"{self.manifest.generation}/{file}"

    def _check_size(self, file: str, entry: FileEntry, found: int) -> None:
        if found != entry.size:
            raise IndexCorrupt(
                f"{self._name(file)} is altered: it has {found} bytes, the manifest says {entry.size}; {REPAIR}"
            )

    def _check_digest(self, file: str, entry: FileEntry, found: str) -> None:
        if found != entry.sha256:
            raise IndexCorrupt(
                f"{self._name(file)} is altered: its digest is {found}, the manifest says {entry.sha256}; {REPAIR}"
            )


def open_generation(path: Path, *, generation: str, manifest_sha256: str | None = None) -> VerifiedGeneration:
    """The generation in the directory `path`, its manifest and the complete listing checked, no file hashed.

    `manifest_sha256` is what the pointer expects, where a pointer names it. Raises IndexCorrupt, IndexMismatch,
    and StorageFailed when a file may not be read.
    """
    where = f"{generation}/{MANIFEST_FILE}"
    with _opened(path, MANIFEST_FILE, where) as stream:
        content = _read(stream, LARGEST_MANIFEST + 1, where)
    if len(content) > LARGEST_MANIFEST:
        raise IndexCorrupt(f"{where} is too large to be a manifest; {REPAIR}")
    manifest = decode_manifest(content, generation=generation)
    if manifest_sha256 is not None and manifest.manifest_sha256 != manifest_sha256:
        raise IndexCorrupt(
            f"{where} is not the one that CURRENT names: its digest is {manifest.manifest_sha256}, "
            f"CURRENT says {manifest_sha256}; {REPAIR}"
        )
    opened = VerifiedGeneration(path=path, manifest=manifest)
    opened.check_listing()
    return opened


def listing(path: Path, *, generation: str) -> tuple[dict[str, int], list[str]]:
    """The size of every file below `path` by its relative path, and all folders, deepest first.

    Raises IndexCorrupt for anything that is neither a file nor a folder, or whose name is not Unicode.
    """
    files: dict[str, int] = {}
    folders: list[str] = []
    try:
        _list(path, "", generation, files, folders)
    except OSError as error:
        raise _refusal(generation, error) from error
    return files, folders


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in lower-case hex, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _list(folder: Path, prefix: str, generation: str, files: dict[str, int], folders: list[str]) -> None:
    with os.scandir(folder) as entries:
        children = sorted(entries, key=lambda entry: entry.name)
    for child in children:
        name = prefix + child.name
        kind = child.stat(follow_symlinks=False)
        if not _is_unicode(name) or not (stat.S_ISREG(kind.st_mode) or stat.S_ISDIR(kind.st_mode)):
            raise IndexCorrupt(f"{_printable(f'{generation}/{name}')} is not a file of an index; {REPAIR}")
        if stat.S_ISDIR(kind.st_mode):
            _list(folder / child.name, f"{name}/", generation, files, folders)
            folders.append(name)
        else:
            files[name] = kind.st_size


def _opened(folder: Path, file: str, where: str) -> BinaryIO:
    try:
        # O_NOFOLLOW: a link would lead out of the generation. O_NONBLOCK: a pipe must not make the reader wait.
        descriptor = os.open(folder / file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise _refusal(where, error) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IndexCorrupt(f"{where} is not a file; {REPAIR}")
    return os.fdopen(descriptor, "rb")


def _read(stream: BinaryIO, size: int, where: str) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise _refusal(where, error) from error


def _read_aligned(stream: BinaryIO, size: int, where: str) -> memoryview:
    """So many bytes, fewer where there are no more, or one more where there are."""
    memory = np.empty(size + 1 + ALIGNMENT, dtype=np.uint8)
    start = -(memory.ctypes.data + size) % ALIGNMENT
    view = memory.data[start : start + size + 1]
    found = 0
    try:
        while found < len(view) and (more := stream.readinto(view[found:])):  # type: ignore[attr-defined]
            found += more
    except OSError as error:
        raise _refusal(where, error) from error
    return view[:found].toreadonly()


def _refusal(where: str, error: OSError) -> IndexCorrupt | StorageFailed:
    if error.errno == errno.ENOENT:
        return IndexCorrupt(f"{where} is missing; {REPAIR}")
    if error.errno in _DAMAGE:
        return IndexCorrupt(f"{where} cannot be read ({error.strerror}); {REPAIR}")
    return StorageFailed(f"{where} cannot be read: {error.strerror}; mend the cause and try again")


def _is_unicode(name: str) -> bool:
    return not any(0xD800 <= ord(c) <= 0xDFFF for c in name)


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")
