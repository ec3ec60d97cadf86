"""The supervisor: starts the workers, replaces one that ends, ends them all. It answers no question itself."""

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from threading import Lock, Thread
from types import FrameType
from typing import Any

from api.setting_kinds import Secret
from api.settings import Settings
from api.workers.copy_holder import CopyHolder
from api.workers.messages import Message, receive, send
from retriever.child_environment import child_environment

logger = logging.getLogger("footnoted.workers")

LOOK_S = 0.1
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
"""How long a worker that has ended is waited for; twice as long each time, until one has lived for a minute."""
STEADY_S = 60.0
COUNTS_S = 2.0
"""How long the others may take to say what they count."""
ENDING_S = 5.0
"""What a worker may take to end beyond the time that open requests have."""


class WorkersRefused(ValueError):
    """No worker can start with these settings; the message is the worker's own."""


@dataclass(slots=True)
class _Worker:
    """One place among the workers, and the process that has it now, or when it gets the next one."""

    number: int
    process: "subprocess.Popen[bytes] | None" = None
    channels: tuple[socket.socket, ...] = ()
    is_ready: bool = False
    started_at: float = 0.0
    restart_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S


class Supervisor:
    """Keeps as many workers as the settings say on one listening socket."""

    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        *,
        announce: Callable[[], None],
        program: str = "api.worker",
    ) -> None:
        """`announce` is called once, when all workers answer; `program` is the module that a worker runs."""
        self._settings = settings
        self._listener = listener
        self._announce = announce
        self._program = program
        self._holder = CopyHolder(settings.index_dir, dense_search=settings.dense_search)
        self._workers = [_Worker(number) for number in range(1, settings.workers + 1)]
        self._asking = Lock()
        self._asked = 0
        self._refusal: str | None = None
        self._was_ready = False
        self._is_stopping = False

    def run(self) -> int:
        """Serves until SIGTERM or SIGINT; the exit code. Raises WorkersRefused where the settings are at fault."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as `nohup` asks for
            signal.signal(signal.SIGHUP, self._stop)
        code = 0
        try:
            for worker in self._workers:
                self._start(worker)
            while not self._is_stopping and self._refusal is None:
                time.sleep(LOOK_S)
                self._look()
                if self._is_hopeless():
                    logger.error("a worker ended before it could answer; the service stops")
                    code = 3
                    break
        finally:
            self._end()
        if self._refusal is not None:
            raise WorkersRefused(self._refusal)
        return code

    def _is_hopeless(self) -> bool:
        """Whether a worker ended before all have ever answered: what ended it would end each that follows."""
        ended = any(worker.process is None for worker in self._workers)
        return ended and not (self._was_ready or self._is_stopping or self._refusal is not None)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._is_stopping = True

    def _start(self, worker: _Worker) -> None:
        pairs = [socket.socketpair() for _ in range(3)]
        theirs = [pair[1] for pair in pairs]
        descriptors = [self._listener.fileno(), *(one.fileno() for one in theirs)]
        worker.process = subprocess.Popen(  # noqa: S603 - our own module, arguments as a list
            [sys.executable, "-m", self._program, str(worker.number), *map(str, descriptors)],
            stdin=subprocess.DEVNULL,
            pass_fds=descriptors,
            env=child_environment(),
        )
        for one in theirs:
            one.close()
        worker.channels = tuple(pair[0] for pair in pairs)
        worker.is_ready, worker.started_at = False, time.monotonic()
        index, counts, _ = worker.channels
        for serve, channel in ((self._serve_index, index), (self._serve_counts, counts)):
            Thread(target=serve, args=(worker, channel), daemon=True).start()

    def _look(self) -> None:
        """Notices workers that have ended, starts those whose pause is over, announces that all answer."""
        for worker in self._workers:
            if worker.process is not None and worker.process.poll() is not None:
                self._ended(worker, worker.process)
            elif worker.process is None and time.monotonic() >= worker.restart_at and self._was_ready:
                self._start_again(worker)
        if not self._was_ready and all(worker.is_ready for worker in self._workers):
            self._was_ready = True
            self._announce()

    def _start_again(self, worker: _Worker) -> None:
        try:
            self._start(worker)
        except OSError as error:
            worker.pause_s = min(worker.pause_s * 2, LONGEST_PAUSE_S)
            worker.restart_at = time.monotonic() + worker.pause_s
            logger.error(
                "worker %d cannot be started (%s); again in %g s", worker.number, error.strerror, worker.pause_s
            )

    def _ended(self, worker: _Worker, process: "subprocess.Popen[bytes]") -> None:
        lived_s = time.monotonic() - worker.started_at
        worker.pause_s = FIRST_PAUSE_S if lived_s > STEADY_S else min(worker.pause_s * 2, LONGEST_PAUSE_S)
        _let_go(worker)
        worker.restart_at = time.monotonic() + worker.pause_s
        if self._was_ready:
            logger.error(
                "worker %d (process %d) %s; another one starts in %g s",
                worker.number,
                process.pid,
                _how_it_ended(process.returncode),
                worker.pause_s,
            )

    def _serve_index(self, worker: _Worker, channel: socket.socket) -> None:
        """Answers one worker about the index, and hears whether it is ready, until it ends."""
        try:
            send(channel, _content_of(self._settings))
            while (asked := receive(channel)) is not None:
                answer = self._answer(worker, asked.content)
                try:
                    send(channel, answer.content, answer.descriptor)
                finally:
                    if answer.descriptor is not None:
                        os.close(answer.descriptor)
        except OSError:
            return  # the worker has ended, which `_look` notices

    def _answer(self, worker: _Worker, asked: Mapping[str, Any]) -> Message:
        match asked:
            case {"ask": "published"}:
                return self._holder.current()
            case {"ask": "last good"}:
                return self._holder.last_good()
            case {"tell": "ready"}:
                worker.is_ready = True
                if self._was_ready:
                    logger.info("worker %d answers again", worker.number)
            case {"tell": "refused", "reason": reason}:
                self._refusal = reason
        return Message({"heard": True})

    def _serve_counts(self, worker: _Worker, channel: socket.socket) -> None:
        """Answers one worker what all the others count, until it ends."""
        try:
            while receive(channel) is not None:
                send(channel, {"workers": self._counts_of_others(worker)})
        except OSError:
            return

    def _counts_of_others(self, asking: _Worker) -> list[Mapping[str, Any]]:
        with self._asking:
            self._asked += 1
            others = [each for each in self._workers if each is not asking and each.is_ready]
            asked = [each.channels[2] for each in others if each.channels]
            return _answers(asked, number=self._asked)

    def _end(self) -> None:
        """Ends all workers: open requests may finish, whoever takes longer than it may is killed."""
        self._is_stopping = True
        self._listener.close()
        self._holder.close()
        running = [worker.process for worker in self._workers if worker.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + self._settings.shutdown_grace_s + ENDING_S
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                logger.error("process %d did not end in time and is killed", process.pid)
                process.kill()
                process.wait()
        for worker in self._workers:
            _let_go(worker)


def _let_go(worker: _Worker) -> None:
    for channel in worker.channels:
        # Another thread may be waiting on it: this wakes it, which closing alone would not.
        with suppress(OSError):
            channel.shutdown(socket.SHUT_RDWR)
        channel.close()
    worker.process, worker.channels, worker.is_ready = None, (), False


def _answers(channels: Sequence[socket.socket], *, number: int) -> list[Mapping[str, Any]]:
    """What comes back on these channels for one number, within COUNTS_S; who is too slow or gone is left out."""
    deadline, found, waiting = time.monotonic() + COUNTS_S, [], []
    for channel in channels:
        with suppress(OSError):
            channel.settimeout(COUNTS_S)
            send(channel, {"number": number})
            waiting.append(channel)
    for channel in waiting:
        with suppress(OSError):
            channel.settimeout(max(0.001, deadline - time.monotonic()))
            answer = receive(channel)
            while answer is not None and answer.content["number"] != number:
                answer = receive(channel)  # what came too late for an earlier question
            if answer is not None:
                found.append(answer.content)
    return found


def _content_of(settings: Settings) -> dict[str, Any]:
    """The settings as a message; `Settings` makes paths and secrets of them again."""
    return {each.name: _plain(getattr(settings, each.name)) for each in fields(settings)}


def _plain(value: Any) -> Any:
    match value:
        case Path():
            return str(value)
        case Secret():
            return value.value
        case _:
            return value


def _how_it_ended(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
