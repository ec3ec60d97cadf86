"""The option `--index` of every command that reads an index."""

from pathlib import Path

import click

from api.settings import DEFAULT_INDEX

index_option = click.option(
    "--index",
    "index_dir",
    type=click.Path(path_type=Path),
    default=DEFAULT_INDEX,
    envvar="FOOTNOTED_INDEX",
    show_default=True,
    show_envvar=True,
    help="Directory that `footnoted ingest` publishes into.",
)
