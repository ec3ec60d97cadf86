"""The campaign of a release: every kind of fault as often as the reliability matrix asks, and a table of it.

`make campaign`, or `python -m tests.campaign --kills 50 --flips 100` for less. It exits with 1 where anything was
violated. The tests run a small sample of the same.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from tests.fault_rounds import changes_under_load, flipped_bits, lock_rounds, random_kills


@click.command()
@click.option("--kills", default=1_000, show_default=True, help="Kills at random moments of publishing.")
@click.option("--flips", default=2_000, show_default=True, help="Random bits flipped in each file of an index.")
@click.option("--rounds", default=100, show_default=True, help="Times that ten writers compete for the lock.")
@click.option("--changes", default=50, show_default=True, help="Publishes and rollbacks under load.")
@click.option("--seed", default=20_260_131, show_default=True)
def campaign(kills: int, flips: int, rounds: int, changes: int, seed: int) -> None:
    """Run the faults of a release."""
    kinds: list[tuple[str, int, Callable[[Path], list[str]]]] = [
        ("kills at random moments", kills, lambda folder: random_kills(folder / "index", kills, seed=seed)),
        (
            "flipped bits a file, and cuts",
            flips,
            lambda folder: flipped_bits(folder, flips, seed=seed, exhaustive_bytes=256),
        ),
        ("rounds of ten writers", rounds, lambda folder: lock_rounds(folder / "index", rounds)),
        ("publishes and rollbacks under load", changes, lambda folder: changes_under_load(folder, changes)),
    ]
    table = Table("Fault", "Times", "Violations", "Seconds", box=None)
    console = Console()
    failed = False
    for name, times, run in kinds:
        started = time.monotonic()
        with TemporaryDirectory(prefix="footnoted-campaign-") as folder:
            violations = run(Path(folder))
        failed = failed or bool(violations)
        table.add_row(name, f"{times:,}", str(len(violations)), f"{time.monotonic() - started:,.0f}")
        for violation in violations[:10]:
            console.print(f"{name}: {violation}", markup=False, soft_wrap=True)
    console.print(table)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    campaign()
