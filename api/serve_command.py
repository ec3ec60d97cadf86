"""`footnoted serve`: the service and the question page on one port."""

import signal
import socket
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from api.settings import Settings, settings_options

if TYPE_CHECKING:
    from fastapi import FastAPI

_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "line"}},
    "loggers": {
        "footnoted": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
        # Above warnings uvicorn repeats addresses, which may hold what a caller wrote.
        "uvicorn": {"level": "WARNING", "handlers": ["stderr"], "propagate": False},
    },
}


@click.command()
@settings_options
def command(**options: Any) -> None:
    """Serve the question page and the HTTP API until stopped.

    Starts without an index too, answers 503 until one is published, and takes up each new generation by itself.
    """
    from api.app import create_app
    from retriever.routing import RoutingRulesInvalid

    settings = Settings(**options)
    try:
        app = create_app(settings)
    except RoutingRulesInvalid as error:
        raise click.UsageError(str(error)) from error
    listener = listen(settings.host, settings.port)
    click.echo(f"Opening the index in {settings.index_dir} ...", err=True)
    run_server(app, settings, listener)


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


def run_server(app: "FastAPI", settings: "Settings", listener: socket.socket) -> None:
    """Serves until SIGTERM or SIGINT, lets open requests finish, then ends the process with 0."""
    import uvicorn

    class AnnouncedServer(uvicorn.Server):
        """Says where it answers once it does."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                click.echo(f"Footnoted answers at {_address(listener)} (stop with Ctrl+C)", err=True)

    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        log_config=_LOGGING,
        access_log=False,
        server_header=False,
        # Forwarded headers are anybody's to write; nothing here depends on them.
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=settings.shutdown_grace_s,
        h11_max_incomplete_event_size=32 * 1024,
    )
    # uvicorn drains on these signals, then raises them again for the handler that stood before: leave with 0.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    AnnouncedServer(config).run(sockets=[listener])


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
