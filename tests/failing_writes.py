"""An ingest that may not write: above a quota, and where files may not grow. Each run needs a process of its own.

The kernel's own refusals are used as far as it can be asked for them: a limit on the size of files holds whoever
writes, FAISS too. A quota would need a file system that has them, so what it refuses is refused by an audit hook.
"""

import errno
import os
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from retriever.errors import StorageFailed
from retriever.index import Index
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import IDENTITY, HashingEncoder

_ENCODER = HashingEncoder(replace(IDENTITY, dimension=512))
_LONG = "# Long\n\n" + "\n\n".join(
    f"Paragraph {n} {'says that strong bones need calcium, ' * 6}" for n in range(40)
)
"""With so many passages, and vectors so long, FAISS writes the largest file."""
_TRIES = 100
_LEAST_TRIES = 8
_MAKING = ("os.mkdir", "os.rename")


def used_up_quota(folder: Path, report: Callable[[list[str]], None]) -> None:
    """The n-th opening for writing, new folder or new name in the index is refused, and all later, for every n."""
    left: int | None = None

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if left is None or not (
            event in _MAKING or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR))
        ):
            return
        if str(arguments[0]).startswith(str(folder / "index")):
            left -= 1
            if left < 0:
                raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    @contextmanager
    def quota(allowed: int) -> Iterator[None]:
        nonlocal left
        left = allowed
        try:
            yield
        finally:
            left = None

    sys.addaudithook(refuse)
    report(_violations(folder, quota, count(), os.strerror(errno.EDQUOT)))


def small_files_only(folder: Path, report: Callable[[list[str]], None]) -> None:
    """No file may have more than so many bytes, from a few on until all fit."""

    @contextmanager
    def limit(size: int) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    sizes = (int(16 * 1.4**step) for step in count())
    report(_violations(folder, limit, sizes, os.strerror(errno.EFBIG)))


def _violations(folder: Path, limited: Callable[[int], Any], limits: Iterator[int], cause: str) -> list[str]:
    """What was not as promised until an ingest went through: the cause in one line, and one whole generation."""
    root, index_dir = write_collection(folder / "pages"), folder / "index"
    write_collection(root, {"long.md": _LONG})
    before = str(run_ingest(root, index_dir, _ENCODER).generation)
    violations: list[str] = []
    for attempt, limit in zip(range(_TRIES), limits, strict=False):
        write_collection(root, {"new.md": f"# New\n\nThis is edition {attempt} of a page about bones.\n"})
        told = ""
        try:
            with limited(limit):
                run_ingest(root, index_dir, _ENCODER)
        except StorageFailed as error:
            told = str(error)
        except OSError as error:
            violations.append(f"limit {limit}: {type(error).__name__}: {error}")
        served = Index.open(index_dir).generation
        if not told:
            if attempt < _LEAST_TRIES:
                violations.append(f"it went through at once, with limit {limit}")
            return violations
        if cause not in told or "\n" in told or (served != before and served not in told):
            violations.append(f"limit {limit}, {served} after {before}: {told}")
        if left := [path.name for path in index_dir.glob("*.tmp")]:
            violations.append(f"limit {limit}: {left} was left")
        before = served
    return [*violations, "it never went through"]
