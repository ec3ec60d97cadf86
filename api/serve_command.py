"""`footnoted serve`: the service and the question page on one port."""

import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from api.index_option import index_option

if TYPE_CHECKING:
    from fastapi import FastAPI

    from api.settings import Settings

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
@index_option
@click.option("--host", default="127.0.0.1", envvar="FOOTNOTED_HOST", show_default=True, show_envvar=True)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    envvar="FOOTNOTED_PORT",
    show_default=True,
    show_envvar=True,
    help="0 takes any free port.",
)
@click.option(
    "--reload-interval",
    "reload_interval_s",
    type=click.FloatRange(0.01, 3_600),
    default=1.0,
    envvar="FOOTNOTED_RELOAD_INTERVAL",
    show_default=True,
    show_envvar=True,
    help="Seconds between two looks for a newly published generation.",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=2,
    envvar="FOOTNOTED_THREADS",
    show_default=True,
    show_envvar=True,
    help="Questions worked on at the same time.",
)
@click.option(
    "--shutdown-grace",
    "shutdown_grace_s",
    type=click.IntRange(0, 600),
    default=10,
    envvar="FOOTNOTED_SHUTDOWN_GRACE",
    show_default=True,
    show_envvar=True,
    help="Seconds that open requests may take to finish once the service is told to stop.",
)
@click.option(
    "--freshness",
    type=click.Choice(["ignore", "warn", "demote", "exclude"]),
    default="warn",
    envvar="FOOTNOTED_FRESHNESS",
    show_default=True,
    show_envvar=True,
    help="Pages overdue for review: say nothing, warn, rank them behind the others, or leave them out.",
)
@click.option(
    "--routing-rules",
    metavar="FILE|off",
    default=None,
    envvar="FOOTNOTED_ROUTING_RULES",
    show_envvar=True,
    help="Rules that tell an emergency from a question, in place of the program's own; off for none.",
)
def command(
    index_dir: Path,
    host: str,
    port: int,
    reload_interval_s: float,
    threads: int,
    shutdown_grace_s: int,
    freshness: str,
    routing_rules: str | None,
) -> None:
    """Serve the question page and the HTTP API until stopped.

    Starts without an index too, answers 503 until one is published, and takes up each new generation by itself.
    """
    from api.app import create_app
    from api.settings import Settings
    from retriever.governance import FreshnessPolicy
    from retriever.routing import RoutingRulesInvalid

    settings = Settings(
        index_dir=index_dir,
        host=host,
        port=port,
        reload_interval_s=reload_interval_s,
        retrieval_threads=threads,
        shutdown_grace_s=shutdown_grace_s,
        freshness=FreshnessPolicy(freshness),
        routing=routing_rules != "off",
        routing_rules=None if routing_rules in (None, "off") else Path(routing_rules),
    )
    try:
        app = create_app(settings)
    except RoutingRulesInvalid as error:
        raise click.UsageError(str(error)) from error
    listener = listen(host, port)
    click.echo(f"Opening the index in {index_dir} ...", err=True)
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
