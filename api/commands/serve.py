"""`footnoted serve`: the service and the question page on one port."""

import logging
import logging.config
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from api.observing.logging_setup import LogFormat, logging_config
from api.setting_groups import GroupedCommand
from api.settings import Settings, settings_options

if TYPE_CHECKING:
    from fastapi import FastAPI

    from api.observing.tracing import Traces

logger = logging.getLogger("footnoted.serve")

MAX_OPEN_FILES = 16_384
BACKLOG = 2_048
"""Connections that may wait to be taken."""
TAKEN_AT_ONCE = 16
THREAD_TURN_S = 0.000_5
"""After how long a thread that answers lets another run. The one that accepts and refuses needs many short turns;
with the 5 ms that Python gives a thread it was late in a flood."""


@click.command(
    cls=GroupedCommand,
    epilog="Every flag has a variable, FOOTNOTED_PORT for --port. Exit codes: 0 stopped, 2 usage, 3 the address "
    "cannot be listened on.",
)
@settings_options
def command(**options: Any) -> None:
    """Serve the question page and the HTTP API until stopped.

    Starts without an index too, answers 503 until one is published, and takes up each new generation by itself.

    \b
    Examples:
      footnoted serve                          # this machine alone, no keys
      footnoted serve --index /srv/index --port 8080
      footnoted serve --host 0.0.0.0 --keys keys.json --rate-limit 600/minute
      footnoted serve --llm-url http://127.0.0.1:8080/v1 --llm-model NAME
    """
    settings = Settings(**options)
    logging.config.dictConfig(logging_config(LogFormat(settings.log_format)))
    if settings.workers > 1:
        sys.exit(_serve_with_workers(settings))
    from api.encoder_ahead import EncoderAhead

    # The encoder is compiled while the rest is imported: on two cores a quarter of the start.
    ahead = EncoderAhead(settings.index_dir)
    from api.app import create_app

    traces = open_traces(settings)
    try:
        # Whatever the settings name and cannot be used: rules, keys, a rate, a network.
        app = create_app(settings, observers=() if traces is None else (traces,), lender=ahead.take)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    listener = _listen_safely(settings)
    for note in notes_on_writing(settings):
        _say(settings, note)
    _say(settings, f"Opening the index in {settings.index_dir} ...")
    try:
        run_server(app, settings, listener)
    finally:
        if traces is not None:
            traces.close()


def _serve_with_workers(settings: Settings) -> int:
    """Serves with several processes; the exit code."""
    from api.workers.supervisor import Supervisor, WorkersRefused

    try:
        listener = _listen_safely(settings)
        _say(settings, f"Opening the index in {settings.index_dir} for {settings.workers} workers ...")
        return Supervisor(settings, listener, announce=lambda: _say(settings, _answers_at(listener))).run()
    except WorkersRefused as error:
        raise click.UsageError(str(error)) from error


def _listen_safely(settings: Settings) -> socket.socket:
    """The listening socket, where nobody is let in by accident. Raises UsageError."""
    listener = listen(settings.host, settings.port)
    try:
        if settings.insecure or _is_loopback(listener) or _has_keys(settings):
            return listener
    except ValueError as error:
        listener.close()
        raise click.UsageError(str(error)) from error
    listener.close()
    raise click.UsageError(
        "others can reach this address, and there are no keys: make one with `footnoted keys add NAME` and "
        "serve with --keys FILE, or say --insecure"
    )


def _say(settings: Settings, message: str) -> None:
    """A line on standard error in the form that the log has."""
    if settings.log_format == LogFormat.JSON:
        logger.info(message)
    else:
        with suppress(OSError):  # a disk that is full of logs is no reason not to answer
            click.echo(message, err=True)


def open_traces(settings: Settings) -> "Traces | None":
    """Traces where the environment asks for them and their libraries are there."""
    from api.app import program_version
    from api.observing.tracing import TracingUnavailable, open_tracing, wants_traces

    if not wants_traces(os.environ):
        return None
    try:
        return open_tracing(os.environ, version=program_version())
    except TracingUnavailable as missing:
        # Often the variables are set for a whole machine: a service that answers is worth more than its traces.
        _say(settings, f"no traces: {missing}")
        return None


def _has_keys(settings: Settings) -> bool:
    from api.admission.keys import read_keys

    return settings.keys_file is not None and bool(read_keys(settings.keys_file).keys)


def notes_on_writing(settings: Settings) -> Iterator[str]:
    """What keeps documents from being written although a folder for them is named."""
    from api.admission.keys import KeyRing, Scope, read_keys

    if settings.documents_dir is None:
        return
    if not settings.documents_dir.is_dir():
        yield (
            f"Note: there is no folder {settings.documents_dir} yet. It has to be the one that the index was "
            "ingested from; where nothing was, the first document makes it."
        )
    ring = KeyRing(()) if settings.keys_file is None else read_keys(settings.keys_file)
    if not ring.allows(Scope.WRITE):
        yield (
            "Note: nobody may write to --documents: no key has the scope write. Make one with "
            "`footnoted keys add NAME --scope read --scope write`, and serve with --keys FILE."
        )


def _is_loopback(listener: socket.socket) -> bool:
    return ip_address(listener.getsockname()[0].partition("%")[0]).is_loopback


def listen(host: str, port: int) -> socket.socket:
    """A bound socket, taken before the index is opened so that a port in use is known at once."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        click.echo(
            f"cannot listen on {host} port {port} ({error.strerror}); choose another with --host and --port",
            err=True,
        )
        sys.exit(3)
    return listener


def run_server(
    app: "FastAPI",
    settings: "Settings",
    listener: socket.socket,
    *,
    worker: int | None = None,
    announce: Callable[[], None] | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT, lets open requests finish, then ends the process with 0.

    `worker` is the number of this process where it is one of several; `announce` is called once it answers, in
    place of saying where.
    """
    import asyncio

    import uvicorn

    from api.http.connection import Connection
    from api.http.limits import Deadlines
    from api.http.lock_keeping_socket import LockKeepingSocket
    from api.observing.loop_faults import LoopFaults

    class AnnouncedServer(uvicorn.Server):
        """Says once it answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            asyncio.get_running_loop().set_exception_handler(LoopFaults())
            await super().startup(sockets)
            if not self.started:
                return
            listener.listen(BACKLOG)  # asyncio has set it to `backlog` of the configuration
            if announce is None:
                _say(settings, _answers_at(listener))
            else:
                announce()

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
    listener = LockKeepingSocket.of(listener, open_files=open_files)
    AnnouncedServer(config).run(sockets=[listener])


def _raise_open_files() -> int:
    """Lets this process have as many connections as the system allows it: the soft limit is often 1,024.

    Returns how many files it may have open.
    """
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _answers_at(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    return f"Footnoted answers at {address} (stop with Ctrl+C)"
