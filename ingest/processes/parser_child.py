"""What runs in the parser process: it reads one file after the other from a pipe, within its limits.

Started as `python -m ingest.processes.parser_child MEMORY_MB SECONDS` by `ingest.processes.parser_process`, which
says what the frames hold. It ends with the pipe, and by itself when a file takes longer than anybody waits for it.
"""

import os
import resource
import signal
import sys
from pathlib import Path

import msgspec

from ingest.errors import DocumentSkipped
from ingest.processes.child_process import read_frame, write_frame
from ingest.processes.parser_process import ParseRequest, ParseResult
from ingest.reading.read_text import read_text

_MEGABYTE = 1_000_000
_OPEN_FILES = 64  # the PDF library opens fonts of the system


def main() -> None:
    """Answers until the pipe is closed."""
    memory_mb, seconds = int(sys.argv[1]), float(sys.argv[2])
    source = sys.stdin.buffer
    # What a library prints must not get among the answers.
    with os.fdopen(os.dup(1), "wb") as target, open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        _load_parsers()
        _limit(memory_mb)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        write_frame(target, b"")
        while request := read_frame(source):
            content = read_frame(source)
            # Who asked ends this process in time; should it be gone, this process ends itself.
            signal.setitimer(signal.ITIMER_REAL, seconds + 5)
            answer = _answer(msgspec.msgpack.decode(request, type=ParseRequest), content)
            signal.setitimer(signal.ITIMER_REAL, 0)
            write_frame(target, answer)


def _answer(request: ParseRequest, content: bytes) -> bytes:
    try:
        document = read_text(content, request.sha256, source_type=request.source_type, stem=request.stem)
        return msgspec.msgpack.encode(ParseResult(document=document))
    except DocumentSkipped as skipped:
        return msgspec.msgpack.encode(ParseResult(reason=skipped.reason, detail=skipped.detail))
    except MemoryError:
        return msgspec.msgpack.encode(ParseResult())


def _load_parsers() -> None:
    """Before the memory is counted, and before a file waits."""
    import ingest.reading.html_page
    import ingest.reading.pdf_pages  # noqa: F401


def _limit(memory_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    statm = Path("/proc/self/statm")
    if (
        statm.exists()
    ):  # elsewhere (macOS) the kernel does not hold a process to such a limit: time alone bounds it
        held = int(statm.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (held + memory_mb * _MEGABYTE,) * 2)


if __name__ == "__main__":
    main()
