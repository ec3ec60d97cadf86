"""`footnoted mcp`: the tools of the Model Context Protocol over standard input and output."""

from functools import partial
from typing import Any

import click

from api.settings import Settings, settings_options

_USED = frozenset(
    {"index_dir", "reload_interval_s", "retry_interval_s", "threads", "waiting_limit", "wait_limit_s"}
    | {"freshness", "routing", "routing_rules", "synonyms"}
)


@click.command(
    epilog="A chat program starts this itself; docs/mcp.md shows the lines that it wants. Talk is on stderr."
)
@partial(settings_options, only=_USED)
def command(**options: Any) -> None:
    """Serve the tools search, fetch and ask over standard input and output, until the input ends.

    The same answers as over HTTP, without a port. Starts without an index too, and takes up each new generation by
    itself.
    """
    import asyncio

    from api.app import create_app

    settings = Settings(**options)
    try:
        # Whatever the settings name and cannot be used.
        app = create_app(settings)
    except ValueError as error:
        raise click.UsageError(str(error)) from error

    async def serve() -> None:
        from mcp.server.stdio import stdio_server

        from api.mcp.server import make_server

        async with app.router.lifespan_context(app), stdio_server() as (messages, answers):
            server = make_server(app.state.service, version=app.version)
            await server.run(messages, answers, server.create_initialization_options())

    asyncio.run(serve())
