"""The parser process: files that need a complex parser are read there, and it is ended when it takes too much.

It is fed by a pipe and answers by another, in frames that hold a MessagePack object, decoded into the expected
types alone. It gets the bytes of a file, never its path, and holds no key, no index and no
open file of this process. When it is killed the next file gets a new one.
"""

import atexit
import os
import signal
import subprocess
import threading
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from ingest.errors import ParserUnavailable, SkipReason, TextUnreadable
from ingest.processes.child_process import START_S, Ended, TookTooLong, end_child, exchange, start_child
from ingest.reading.read_text import ReadDocument
from ingest.reading.source_type import SourceType


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What one file may cost: `seconds`, and `memory_mb` (10^6 bytes) beyond what an idle process holds."""

    seconds: float = 30.0
    memory_mb: int = 512


DEFAULT_LIMITS = ParseLimits()


class ParseRequest(msgspec.Struct, forbid_unknown_fields=True):
    """One file for the parser process; its content follows in a frame of its own."""

    source_type: SourceType
    stem: str
    sha256: str


class ParseResult(msgspec.Struct, forbid_unknown_fields=True):
    """What the parser process says of a file: the document, or why there is none (None for want of memory)."""

    document: ReadDocument | None = None
    reason: SkipReason | None = None
    detail: str = ""


class ParserProcess:
    """One process at a time, started when it is needed; safe to share between threads, which take turns."""

    def __init__(self, limits: ParseLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._answered = 0

    def read(self, content: bytes, sha256: str, *, source_type: SourceType, stem: str) -> ReadDocument:
        """The same as `read_text`, within the limits.

        Raises DocumentSkipped when the file cannot be taken in or costs too much, ParserUnavailable when the
        process cannot be started at all.
        """
        request = msgspec.msgpack.encode(ParseRequest(source_type, stem, sha256))
        with self._lock:
            answer = self._answer(request, content, source_type)
            if answer is None:
                # A process that has read other files may have less room than a new one: what becomes of a file
                # must not depend on which files were read before it.
                answer = self._answer(request, content, source_type, afresh=True)
        if answer is not None and answer.document is not None:
            return answer.document
        if answer is not None and answer.reason is not None:
            raise TextUnreadable(answer.reason, answer.detail)
        if answer is not None:
            limit = f"reading it takes more than {self._limits.memory_mb} MB; the limit is --parse-memory"
            raise TextUnreadable(_limit_of(source_type), limit)
        detail = "the parser broke off; the file is damaged, or needs more memory than --parse-memory allows"
        raise TextUnreadable(SkipReason.PARSE_FAILED, detail)

    def close(self) -> None:
        """Ends the process; the next file starts another."""
        process, self._process, self._answered = self._process, None, 0
        if process is not None:
            end_child(process)

    def _answer(
        self, request: bytes, content: bytes, source_type: SourceType, *, afresh: bool = False
    ) -> ParseResult | None:
        """What a process says; None where it broke off, or lacked memory after other files."""
        if afresh:
            self.close()
        process = self._started()
        is_new = self._answered == 0
        try:
            told = exchange(process, [request, content], self._limits.seconds)
            answer = msgspec.msgpack.decode(told, type=ParseResult)
        except TookTooLong as error:
            self.close()
            detail = f"reading it takes more than {self._limits.seconds:g} s; the limit is --parse-timeout"
            raise TextUnreadable(_limit_of(source_type), detail) from error
        except (Ended, msgspec.DecodeError):
            self.close()
            # The libraries in C end their process so where they get no memory; what is damaged they refuse.
            return ParseResult() if is_new and process.returncode == -signal.SIGABRT else None
        self._answered += 1
        if answer.document is None and answer.reason is None:
            self.close()
            return answer if is_new else None
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        limits = str(self._limits.memory_mb), str(self._limits.seconds)
        try:
            self._process = start_child("ingest.processes.parser_child", *limits)
            exchange(self._process, [], START_S)
        except (OSError, Ended, TookTooLong) as error:
            self.close()
            raise ParserUnavailable(
                "the process that reads HTML, PDF, Word and very large files cannot be started; "
                "run `footnoted doctor`, and look whether the system lets this user start processes"
            ) from error
        return self._process


@lru_cache(maxsize=8)
def _process_of(limits: ParseLimits, _pid: int) -> ParserProcess:
    process = ParserProcess(limits)
    atexit.register(process.close)
    return process


def parser_process(limits: ParseLimits) -> ParserProcess:
    """The parser process of this process; after a fork the copy gets its own."""
    return _process_of(limits, os.getpid())


def _limit_of(source_type: SourceType) -> SkipReason:
    return SkipReason.PDF_LIMIT if source_type is SourceType.PDF else SkipReason.PARSE_LIMIT
