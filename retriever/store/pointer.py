"""The pointer `CURRENT`: which generation is served, and the digest of its manifest."""

import errno
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from retriever.errors import IndexCorrupt, IndexMissing, StorageFailed
from retriever.store.durable import Disk, failpoint, storage_failures

POINTER_FILE = "CURRENT"

_GENERATION = re.compile(r"gen-([0-9]{6,18})")
_STAGING = re.compile(r"gen-([0-9]{6,18})\.tmp")
_POINTER = re.compile(rb"(gen-[0-9]{6,18}) ([0-9a-f]{64})")
_LONGEST = 128
_NO_FILE = (errno.EISDIR, errno.ELOOP, errno.ENXIO, errno.EIO)
_REPAIR = "name a generation to serve with `footnoted index rollback --to`, or run `footnoted ingest` again"


@dataclass(frozen=True, slots=True)
class Pointer:
    """The generation that is served and the digest of its manifest, so that no altered pointer fits by chance."""

    generation: str
    manifest_sha256: str


def generation_name(number: int) -> str:
    """`gen-000042` for 42."""
    return f"gen-{number:06d}"


def generation_number(name: str) -> int | None:
    """42 for `gen-000042`; None for anything that is not exactly a generation's name."""
    return _number(_GENERATION, name)


def staging_number(name: str) -> int | None:
    """42 for `gen-000042.tmp`; None for anything that is not exactly the name of one being written."""
    return _number(_STAGING, name)


def read_pointer(index_dir: Path) -> Pointer | None:
    """What CURRENT says; None where there is none.

    Raises IndexCorrupt when it does not have exactly the form `gen-000042 DIGEST`, IndexMissing when
    `index_dir` is not a directory, StorageFailed when it may not be read.
    """
    path = index_dir / POINTER_FILE
    try:
        # O_NONBLOCK: a pipe of this name must not make the reader wait.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        raise IndexMissing(f"{index_dir} is not a directory; choose the index with --index") from error
    except PermissionError as error:
        raise StorageFailed(f"{path} may not be read; give this user the right to read the index") from error
    except OSError as error:
        raise _refusal(path, error) from error
    try:
        content = os.read(descriptor, _LONGEST)
    except OSError as error:
        raise _refusal(path, error) from error
    finally:
        os.close(descriptor)
    match = _POINTER.fullmatch(content)
    name = match[1].decode("ascii") if match else ""
    if match is None or generation_number(name) is None:
        raise IndexCorrupt(f"{path} is altered: it does not name a generation and a digest; {_REPAIR}")
    return Pointer(generation=name, manifest_sha256=match[2].decode("ascii"))


def _refusal(path: Path, error: OSError) -> IndexCorrupt | StorageFailed:
    if error.errno in _NO_FILE:
        return IndexCorrupt(f"{path} cannot be read ({error.strerror}); {_REPAIR}")
    return StorageFailed(f"{path} cannot be read: {error.strerror}; mend the cause and try again")


def move_pointer(disk: Disk, index_dir: Path, pointer: Pointer) -> None:
    """From now on `pointer` is served; durable when this returns. Its generation must be durable before.

    Raises OSError as long as the old pointer stands, StorageFailed when the new one stands but the disk did
    not confirm it.
    """
    written = index_dir / f"{POINTER_FILE}.tmp"
    try:
        failpoint("pointer.write")
        disk.write(written, f"{pointer.generation} {pointer.manifest_sha256}".encode("ascii"))
        failpoint("pointer.sync")
        disk.sync_file(written)
        failpoint("pointer.replace")
        disk.replace(written, index_dir / POINTER_FILE)
    except OSError:
        with suppress(OSError):
            disk.remove_file(written)
        raise
    outcome = (
        f"{pointer.generation} is served, but the disk did not confirm it: a power loss may bring back the old"
    )
    with storage_failures(index_dir, outcome=outcome):
        failpoint("pointer.sync_replace")
        disk.sync_folder(index_dir)


def _number(pattern: re.Pattern[str], name: str) -> int | None:
    match = pattern.fullmatch(name)
    if match is None:
        return None
    number = int(match[1])
    # `gen-0000042` would be a second name of generation 42.
    return number if f"{number:06d}" == match[1] else None
