"""Watching a collection: ingest once, and again after every change, until somebody stops it."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ingest.errors import IngestRefused
from ingest.report import NO_FAULT, FileReport, Outcome, Report
from retriever.errors import FootnotedError

QUIET_MS = 500
"""An ingest begins once nothing has changed for this long ..."""
LONGEST_WAIT_MS = 5_000
"""... or at the latest after this long."""
RETRY_AFTER_S = 30.0
_LOOK_EVERY_MS = 500


def changes_below(paths: Sequence[Path], *, index_dir: Path) -> Iterator[bool]:
    """Never ends: True after a change below `paths`, False every half second without one.

    The index may lie below a path: its own files are no change. A path that is removed, or replaced by another
    folder of its name, is watched again from then on. Changes are noticed from the first value on, also those
    that happen while the caller works on a value.
    """
    from watchfiles import Change, watch

    own = index_dir.resolve()

    def matters(_: Change, path: str) -> bool:
        return not Path(path).is_relative_to(own)

    while True:
        watched = _identities(paths)
        if None in watched:
            time.sleep(_LOOK_EVERY_MS / 1_000)
            yield False
            continue
        for changes in watch(
            *(path.resolve() for path in paths),
            watch_filter=matters,
            step=QUIET_MS,
            debounce=LONGEST_WAIT_MS,
            rust_timeout=_LOOK_EVERY_MS,
            yield_on_timeout=True,
        ):
            replaced = _identities(paths) != watched
            yield bool(changes) or replaced
            if replaced:
                break


def keep_ingesting(
    changes: Iterable[bool],
    *,
    run: Callable[[], Report],
    tell: Callable[[Report], None],
    complain: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Runs at the first value, then whenever there is a change, and again some time after a run that failed.

    `tell` gets the first report, and that of each generation that was published; `complain` each fault once,
    until it is gone: of a run that failed, and of a file that was skipped. Ends with `changes`, or with what `run`
    raises for other reasons than the collection and the index.
    """
    due_at, complaints, is_first = clock(), frozenset[str](), True
    for changed in changes:
        if not changed and clock() < due_at:
            continue
        due_at = float("inf")
        try:
            report = run()
        except (FootnotedError, ValueError) as error:
            due_at = clock() + RETRY_AFTER_S
            found = _faults(error)
        else:
            if report.published or is_first:
                tell(report)
            is_first = False
            found = _skipped(report.files)
        for complaint in sorted(found - complaints):
            complain(complaint)
        complaints = found


def round_line(report: Report) -> str:
    """One line for people about what a round published, or that there was nothing to publish."""
    if not report.published:
        return f"nothing changed; {report.generation or 'nothing'} is served"
    words = {str(outcome): str(outcome).replace("_", " ") for outcome in Outcome}
    counts = [
        f"{count:,} {words[name]}" for name, count in report.counts().items() if count and name != "unchanged"
    ]
    return (
        f"published {report.generation}: {', '.join(counts) or 'the same pages'}; {report.passages_embedded:,} of "
        f"{report.passages_total:,} passages embedded; {report.seconds:,.1f} s"
    )


def _faults(error: FootnotedError | ValueError) -> frozenset[str]:
    """What a failed run is complained of for: the refusal and the files that it is about."""
    files = error.files if isinstance(error, IngestRefused) else ()
    return _skipped(files) | {f"not published: {error}"}


def _skipped(files: Sequence[FileReport]) -> frozenset[str]:
    return frozenset(
        f"skipped {file.path}  {file.reason}: {file.detail}"
        for file in files
        if file.outcome is Outcome.SKIPPED and file.reason not in NO_FAULT
    )


def _identities(paths: Sequence[Path]) -> list[tuple[int, int] | None]:
    """What tells a folder from another one of its name; None where there is nothing."""
    found: list[tuple[int, int] | None] = []
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            found.append(None)
        else:
            found.append((status.st_dev, status.st_ino))
    return found
