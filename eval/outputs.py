"""The files that an evaluation writes: whether they can be is seen before questions are asked."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eval.errors import OutputRefused


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raises OutputRefused in place of what the file system says while `path` is written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputRefused(f"{path} cannot be written ({reason}); choose another place for it") from error


def refuse_unwritable(*, folder: Path | None, files: list[Path]) -> None:
    """Makes the folders that results go into. Raises OutputRefused where a file cannot be made in one of them."""
    for path, parent in [(folder, folder), *((file, file.parent) for file in files)]:
        if path is None or parent is None:
            continue
        with writing(path):
            parent.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=parent).close()
