"""`footnoted eval calibrate`: fits when to say that the collection does not answer."""

from pathlib import Path
from typing import Any

import click

from api.commands.shared_options import index_option, json_option
from eval.refusal_exit import refusing


@click.command(short_help='When to say "not found" in this collection.')
@click.argument("dataset_path", metavar="[DATASET]", required=False, type=click.Path(exists=True, path_type=Path))
@index_option
@click.option(
    "--max-risk",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="Share of the answered questions that may be unanswerable, where both kinds are equally frequent.",
)
@click.option(
    "--questions", type=click.IntRange(20, 10_000), default=400, show_default=True, help="Made without DATASET."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@json_option
def calibrate(**options: Any) -> None:
    """Fit to this collection when to say "not found in this collection".

    On labelled questions (DATASET), or, without them, on questions made from the collection by leaving documents
    out: these are worded after the pages' titles, and what people write is then refused more often. Writes
    calibration.json into the index directory.

    \b
    Examples:
      footnoted eval calibrate
      footnoted eval calibrate my-questions --max-risk 0.02
    """
    from datetime import UTC, datetime

    from eval.calibration.run import run_calibrate

    with refusing():
        run_calibrate(**options, now=lambda: datetime.now(UTC))


@click.command("calibrate-default", hidden=True)
@click.argument("sources", metavar="INDEX[=DATASET]...", nargs=-1, required=True)
@click.option("--max-risk", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.05)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--seed", type=click.IntRange(0), default=0)
@click.option("--adding", help="Fit this number's weight alone, beside the present weights.")
def calibrate_default(sources: tuple[str, ...], **options: Any) -> None:
    """Fit the calibration that comes with the program: on every INDEX's own questions or on a DATASET's."""
    from datetime import UTC, datetime

    from eval.calibration.run import run_default

    with refusing():
        run_default(sources, **options, now=lambda: datetime.now(UTC))
