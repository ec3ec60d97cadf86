"""Files of a collection: the folders walked in a fixed order, each file once, none of them opened."""

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import SkipReason
from ingest.reading.source_type import TYPES, SourceType
from ingest.source_bytes import unreadable_for

_SLUG_CHARS = 119  # 128, the longest id, less the dash and the eight digits of the digest
_Entry = tuple[Path, str, tuple[Path, ...]]
"""A path on disk, its path below the root, and the resolved folders above it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may become a document; `source_path` is its POSIX path below its root, fit for display.

    `path` is absolute, and held no link when the file was found.
    """

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
        yield refused or _judged(root, root.name, root.parent.resolve(), is_at_root=False)
        return
    resolved_root = root.resolve()
    waiting: list[_Entry] = [(root, "", (resolved_root,))]
    while waiting:
        entry = waiting.pop()
        try:
            found = _looked_at(entry, resolved_root)
        except OSError as error:
            # One path that is too long, or not to be looked at, is no reason to leave the others.
            unreadable = unreadable_for(error)
            found = SkippedFile(_shown(entry[1]), unreadable.reason, unreadable.detail)
        if isinstance(found, list):
            waiting.extend(found)
        else:
            yield found


def _looked_at(entry: _Entry, root: Path) -> Candidate | SkippedFile | list[_Entry]:
    """What is at a path; of a folder that belongs to the collection, what is in it. Raises OSError."""
    path, below, above = entry
    if below and (refused := _refused_link(path, below, root)):
        return refused
    if not path.is_dir():
        return _judged(path, below, above[-1], is_at_root="/" not in below)
    if below and path.name.startswith("."):
        return SkippedFile(_shown(below), SkipReason.HIDDEN, "a folder whose name begins with a dot")
    if below and path.is_symlink() and path.resolve() in above:
        return SkippedFile(_shown(below), SkipReason.NOT_REGULAR_FILE, "a link to a folder above itself")
    # Resolving each folder anew would take time that grows with the square of the depth.
    resolved = path.resolve() if path.is_symlink() else above[-1] / path.name
    inside = (*above, resolved) if below else above
    try:
        names = sorted((each.name for each in path.iterdir()), key=os.fsencode, reverse=True)
    except OSError as error:
        detail = f"the folder cannot be listed: {os.strerror(error.errno or 0)}"
        return SkippedFile(_shown(below), SkipReason.PERMISSION_DENIED, detail)
    return [(path / name, f"{below}/{name}" if below else name, inside) for name in names]


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


def _judged(path: Path, below: str, folder: Path, *, is_at_root: bool) -> Candidate | SkippedFile:
    """What is at a path below its root; `folder` is the resolved one above."""
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
    # Links inside the root are read at their targets, since the file is opened without following any.
    target = path.resolve() if path.is_symlink() else folder / path.name
    return Candidate(document_id_of(below), shown, target, source_type)


def _shown(path: str) -> str:
    """A path that any JSON reader takes: bytes that are no UTF-8, and line breaks, stand escaped."""
    readable = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in readable)
