"""Backup and restore: one generation as a tar archive, and back, every byte checked on both ways.

The archive is not compressed and holds nothing but regular files below a folder of the generation's name: its own,
and in `encoder/` the converted model that built it, without which another machine could not encode a question. It
begins with the manifest, so that a restore knows the name, size and digest of every file before it reads one.
"""

import fcntl
import hashlib
import io
import os
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from retriever.backup.encoder import checked_encoder, encoder_files, place_encoder, write_restored
from retriever.errors import FootnotedError, IndexCorrupt, StorageFailed
from retriever.store.durable import (
    Disk,
    LocalDisk,
    failpoint,
    make_folders,
    never_through_link,
    remove_tree,
    storage_failures,
)
from retriever.store.generation import VerifiedGeneration, open_generation
from retriever.store.lock import writer_lock
from retriever.store.manifest import LARGEST_MANIFEST, MANIFEST_FILE, Manifest, decode_manifest, encode_manifest
from retriever.store.pointer import Pointer, generation_name, generation_number, move_pointer
from retriever.store.publish import highest_number, retire, sweep
from retriever.store.store import IndexStore

_ENCODER = "encoder/"
_REGULAR = (tarfile.REGTYPE, tarfile.AREGTYPE)


def backup(index_dir: Path, target: Path, *, generation: str | None = None) -> Manifest:
    """Writes the current generation, or the one named, into a new archive; returns its manifest.

    What is written has the digests of the manifest, and is durable when this returns. Raises IndexMissing,
    IndexRefused when the generation is damaged, EncoderUnavailable when its converted model is missing,
    StorageFailed when the archive cannot be written, is there, or is being written by another process.
    """
    opened = IndexStore(index_dir).open(generation)
    encoder = encoder_files(index_dir, opened.manifest.encoder)
    partial = target.with_name(f"{target.name}.partial")
    outcome, elsewhere = "no backup was written; the index is untouched", "choose another place for the backup"
    with storage_failures(target.parent, outcome=outcome, elsewhere=elsewhere), _own(partial) as stream:
        try:
            if target.exists():  # looked at under the lock: another process may just have finished it
                raise StorageFailed(f"{target} exists; choose another name for the backup")
            _write_archive(opened, encoder, stream)
            stream.flush()
            disk = LocalDisk()
            disk.sync_file(partial)
            disk.rename(partial, target)
            disk.sync_folder(target.parent)
        except (OSError, FootnotedError):
            with suppress(OSError):
                partial.unlink()
            raise
    return opened.manifest


@contextmanager
def _own(partial: Path) -> Iterator[BinaryIO]:
    """An unfinished backup's file, empty, for this process alone; what a killed one left of it is written over.

    Raises StorageFailed where another process is writing it.
    """
    while True:
        with open(partial, "ab", opener=never_through_link) as stream:
            try:
                fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise StorageFailed(
                    f"another process is writing {partial}; wait for it, or choose another name for the backup"
                ) from error
            # Who had the lock may have renamed or removed the file: then the name means another, or none.
            if partial.exists() and os.path.samestat(os.fstat(stream.fileno()), partial.stat()):
                stream.seek(0)
                stream.truncate()
                yield stream
                return


def restore(
    index_dir: Path, source: Path, *, self_check: Callable[[VerifiedGeneration], None], disk: Disk | None = None
) -> str:
    """Puts the generation of an archive into the index and serves it; returns its name.

    Nothing is written before its digest is checked, nothing outside of one new folder, and the pointer moves
    last, after `self_check` has seen the verified generation. Raises IndexCorrupt for an archive that is not
    exactly a backup, and where the index has another generation of this name; IndexMismatch, IndexLocked,
    StorageFailed. What was served is then served on.
    """
    disk = LocalDisk() if disk is None else disk
    with _opened(source) as archive:
        members = _members(archive, source)
        inside = {name: members.pop(name) for name in list(members) if name.startswith(_ENCODER)}
        manifest = _manifest(archive, members, source)
        encoder = _encoder(archive, inside, manifest, source)
        with storage_failures(index_dir):
            make_folders(disk, index_dir)
        with writer_lock(index_dir):
            name = manifest.generation
            pointer = Pointer(name, manifest.manifest_sha256)
            with storage_failures(index_dir, outcome=_needs(manifest)):
                place_encoder(disk, index_dir, manifest.encoder, encoder)
            if not _is_there(index_dir, manifest):
                with storage_failures(index_dir):
                    # Its own name with .tmp is what a damaged generation of that name is called while it goes.
                    staging = index_dir / f"{generation_name(1 + highest_number(index_dir))}.tmp"
                    sweep(disk, index_dir)
                try:
                    with storage_failures(index_dir, outcome=_needs(manifest)):
                        _unpack(archive, members, manifest, staging, source, disk)
                    opened = open_generation(staging, generation=name, manifest_sha256=pointer.manifest_sha256)
                    opened.verify()
                    self_check(opened)
                    with storage_failures(index_dir):
                        _put_in_place(staging, index_dir / name, disk)
                finally:
                    with suppress(OSError):
                        if staging.exists():
                            remove_tree(disk, staging)
            with storage_failures(index_dir):
                move_pointer(disk, index_dir, pointer)
    return name


def _write_archive(opened: VerifiedGeneration, encoder: Mapping[str, bytes], stream: BinaryIO) -> None:
    manifest = opened.manifest
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, manifest, MANIFEST_FILE, encode_manifest(manifest))
        for file in sorted(manifest.files):
            _add(archive, manifest, file, opened.read(file))
        for file, content in sorted(encoder.items()):
            _add(archive, manifest, f"{_ENCODER}{file}", content)


def _add(archive: tarfile.TarFile, manifest: Manifest, file: str, content: bytes | memoryview) -> None:
    member = tarfile.TarInfo(f"{manifest.generation}/{file}")
    member.size = len(content)
    member.mode = 0o644
    member.mtime = int(datetime.fromisoformat(manifest.created).timestamp())
    archive.addfile(member, io.BytesIO(content))


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    """The archive, uncompressed. Raises IndexCorrupt when it is none, StorageFailed when it cannot be read."""
    try:
        with source.open("rb") as stream, tarfile.open(fileobj=stream, mode="r:", errorlevel=2) as archive:
            yield archive
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise IndexCorrupt(f"{source} is not a backup: it cannot be read as a tar archive; {_ADVICE}") from error
    except MemoryError as error:
        raise StorageFailed(f"{source} holds a file that memory is too small for; {_ADVICE}") from error
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise StorageFailed(f"{source} cannot be read: {reason}; give the path of a backup") from error


_ADVICE = "restore another backup, or run `footnoted ingest` again"


def _members(archive: tarfile.TarFile, source: Path) -> dict[str, tarfile.TarInfo]:
    """The members by their path below the generation's folder; each is a plain file of one generation."""
    members: dict[str, tarfile.TarInfo] = {}
    generation: str | None = None
    for member in archive:
        folder, _, file = member.name.partition("/")
        generation = folder if generation is None else generation
        is_plain = member.type in _REGULAR and not member.issparse() and not member.linkname
        if not is_plain or generation_number(folder) is None or folder != generation or not _is_safe(file):
            raise IndexCorrupt(f"{source} is not a backup: it holds {member.name[:80]!a}; {_ADVICE}")
        with _refused_by_filter(source):
            tarfile.data_filter(member, "/nonexistent")
        if file in members:
            raise IndexCorrupt(f"{source} is not a backup: it holds {file[:80]!a} twice; {_ADVICE}")
        members[file] = member
        if len(members) == 1 and file != MANIFEST_FILE:
            break
    return members


@contextmanager
def _refused_by_filter(source: Path) -> Iterator[None]:
    try:
        yield
    except tarfile.FilterError as error:
        raise IndexCorrupt(f"{source} is not a backup: it holds a file that is not safe; {_ADVICE}") from error


def _is_safe(file: str) -> bool:
    path = PurePosixPath(file)
    has_odd_part = any(part in ("", ".", "..") for part in file.split("/"))
    return not path.is_absolute() and not has_odd_part and "\\" not in file and "\0" not in file


def _manifest(archive: tarfile.TarFile, members: dict[str, tarfile.TarInfo], source: Path) -> Manifest:
    """The archive's manifest. Raises IndexCorrupt unless the members are exactly its files, at their sizes."""
    first = members.pop(MANIFEST_FILE, None)
    if first is None or first.size > LARGEST_MANIFEST:
        raise IndexCorrupt(f"{source} is not a backup: it does not begin with a manifest; {_ADVICE}")
    manifest = decode_manifest(_content(archive, first), generation=first.name.partition("/")[0])
    if {file: member.size for file, member in members.items()} != {
        file: entry.size for file, entry in manifest.files.items()
    }:
        raise IndexCorrupt(f"{source} is not a backup: its files are not those of its manifest; {_ADVICE}")
    return manifest


def _encoder(
    archive: tarfile.TarFile, members: dict[str, tarfile.TarInfo], manifest: Manifest, source: Path
) -> Mapping[str, bytes]:
    """The converted model's files. Raises IndexCorrupt unless they are those that built the generation."""
    sizes = {name.removeprefix(_ENCODER): member.size for name, member in members.items()}
    try:
        return checked_encoder(
            sizes, lambda name: _content(archive, members[f"{_ENCODER}{name}"]), manifest.encoder
        )
    except IndexCorrupt as error:
        raise IndexCorrupt(f"{source} is not a whole backup: {error}; {_ADVICE}") from error


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    return b"" if stream is None else stream.read()


def _is_there(index_dir: Path, manifest: Manifest) -> bool:
    """Whether the index has this very generation, sound. Raises IndexCorrupt when it has another of its name."""
    name = manifest.generation
    if not (index_dir / name).exists():
        return False
    try:
        present = open_generation(index_dir / name, generation=name)
        present.verify()
    except FootnotedError:
        return False
    if present.manifest.manifest_sha256 != manifest.manifest_sha256:
        raise IndexCorrupt(
            f"{index_dir} has another {name} than the backup, and it is sound; restore into an empty directory "
            "with --index, or serve what is there with `footnoted index rollback`"
        )
    return True


def _unpack(
    archive: tarfile.TarFile,
    members: dict[str, tarfile.TarInfo],
    manifest: Manifest,
    staging: Path,
    source: Path,
    disk: Disk,
) -> None:
    """Writes the files, each checked before, and makes them durable."""
    folders = {staging / parent for file in members for parent in PurePosixPath(file).parents}
    for folder in sorted(folders):
        failpoint("restore.write")
        disk.make_folder(folder)
    for file, member in sorted(members.items()):
        content = _content(archive, member)
        if hashlib.sha256(content).hexdigest() != manifest.files[file].sha256:
            raise IndexCorrupt(f"{source} is damaged: {file[:80]!a} has another digest; {_ADVICE}")
        write_restored(disk, staging / file, content)
    write_restored(disk, staging / MANIFEST_FILE, encode_manifest(manifest))
    for folder in sorted(folders, reverse=True):
        failpoint("restore.sync")
        disk.sync_folder(folder)


def _put_in_place(staging: Path, target: Path, disk: Disk) -> None:
    if target.exists():  # damaged, or it would have been served as it stands
        retire(disk, target)
    failpoint("restore.rename")
    disk.rename(staging, target)
    failpoint("restore.sync_rename")
    disk.sync_folder(target.parent)


def _needs(manifest: Manifest) -> str:
    needed = sum(entry.size for entry in manifest.files.values())
    return f"the backup needs {needed:,} bytes; what was published before is untouched"
