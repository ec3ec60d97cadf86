"""Files of a collection: the folders walked in a fixed order, each file once, opened without trust.

Source: the flags O_NOFOLLOW and O_NONBLOCK of open(2): a link put in place of a file is refused instead of
followed, and a pipe without a writer is opened at once instead of never.
"""

import errno
import hashlib
import os
import re
import stat
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import FileUnreadable, SkipReason
from ingest.reading.source_type import MAX_FILE_BYTES, TYPES, SourceType

_SLUG_CHARS = 119  # 128, the longest id, less the dash and the eight digits of the digest
_CHUNK_BYTES = 1 << 20
_TICK_NS = 20_000_000
"""Systems date changes in steps of up to 10 ms: of two changes within one step only the first leaves a trace."""
_EMPTIED_NS = 1_000_000_000
"""Who saves a page empties it first, and then may wait for the disk."""
_WAITS_S = (0.02, 0.05, 0.1, 0.2)
"""Before a file that changed, or has just been emptied, is read again."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may become a document; `source_path` is its POSIX path below its root, fit for display."""

    document_id: str
    source_path: str
    path: Path
    source_type: SourceType


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file, or a whole hidden or unreadable folder, that is not part of the collection, and why."""

    source_path: str
    reason: SkipReason
    detail: str


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """Every file below the given paths, exactly once: either a candidate or skipped."""

    candidates: tuple[Candidate, ...]
    skipped: tuple[SkippedFile, ...]


@dataclass(frozen=True, slots=True)
class SourceBytes:
    """The content of one file and the hexadecimal SHA-256 of exactly these bytes."""

    content: bytes
    sha256: str


def find_files(paths: Sequence[Path | str]) -> FoundFiles:
    """Every file below `paths`, in the order of the paths and then by name; nothing is opened.

    Raises ValueError when a path does not exist or cannot be one.
    """
    candidates: list[Candidate] = []
    skipped: list[SkippedFile] = []
    first_path_of: dict[str, str] = {}
    for root in [_checked_root(path) for path in paths]:
        for found in _walk(root):
            if isinstance(found, SkippedFile):
                skipped.append(found)
            elif found.document_id in first_path_of:
                detail = f"the id belongs to {first_path_of[found.document_id]}, which was found first"
                skipped.append(SkippedFile(found.source_path, SkipReason.DUPLICATE_DOCUMENT_ID, detail))
            else:
                first_path_of[found.document_id] = found.source_path
                candidates.append(found)
    return FoundFiles(tuple(candidates), tuple(skipped))


def refuse_overlap(paths: Sequence[Path], index_dir: Path) -> None:
    """Raises ValueError where the index would lie in the collection, or the collection in the index."""
    index = index_dir.resolve()
    for path in paths:
        root = path.resolve()
        if index.is_relative_to(root) or root.is_relative_to(index):
            raise ValueError(
                f"{_shown(str(path))} and the index {_shown(str(index_dir))} lie one in the other; "
                "choose another place for the index with --index"
            )


def document_id_of(source_path: str) -> str:
    """The id of the document at this path below its root: a readable slug and eight digits of a digest.

    It holds only `A-Z a-z 0-9 . _ -`, is at most 128 characters long, and depends on nothing but the path
    (in Unicode's composed form, since some file systems give the other one back).
    """
    composed = unicodedata.normalize("NFC", source_path)
    digest = hashlib.sha256(composed.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    folder, _, name = composed.rpartition("/")
    stem = name[: name.rfind(".")] if name.rfind(".") > 0 else name
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{folder}/{stem}".strip("/").replace("/", "."))
    # The end of a path tells pages apart; the beginning is mostly the same for all of them.
    return f"{slug[-_SLUG_CHARS:].lstrip('.-') or 'document'}-{digest}"


def read_source(
    path: Path,
    *,
    max_bytes: int = MAX_FILE_BYTES,
    clock: Callable[[], int] = time.time_ns,
    pause: Callable[[float], None] = time.sleep,
) -> SourceBytes:
    """The file's bytes and their digest; of a file that is being written, what it holds once it rests.

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
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _unreadable(error) from error
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
        if not content and 0 <= age_ns < _EMPTIED_NS and not may_be_empty:
            is_at_rest = False
        elif is_at_rest and 0 <= age_ns < _TICK_NS:
            # A change since may bear the same date, and a write that goes on has been dated at its beginning.
            pause((_TICK_NS - age_ns) / 1e9)
            os.lseek(descriptor, 0, os.SEEK_SET)
            is_at_rest = _read_all(descriptor, max_bytes) == content and _is_the_same(before, os.fstat(descriptor))
    except OSError as error:
        raise _unreadable(error) from error
    finally:
        os.close(descriptor)
    if not is_at_rest or len(content) != before.st_size:
        raise FileUnreadable(
            SkipReason.CHANGED_DURING_READ, "the file changed while it was read; ingest again once it rests"
        )
    return SourceBytes(content, hashlib.sha256(content).hexdigest())


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


def _unreadable(error: OSError) -> FileUnreadable:
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


def _checked_root(path: Path | str) -> Path:
    if "\0" in os.fspath(path) or not os.fspath(path):
        raise ValueError("a path is empty or holds a NUL character; give the path of a file or a folder")
    root = Path(path)
    try:
        root.stat()
    except FileNotFoundError as error:
        raise ValueError(
            f"there is nothing at {_shown(str(root))}; give the path of a file or a folder"
        ) from error
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise ValueError(f"{_shown(str(root))} cannot be read: {reason}; check the path and its rights") from error
    return root


def _walk(root: Path) -> Iterator[Candidate | SkippedFile]:
    if not root.is_dir():
        refused = _refused_link(root, root.name, root.parent.resolve())
        yield refused or _judged(root, root.name, is_at_root=False)
        return
    resolved_root = root.resolve()
    # Each entry is a path on disk, its path below the root, and the resolved folders above it.
    waiting: list[tuple[Path, str, tuple[Path, ...]]] = [(root, "", (resolved_root,))]
    while waiting:
        path, below, above = waiting.pop()
        if below and (refused := _refused_link(path, below, resolved_root)):
            yield refused
        elif not path.is_dir():
            yield _judged(path, below, is_at_root="/" not in below)
        elif below and path.name.startswith("."):
            yield SkippedFile(_shown(below), SkipReason.HIDDEN, "a folder whose name begins with a dot")
        elif below and path.is_symlink() and path.resolve() in above:
            yield SkippedFile(_shown(below), SkipReason.NOT_REGULAR_FILE, "a link to a folder above itself")
        else:
            # Resolving each folder anew would take time that grows with the square of the depth.
            resolved = path.resolve() if path.is_symlink() else above[-1] / path.name
            inside = (*above, resolved) if below else above
            try:
                names = sorted((entry.name for entry in path.iterdir()), key=os.fsencode, reverse=True)
            except OSError as error:
                detail = f"the folder cannot be listed: {os.strerror(error.errno or 0)}"
                yield SkippedFile(_shown(below), SkipReason.PERMISSION_DENIED, detail)
                continue
            waiting.extend((path / name, f"{below}/{name}" if below else name, inside) for name in names)


def _refused_link(path: Path, below: str, root: Path) -> SkippedFile | None:
    """A link is followed only when what it leads to lies below the root as well."""
    if not path.is_symlink():
        return None
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return SkippedFile(_shown(below), SkipReason.NOT_REGULAR_FILE, "a link that leads nowhere")
    if not target.is_relative_to(root):
        return SkippedFile(_shown(below), SkipReason.NOT_REGULAR_FILE, "a link that leaves its root")
    return None


def _judged(path: Path, below: str, *, is_at_root: bool) -> Candidate | SkippedFile:
    shown = _shown(below)
    if path.name.startswith("."):
        return SkippedFile(shown, SkipReason.HIDDEN, "a file whose name begins with a dot")
    try:
        mode = path.stat().st_mode
    except OSError:
        return SkippedFile(shown, SkipReason.VANISHED, "the file was listed but is gone")
    if not stat.S_ISREG(mode):
        return SkippedFile(shown, SkipReason.NOT_REGULAR_FILE, "only regular files are read")
    if is_at_root and path.name == "SOURCES.md":
        return SkippedFile(shown, SkipReason.ABOUT_THE_COLLECTION, "it tells where the collection comes from")
    source_type = TYPES.get(path.suffix.lower())
    if source_type is None:
        extension = _shown(path.suffix) or "no extension"
        return SkippedFile(shown, SkipReason.UNSUPPORTED_TYPE, f"{extension}; read are {', '.join(TYPES)}")
    # A link inside the root is read at its target, since the file is opened without following links.
    target = path.resolve() if path.is_symlink() else path
    return Candidate(document_id_of(below), shown, target, source_type)


def _shown(path: str) -> str:
    """A path that any JSON reader takes: bytes that are no UTF-8, and line breaks, stand escaped."""
    readable = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in readable)
