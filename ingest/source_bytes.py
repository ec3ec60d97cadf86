"""The bytes of one file, opened without trust and read at rest.

Source: openat(2), and the flags O_NOFOLLOW, O_NONBLOCK and O_PATH of open(2): a link put in place of a file, or of
a folder above it, is refused instead of followed, and a pipe without a writer is opened at once instead of never.
"""

import errno
import hashlib
import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import FileUnreadable, SkipReason
from ingest.reading.source_type import MAX_FILE_BYTES

_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# A folder that may be passed and not be listed can be opened by O_PATH alone, which only Linux has.
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_CHUNK_BYTES = 1 << 20
_TICK_NS = 20_000_000
"""Systems date changes in steps of up to 10 ms: of two changes within one step only the first leaves a trace."""
_EMPTIED_NS = 1_000_000_000
"""Who saves a page empties it first, and then may wait for the disk. Its date may be ahead of our clock."""
_WAITS_S = (0.02, 0.05, 0.1, 0.2)
"""Before a file that changed, or has just been emptied, is read again."""


@dataclass(frozen=True, slots=True)
class SourceBytes:
    """The content of one file and the hexadecimal SHA-256 of exactly these bytes."""

    content: bytes
    sha256: str


def read_source(
    path: Path,
    *,
    max_bytes: int = MAX_FILE_BYTES,
    clock: Callable[[], int] = time.time_ns,
    pause: Callable[[float], None] = time.sleep,
) -> SourceBytes:
    """The file's bytes and their digest; of a file that is being written, what it holds once it rests.

    `path` is absolute; where a part of it is a link, the file counts as gone, or as none that is read.
    Raises FileUnreadable when it is not a regular file, is larger than `max_bytes`, is gone, may not be
    read, or goes on changing. Never waits for a pipe or a device. `clock` gives nanoseconds of the day's
    time, `pause` passes seconds between two looks.
    """
    for wait_s in _WAITS_S:
        try:
            return _read_once(path, max_bytes, clock, pause, may_be_empty=False)
        except FileUnreadable as error:
            if error.reason is not SkipReason.CHANGED_DURING_READ:
                raise
        pause(wait_s)
    return _read_once(path, max_bytes, clock, pause, may_be_empty=True)


def _read_once(
    path: Path, max_bytes: int, clock: Callable[[], int], pause: Callable[[float], None], *, may_be_empty: bool
) -> SourceBytes:
    """The file as it rests; one that was emptied this second counts as such only where it `may_be_empty`."""
    try:
        descriptor = _opened(path)
    except OSError as error:
        raise unreadable_for(error) from error
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise FileUnreadable(SkipReason.NOT_REGULAR_FILE, "only regular files are read")
        if before.st_size > max_bytes:
            detail = f"{before.st_size:,} bytes; at most {max_bytes:,} are read; split the file"
            raise FileUnreadable(SkipReason.TOO_LARGE, detail)
        content = _read_all(descriptor, max_bytes)
        is_at_rest = _is_the_same(before, os.fstat(descriptor))
        age_ns = clock() - before.st_ctime_ns
        if not content and age_ns < _EMPTIED_NS and not may_be_empty:
            is_at_rest = False
        elif is_at_rest and 0 <= age_ns < _TICK_NS:
            # A change since may bear the same date, and a write that goes on has been dated at its beginning.
            pause((_TICK_NS - age_ns) / 1e9)
            os.lseek(descriptor, 0, os.SEEK_SET)
            is_at_rest = _read_all(descriptor, max_bytes) == content and _is_the_same(before, os.fstat(descriptor))
    except OSError as error:
        raise unreadable_for(error) from error
    finally:
        os.close(descriptor)
    if not is_at_rest or len(content) != before.st_size:
        raise FileUnreadable(
            SkipReason.CHANGED_DURING_READ, "the file changed while it was read; ingest again once it rests"
        )
    return SourceBytes(content, hashlib.sha256(content).hexdigest())


def _opened(path: Path) -> int:
    """The file's descriptor, each folder on the way opened in the one above: none can be swapped for a link."""
    folder = os.open(path.anchor, _FOLDER)
    try:
        for name in path.parts[1:-1]:
            above, folder = folder, os.open(name, _FOLDER, dir_fd=folder)
            os.close(above)
        return os.open(path.name, _FILE, dir_fd=folder)
    finally:
        os.close(folder)


def _is_the_same(before: os.stat_result, after: os.stat_result) -> bool:
    # Not the date of the content, which a program that copies files sets back.
    return (before.st_size, before.st_ctime_ns) == (after.st_size, after.st_ctime_ns)


def _read_all(descriptor: int, max_bytes: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    # One byte past the limit is enough to see that a file grows while it is read.
    while size <= max_bytes and (chunk := os.read(descriptor, _CHUNK_BYTES)):
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


def unreadable_for(error: OSError) -> FileUnreadable:
    """Why a path cannot be taken in, from what the system answered."""
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return FileUnreadable(SkipReason.VANISHED, "the file was listed but is gone")
        case PermissionError():
            return FileUnreadable(SkipReason.PERMISSION_DENIED, "this user may not read the file")
        case IsADirectoryError():
            return FileUnreadable(SkipReason.CHANGED_DURING_READ, "the file became a folder")
    # O_NOFOLLOW answers ELOOP for a link, a socket answers ENXIO: neither is a file that may be read.
    if error.errno in {errno.ELOOP, errno.ENXIO}:
        return FileUnreadable(SkipReason.NOT_REGULAR_FILE, "only regular files are read")
    return FileUnreadable(SkipReason.READ_FAILED, f"the system answered {os.strerror(error.errno or 0)}")
