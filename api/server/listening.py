"""The socket that the service listens on, and what is said of it in the terminal."""

import logging
import socket
import sys
from contextlib import suppress

import click

from api.observing.logging_setup import LogFormat
from api.settings import Settings

logger = logging.getLogger("footnoted.serve")


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


def answers_at(listener: socket.socket) -> str:
    """Where the service answers, as a line for people."""
    host, port = listener.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    return f"Footnoted answers at {address} (stop with Ctrl+C)"


def say(settings: Settings, message: str) -> None:
    """A line on standard error in the form that the log has."""
    if settings.log_format == LogFormat.JSON:
        logger.info(message)
    else:
        with suppress(OSError):  # a disk that is full of logs is no reason not to answer
            click.echo(message, err=True)
