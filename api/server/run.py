"""Running an application on a socket until the process is told to stop."""

import asyncio
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from threading import Thread
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.garbage import spare_what_is_made
from api.observing.logging_setup import LogFormat, logging_config
from api.observing.loop_faults import LoopFaults
from api.observing.tracing import Traces, TracingUnavailable, open_tracing, wants_traces
from api.server.connection import Connection
from api.server.limits import Deadlines
from api.server.listening import answers_at, say
from api.server.lock_keeping_socket import LockKeepingSocket
from api.settings import Settings
from api.version import program_version
from retriever.late_pattern import compile_late_patterns
from retriever.search.english import english_words

MAX_OPEN_FILES = 16_384
BACKLOG = 2_048
"""Connections that may wait to be taken."""
TAKEN_AT_ONCE = 16
THREAD_TURN_S = 0.000_5
"""After how long a thread that answers lets another run. The one that accepts and refuses needs many short turns;
with the 5 ms that Python gives a thread it was late in a flood."""

RESTING = 4.0
"""For how many times as long as a pattern takes to compile the first questions have Python to themselves."""


class AnnouncedServer(uvicorn.Server):
    """Says once it answers."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._listener = listener
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes the connections."""
        asyncio.get_running_loop().set_exception_handler(LoopFaults())
        await super().startup(sockets)
        if self.started:
            self._listener.listen(BACKLOG)  # asyncio has set it to `backlog` of the configuration
            self._announce()
            Thread(target=_make_the_rest, name="make-the-rest", daemon=True).start()


def run_server(
    app: FastAPI,
    settings: Settings,
    listener: socket.socket,
    *,
    worker: int | None = None,
    announce: Callable[[], None] | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT, lets open requests finish, then ends the process with 0.

    `worker` is the number of this process where it is one of several; `announce` is called once it answers, in
    place of saying where.
    """
    config = uvicorn.Config(
        app,
        http=partial(  # type: ignore[arg-type]
            Connection,
            deadlines=Deadlines(body_s=settings.body_timeout_s + 1),
            refusals=app.state.quick_refusals,
        ),
        ws="none",
        loop="asyncio",
        log_config=logging_config(LogFormat(settings.log_format), worker=worker),
        access_log=False,
        server_header=False,
        # Forwarded headers are anybody's to write; nothing here depends on them.
        proxy_headers=False,
        timeout_keep_alive=5,
        # How many connections asyncio takes before it does anything else: one, where other workers may be idle.
        backlog=1 if settings.workers > 1 else TAKEN_AT_ONCE,
        timeout_graceful_shutdown=settings.shutdown_grace_s,
    )
    open_files = _raise_open_files()
    sys.setswitchinterval(THREAD_TURN_S)
    # uvicorn drains on these signals, then raises them again for the handler that stood before: leave with 0.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as `nohup` asks for
        signal.signal(signal.SIGHUP, _hang_up)
    listener = LockKeepingSocket.of(listener, open_files=open_files)
    told = announce or (lambda: say(settings, answers_at(listener)))
    AnnouncedServer(config, listener, told).run(sockets=[listener])


def open_traces(settings: Settings) -> Traces | None:
    """Traces where the environment asks for them and their libraries are there."""
    if not wants_traces(os.environ):
        return None
    try:
        return open_tracing(os.environ, version=program_version())
    except TracingUnavailable as missing:
        # Often the variables are set for a whole machine: a service that answers is worth more than its traces.
        say(settings, f"no traces: {missing}")
        return None


def _make_the_rest() -> None:
    """What a question may need and a start does not, made beside the first questions."""
    spare_what_is_made()
    english_words()
    compile_late_patterns(resting=RESTING)


def _raise_open_files() -> int:
    """Lets this process have as many connections as the system allows it: the soft limit is often 1,024.

    Returns how many files it may have open.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _hang_up(_signal: int, _frame: FrameType | None) -> None:
    """A closed terminal is no reason to cut an answer off."""
    os.kill(os.getpid(), signal.SIGTERM)
