"""File operations that survive power loss; the only module that flushes to the disk, renames and replaces.

But for an ingest's checkpoint, which flushes the file that it keeps open.

Each step of the publish path passes a failpoint, so that a test can stop the process, or fail the disk, there.
"""

import errno
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from retriever.errors import StorageFailed

FAILPOINT_VARIABLE = "FOOTNOTED_FAILPOINT"
FAILPOINTS = frozenset(
    {
        "begin.sweep",
        "begin.make_staging",
        "begin.made",
        "publish.sync_file",
        "publish.write_manifest",
        "publish.sync_manifest",
        "publish.sync_folder",
        "publish.self_check",
        "publish.rename",
        "publish.sync_rename",
        "publish.published",
        "pointer.write",
        "pointer.sync",
        "pointer.replace",
        "pointer.sync_replace",
        "retire.rename",
        "retire.sync_rename",
        "remove.entry",
        "restore.write",
        "restore.sync",
        "restore.rename",
        "restore.sync_rename",
    }
)

_ADVICE = {
    errno.ENOSPC: "free some space, or {elsewhere}",
    errno.EDQUOT: "free some space or ask for a larger quota, or {elsewhere}",
    errno.EFBIG: "no file may be as large as that here: raise the limit (`ulimit -f`), or {elsewhere}",
    errno.EROFS: "the file system is mounted read-only: remount it, or {elsewhere}",
    errno.EACCES: "give this user the right to write there, or {elsewhere}",
    errno.EPERM: "give this user the right to write there, or {elsewhere}",
    errno.EIO: "the disk reports an error: look into the system's log, and {elsewhere}",
    errno.EMFILE: "the process has too many open files: raise the limit (`ulimit -n`) and try again",
    errno.ENFILE: "the system has too many open files: close some programs and try again",
    errno.ENOTDIR: "a part of this path is a file: {elsewhere}",
    errno.ELOOP: "a link has the name of a file that is to be written: remove it, and see who put it there",
    errno.EEXIST: "something else has this name: {elsewhere}",
    errno.ENOLCK: "the file server gives no locks: let it, or {elsewhere}",
    errno.EOPNOTSUPP: "this file system cannot do what is needed there: {elsewhere}",
    errno.ENOSYS: "this file system cannot do what is needed there: {elsewhere}",
    errno.ESTALE: "the file server has lost this folder: mount it anew, or {elsewhere}",
    errno.ENAMETOOLONG: "the path is too long: {elsewhere}",
}
_ELSEWHERE = "choose another place with --index"
_FEW_FILES = 100
_NO_SYNC = frozenset({errno.EINVAL, errno.EBADF})


class Disk(Protocol):
    """What the store asks of a file system. Nothing is durable before the file, and its folder, are synced."""

    def make_folder(self, path: Path) -> None:
        """A new folder. Raises FileExistsError when there is something of that name."""

    def write(self, path: Path, content: bytes) -> None:
        """The file holds exactly `content`, whether it was there before or not."""

    def sync_file(self, path: Path) -> None:
        """The file's bytes are on the disk when this returns."""

    def sync_folder(self, path: Path) -> None:
        """The folder's own entries (names made, renamed, removed) are on the disk when this returns."""

    def rename(self, source: Path, target: Path) -> None:
        """`source` is called `target` from now on. Raises FileExistsError rather than replace anything."""

    def replace(self, source: Path, target: Path) -> None:
        """`source` takes the place of the file `target` in one step."""

    def remove_file(self, path: Path) -> None:
        """The file (or link) is gone."""

    def remove_folder(self, path: Path) -> None:
        """The empty folder is gone."""


class LocalDisk:
    """A file system of this machine."""

    def make_folder(self, path: Path) -> None:
        """A new folder, for this user's umask."""
        path.mkdir()

    def write(self, path: Path, content: bytes) -> None:
        """The whole content in one file, not yet synced. Raises OSError (ELOOP) for a link: it is not followed."""
        with open(path, "wb", opener=never_through_link) as file:
            file.write(content)

    def sync_file(self, path: Path) -> None:
        """fsync of the file."""
        _fsync(path, os.O_RDONLY)

    def sync_folder(self, path: Path) -> None:
        """fsync of the folder, where its file system has that: some over the network refuse it for any folder.

        Source: `fsync_fname_ext` of PostgreSQL, src/common/file_utils.c.
        """
        try:
            _fsync(path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            if error.errno not in _NO_SYNC:
                raise

    def rename(self, source: Path, target: Path) -> None:
        """A rename that never replaces; its callers hold the writer's lock, so the check cannot be overtaken."""
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        source.rename(target)

    def replace(self, source: Path, target: Path) -> None:
        """An atomic replacement."""
        source.replace(target)

    def remove_file(self, path: Path) -> None:
        """One unlink."""
        path.unlink()

    def remove_folder(self, path: Path) -> None:
        """One rmdir."""
        path.rmdir()


def never_through_link(path: str, flags: int) -> int:
    """An opener of files to be written: a link that somebody put there must not lead the bytes elsewhere.

    Nor does it wait for a pipe's other end. Raises OSError.
    """
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)


def make_folders(disk: Disk, path: Path) -> None:
    """The folder and all that is missing above it, each durable when this returns."""
    if path.is_dir():
        return
    make_folders(disk, path.parent)
    try:
        disk.make_folder(path)
    except FileExistsError:
        if not path.is_dir():  # else another process has just made it
            raise
    disk.sync_folder(path.parent)


def remove_tree(disk: Disk, path: Path) -> None:
    """Removes a folder and all below it; links are removed, never followed. Not synced: a rest is swept later."""
    if path.is_symlink() or not path.is_dir():
        failpoint("remove.entry")
        disk.remove_file(path)
        return
    for child in sorted(path.iterdir()):
        remove_tree(disk, child)
    failpoint("remove.entry")
    disk.remove_folder(path)


def replace_file(disk: Disk, path: Path, content: bytes, *, staged: Path) -> None:
    """From now on `path` holds exactly `content`, in one step; durable when this returns.

    It is written as `staged` first, a file of the same folder, which is gone afterwards. Raises OSError.
    """
    try:
        disk.write(staged, content)
        disk.sync_file(staged)
        disk.replace(staged, path)
    finally:
        staged.unlink(missing_ok=True)
    disk.sync_folder(path.parent)


@contextmanager
def storage_failures(
    folder: Path,
    *,
    outcome: str = "what was published before is untouched",
    elsewhere: str = _ELSEWHERE,
    needed_bytes: int | None = None,
) -> Iterator[None]:
    """Turns an OSError of the block into StorageFailed: the folder, the cause, what now holds, what to do.

    `elsewhere` says how another place is chosen. `needed_bytes` is what all that is being written takes at least,
    told where the disk is full.
    """
    try:
        yield
    except OSError as error:
        raise StorageFailed(_explain(folder, error, outcome, elsewhere, needed_bytes)) from error


def _explain(folder: Path, error: OSError, outcome: str, elsewhere: str, needed_bytes: int | None) -> str:
    cause = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        needed = [] if needed_bytes is None else [f"at least {needed_bytes:,} bytes needed"]
        with suppress(OSError):
            needed.append(f"{shutil.disk_usage(folder).free:,} bytes free")
            room = os.statvfs(folder)
            if room.f_files and room.f_favail < _FEW_FILES:  # some file systems have no such limit, and say 0
                needed.append(f"room for {room.f_favail:,} more files")
        cause += f" ({', '.join(needed)})" if needed else ""
    advice = _ADVICE.get(error.errno or 0, "mend the cause and try again")
    return f"{folder} cannot be written: {cause}; {outcome}; {advice.format(elsewhere=elsewhere)}"


def _fsync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_FAILURES = {"eio": errno.EIO, "enospc": errno.ENOSPC, "edquot": errno.EDQUOT}


class _Armed:
    """How often the failpoint that the environment names has been passed."""

    specification: str | None = None
    passed = 0


def failpoint(name: str) -> None:
    """Does nothing, unless the environment says `FOOTNOTED_FAILPOINT=NAME:N:kill|eio|enospc|edquot`.

    Then the N-th pass of that name kills the process, or raises OSError as a failing or a full disk would, or one
    on which this user has used up a quota.
    Raises ValueError when the variable cannot be read: a test that stops nowhere proves nothing.
    """
    specification = os.environ.get(FAILPOINT_VARIABLE)
    if specification != _Armed.specification:
        _Armed.specification, _Armed.passed = specification, 0
    if specification is None:
        return
    wanted, number, action = _parsed(specification)
    if name != wanted:
        return
    _Armed.passed += 1
    if _Armed.passed != number:
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    code = _FAILURES[action]
    raise OSError(code, os.strerror(code))


def _parsed(specification: str) -> tuple[str, int, str]:
    name, number, action = [*specification.split(":"), "", ""][:3]
    if name not in FAILPOINTS or not number.isdecimal() or action not in ("kill", *_FAILURES):
        raise ValueError(
            f"{FAILPOINT_VARIABLE} must be NAME:N:ACTION, of a known NAME, to kill or {'|'.join(_FAILURES)}"
        )
    return name, int(number), action
