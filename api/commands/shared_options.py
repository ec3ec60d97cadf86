"""Options of several commands that read an index: where it lies, how it is searched, JSON in place of text."""

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
mode_option = click.option(
    "--mode",
    type=click.Choice(["hybrid", "dense", "lexical"]),
    default="hybrid",
    show_default=True,
    help="Search by meaning (dense), by words (lexical) or both.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
