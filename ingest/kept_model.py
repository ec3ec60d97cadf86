"""Converted models as they lie in the cache and below an index: what is altered is not taken from either."""

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from retriever.encoding.converted_encoder import ConvertedModel, read_description, read_verified
from retriever.encoding.open_encoder import encoder_folder
from retriever.errors import EncoderUnavailable, IndexCorrupt, IndexRefused, StorageFailed
from retriever.store.durable import LocalDisk, storage_failures

_ELSEWHERE = "choose another folder with the variable FOOTNOTED_CACHE"


@contextmanager
def one_converter(cached: Path, *, say: Callable[[str], None]) -> Iterator[None]:
    """Lets one process at a time put a model there: two that begin together would both convert it.

    Who has to wait is told so. Where the system has no locks nobody waits. Raises StorageFailed.
    """
    with storage_failures(cached.parent, elsewhere=_ELSEWHERE):
        lock = cached.with_suffix(".lock").open("ab")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is converting this model; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            pass
        yield


def keep(made: Path, cached: Path) -> None:
    """Moves a converted model to its place in the cache, in place of what lies there.

    Beside it stands which description was put there; a folder without that is older. Raises StorageFailed.
    """
    _, digest = read_description(made)
    discard(cached)
    with storage_failures(cached.parent, elsewhere=_ELSEWHERE):
        _mark(cached).write_text(digest)  # first: killed in between, it leaves no folder that nothing vouches for
        LocalDisk().rename(made, cached)


def is_kept(cached: Path) -> bool:
    """Whether a converted model lies there, described as when it was made.

    The description holds digests of the files, and nothing else holds one of the description: altered, it would
    become the identity of a new index.
    """
    try:
        _, digest = read_description(cached)
        mark = _mark(cached)
        return not mark.exists() or mark.read_bytes() == digest.encode()
    except (EncoderUnavailable, IndexRefused):
        return False


def discard(cached: Path) -> None:
    """Makes room for a new conversion. Raises StorageFailed where what lies there cannot be removed."""
    try:
        if cached.exists():
            shutil.rmtree(cached)
        _mark(cached).unlink(missing_ok=True)
    except OSError as error:
        raise StorageFailed(
            f"the converted model in {cached} is altered and cannot be removed: {error.strerror}; remove that "
            "folder, or name another one with the variable FOOTNOTED_CACHE"
        ) from error


def placed(cached: Path, index_dir: Path) -> Path:
    """The folder of the converted files below the index, copied there unless it is there and whole.

    Raises IndexCorrupt where a file would be copied that is altered, and StorageFailed.
    """
    described, artifact_sha256 = read_description(cached)
    folder = encoder_folder(index_dir, artifact_sha256)
    if _is_whole(folder, described, artifact_sha256):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    try:
        for name, entry in described.files.items():
            read_verified(cached, name, entry)
    except IndexCorrupt as error:
        raise IndexCorrupt(
            f"the converted model in {cached} is altered; remove that folder and run `footnoted ingest` again"
        ) from error
    with storage_failures(index_dir, needed_bytes=sum(entry.size for entry in described.files.values())):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".copying-") as made:
            copy = Path(made) / "encoder"
            copy.mkdir()
            disk = LocalDisk()
            # One by one: copying a whole folder goes on after the disk is full, and then lists every file.
            for file in sorted(cached.iterdir()):
                shutil.copyfile(file, copy / file.name)
                disk.sync_file(copy / file.name)
            disk.sync_folder(copy)
            disk.rename(copy, folder)
            disk.sync_folder(folder.parent)
    return folder


def _is_whole(folder: Path, described: ConvertedModel, artifact_sha256: str) -> bool:
    """Whether it holds this description and files of its sizes; who opens it hashes the files."""
    try:
        _, found = read_description(folder)
        return found == artifact_sha256 and all(
            (folder / name).stat().st_size == entry.size for name, entry in described.files.items()
        )
    except (EncoderUnavailable, IndexRefused, OSError):
        return False


def _mark(cached: Path) -> Path:
    return cached.with_suffix(".sha256")
