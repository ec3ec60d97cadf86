"""Real file systems of a few megabytes, on which a disk is full when it is full."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import IngestRefused
from retriever.errors import FootnotedError, StorageFailed
from retriever.index import Index
from tests.collections_on_disk import run_ingest, write_collection
from tests.waiting import PATIENCE_S

BLOCK = 4_096


class NoSmallDisk(Exception):
    """This user may not mount a file system."""


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of that size at `folder`. Raises NoSmallDisk where it cannot be mounted."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "footnoted-test", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except FileNotFoundError as error:
        raise NoSmallDisk("there is no `mount` here") from error
    if done.returncode != 0:
        raise NoSmallDisk(f"a small file system cannot be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], capture_output=True, timeout=PATIENCE_S, check=True)


def pages(number: int, edition: str) -> dict[str, str]:
    """Pages of which no two, and no two editions, are alike."""
    return {
        f"{page:04}.md": f"# Page {page}\n\nEdition {edition} of page {page}: strong bones need calcium.\n"
        for page in range(number)
    }


def full_disk_rounds(folder: Path, megabytes: int, *, rounds: int) -> list[str]:
    """Ingests into a disk with ever more room, from none to enough: refused in one line, or published whole.

    What was served before is served after each refusal, nothing is left lying about, and once there is room
    again the same ingest succeeds.
    """
    violations: list[str] = []
    root = folder / "pages"
    with small_disk(folder / "disk", megabytes) as disk:
        index_dir, ballast = disk / "index", disk / "ballast"
        number = 40 * megabytes
        write_collection(root, pages(number, "0"))
        run_ingest(root, index_dir)
        size = sum(path.stat().st_size for path in index_dir.rglob("*") if path.is_file())
        for attempt in range(rounds):
            before = Index.open(index_dir)
            write_collection(root, pages(number, f"{attempt + 1}"))
            _fill(ballast, leaving=int(1.6 * size * attempt / max(1, rounds - 1)))
            try:
                served = str(run_ingest(root, index_dir).generation)
            except StorageFailed as error:
                served = before.generation
                violations += _unclear(str(error), f"{megabytes} MB, attempt {attempt}")
            except (OSError, MemoryError, IngestRefused) as error:
                violations.append(f"{megabytes} MB, attempt {attempt}: {type(error).__name__}: {error}")
                served = before.generation
            ballast.unlink()
            violations += _unsound(index_dir, served, f"{megabytes} MB, attempt {attempt}")
        run_ingest(root, index_dir)
    return violations


def _fill(ballast: Path, *, leaving: int) -> None:
    """Fills the disk but for about that many bytes."""
    try:
        with ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(BLOCK))
    except OSError:
        pass
    with ballast.open("r+b") as file:
        file.truncate(max(0, ballast.stat().st_size - leaving))


def _unclear(message: str, where: str) -> list[str]:
    wanted = ("No space left on device", "bytes free", "what was published before is untouched", "--index")
    missing = [words for words in wanted if words not in message]
    return [f"{where}: not said: {missing}: {message}"] if missing or "\n" in message else []


def _unsound(index_dir: Path, expected: str, where: str) -> list[str]:
    try:
        found = Index.open(index_dir).generation
    except FootnotedError as error:
        return [f"{where}: {error}"]
    problems = [] if found == expected else [f"{where}: {found} is served in place of {expected}"]
    return problems + [f"{where}: {path.name} was left" for path in index_dir.glob("*.tmp")]
