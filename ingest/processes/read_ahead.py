"""Reading ahead: the files of a collection in their order, by a second process once there are many to read.

That process reads on while this one splits and counts, and waits when what it has read is not fetched: the pipe
between them is the queue. Should it break off, this process reads on alone. What is read is the same either way.
"""

import fcntl
import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import msgspec

from ingest.errors import DocumentSkipped, SkipReason
from ingest.files import Candidate
from ingest.processes.child_process import START_S, Ended, TookTooLong, end_child, exchange, start_child
from ingest.processes.parser_process import ParseLimits
from ingest.processes.read import read_content
from ingest.reading.read_text import ReadDocument
from ingest.reading.source_type import SourceType
from ingest.source_bytes import read_source

ALONE = 32
"""Files that are read here before a process is started for the rest: its start takes as long as some ten pages."""
QUEUE_BYTES = 1 << 20
"""What is read and not yet fetched: some thirty pages, or a part of one that is larger."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What stands in one file; `document` is None where the file is the one that was known."""

    sha256: str
    document: ReadDocument | None


class FileToRead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file to read: a candidate in bytes and strings, and the digest that makes reading it needless."""

    document_id: str
    source_path: str
    path: bytes
    source_type: SourceType
    known_sha256: str | None

    def candidate(self) -> Candidate:
        """The file as `find_files` found it."""
        return Candidate(self.document_id, self.source_path, Path(os.fsdecode(self.path)), self.source_type)


class Tasks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that the reading process is to do."""

    files: list[FileToRead]
    limits: ParseLimits


class ReadResult(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of one file: what was found in it, or why it is skipped."""

    found: ReadFile | None = None
    reason: SkipReason | None = None
    detail: str = ""


class ReadAhead:
    """Reads the files of a collection one after the other; use it as a context manager."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        *,
        known_sha256: Callable[[Candidate], str | None],
        limits: ParseLimits,
        alone: int = ALONE,
    ) -> None:
        """`known_sha256` gives the digest with which a file need not be read; `alone` is for tests."""
        self._candidates = candidates
        self._known_sha256 = known_sha256
        self._limits = limits
        self._left_alone = alone
        self._next = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._has_broken = False

    def __enter__(self) -> "ReadAhead":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def read(self) -> ReadFile:
        """What stands in the next file.

        Raises DocumentSkipped when it cannot be taken in, ParserUnavailable when it needs a process that cannot be
        started.
        """
        if self._left_alone <= 0 and self._process is None and not self._has_broken:
            self._start()
        answer = self._answer()
        candidate = self._candidates[self._next]
        self._next += 1
        if answer is None:
            found = find(candidate, self._known_sha256(candidate), self._limits)
            self._left_alone -= found.document is not None
            return found
        if answer.found is None:
            raise DocumentSkipped(answer.reason or SkipReason.READ_FAILED, answer.detail)
        return answer.found

    def _start(self) -> None:
        """Starts the process for the files from here on; where that fails, this one goes on alone."""
        files = [
            FileToRead(
                one.document_id, one.source_path, os.fsencode(one.path), one.source_type, self._known_sha256(one)
            )
            for one in self._candidates[self._next :]
        ]
        try:
            self._process = start_child("ingest.processes.reader_child")
            _widen(self._process)
            exchange(self._process, [msgspec.msgpack.encode(Tasks(files, self._limits))], START_S)
        except (OSError, Ended, TookTooLong):
            self._break_off()

    def _answer(self) -> ReadResult | None:
        """What the process says of the next file; None where there is no process, or none any more."""
        if self._process is None:
            return None
        try:
            # It may have to start a parser process, twice, and to wait for it as long.
            told = exchange(self._process, [], 2 * (START_S + self._limits.seconds))
            return msgspec.msgpack.decode(told, type=ReadResult)
        except (Ended, TookTooLong, msgspec.DecodeError):
            self._break_off()
            return None

    def _break_off(self) -> None:
        self._has_broken = True
        self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end_child(process)


def answer_of(task: FileToRead, limits: ParseLimits) -> ReadResult:
    """What the reading process says of a file. Raises ParserUnavailable."""
    try:
        return ReadResult(found=find(task.candidate(), task.known_sha256, limits))
    except DocumentSkipped as skipped:
        return ReadResult(reason=skipped.reason, detail=skipped.detail)


def find(candidate: Candidate, known_sha256: str | None, limits: ParseLimits) -> ReadFile:
    """What stands in a file, read in this process. Raises DocumentSkipped, ParserUnavailable."""
    source = read_source(candidate.path, max_bytes=candidate.source_type.max_bytes)
    is_known = source.sha256 == known_sha256
    return ReadFile(source.sha256, None if is_known else read_content(candidate, source, limits))


def _widen(process: subprocess.Popen[bytes]) -> None:
    """Makes room in the pipe, where the system can: else it holds two pages, and the process waits more often."""
    if process.stdout is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(process.stdout.fileno(), fcntl.F_SETPIPE_SZ, QUEUE_BYTES)
