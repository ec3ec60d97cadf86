"""`footnoted serve`: the service and the question page on one port."""

import logging.config
import socket
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import click

from api.garbage import uncollected
from api.observing.logging_setup import LogFormat, logging_config
from api.server.listening import answers_at, listen, say
from api.setting_groups import GroupedCommand
from api.settings import Settings, settings_options


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
    with uncollected():  # until it is ready
        _serve_alone(settings)


def _serve_alone(settings: Settings) -> None:
    from api.opened_ahead import OpenedAhead

    # Encoder and index are opened while the rest is imported: on two cores a third of the start.
    ahead = OpenedAhead(settings.index_dir, dense_search=settings.dense_search)
    from api.app import create_app
    from api.server.run import open_traces, run_server

    traces = open_traces(settings)
    try:
        # Whatever the settings name and cannot be used: rules, keys, a rate, a network.
        app = create_app(settings, observers=() if traces is None else (traces,), lender=ahead)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    listener = _listen_safely(settings)
    for note in notes_on_writing(settings):
        say(settings, note)
    say(settings, f"Opening the index in {settings.index_dir} ...")
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
        say(settings, f"Opening the index in {settings.index_dir} for {settings.workers} workers ...")
        return Supervisor(settings, listener, announce=lambda: say(settings, answers_at(listener))).run()
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
