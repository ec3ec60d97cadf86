"""Processes for tests, forked off one that has imported the program and done nothing: they start at once."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any, TextIO

from tests.waiting import PATIENCE_S

STANDARD_ERROR = 2


def fresh_processes() -> ForkServerContext:
    """Starts processes that know nothing of this one but their arguments."""
    context = get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.fault_rounds", "tests.running", "tests.running_server", "langchain_text_splitters"]
    )
    return context


def ended(process: ForkServerProcess) -> int | None:
    """The exit code of a process that ends by itself; None where it had to be killed."""
    process.join(PATIENCE_S)
    code = process.exitcode
    process.kill()
    process.join()
    process.close()
    return code


class Forked:
    """A running process, its standard error as a text that can be read, its signals and its end."""

    def __init__(self, process: ForkServerProcess, stderr: TextIO) -> None:
        assert process.pid is not None
        self.pid = process.pid
        self.stderr = stderr
        self._process = process

    def send_signal(self, number: signal.Signals) -> None:
        """As `subprocess.Popen` does."""
        os.kill(self.pid, number)

    def wait(self) -> int | None:
        """The exit code; None where it does not end."""
        self._process.join(PATIENCE_S)
        return self._process.exitcode


@contextmanager
def forked(work: Callable[..., object], *arguments: Any) -> Iterator[Forked]:
    """A process that does `work(*arguments)`, a function that can be imported; it is killed afterwards."""
    processes = fresh_processes()
    reading, writing = processes.Pipe(duplex=False)
    process = processes.Process(target=_say_it_there, args=(writing, work, arguments))
    process.start()
    writing.close()
    with os.fdopen(os.dup(reading.fileno()), encoding="utf-8") as stderr:
        reading.close()
        try:
            yield Forked(process, stderr)
        finally:
            process.kill()
            process.join()
            process.close()


@contextmanager
def forked_with_log(log: Path, work: Callable[..., object], *arguments: Any) -> Iterator[ForkServerProcess]:
    """The same for where nobody reads what it says, and a full pipe would stop it: it goes into a file."""
    process = fresh_processes().Process(target=_say_it_in, args=(log, work, arguments))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


def _say_it_there(pipe: Connection, work: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    os.dup2(pipe.fileno(), STANDARD_ERROR)
    pipe.close()
    work(*arguments)


def _say_it_in(log: Path, work: Callable[..., object], arguments: tuple[Any, ...]) -> None:
    with log.open("wb") as file:
        os.dup2(file.fileno(), STANDARD_ERROR)
    work(*arguments)
