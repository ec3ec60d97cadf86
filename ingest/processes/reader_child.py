"""What runs in the process that reads ahead: it reads the files that it is told and sends what stands in them.

Started as `python -m ingest.processes.reader_child` by `ingest.processes.read_ahead`, which says what the messages
hold. It ends with its last file, or when nobody fetches what it has read.
"""

import os
import signal
import sys

import msgspec

from ingest.processes.child_process import read_frame, write_frame
from ingest.processes.read_ahead import Tasks, answer_of


def main() -> None:
    """Reads every file and ends."""
    # What a library prints must not get among the answers.
    with os.fdopen(os.dup(1), "wb") as target, open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        tasks = msgspec.msgpack.decode(read_frame(sys.stdin.buffer), type=Tasks)
        write_frame(target, b"")
        for task in tasks.files:
            write_frame(target, msgspec.msgpack.encode(answer_of(task, tasks.limits)))


if __name__ == "__main__":
    main()
