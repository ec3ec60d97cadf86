"""The campaign of a release: every kind of fault as often as the reliability matrix asks, and a table of it.

`make campaign` runs all of it, which takes hours; `make campaign MINUTES=10` shares ten minutes among the parts
and says how much of a release each got; `python -m tests.campaign --only kills --times 300` runs 300 of one. It
exits with 1 where anything was violated. The tests run a small sample of the same.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from tests.fault_rounds import changes_under_load, flipped_bits, lock_rounds, random_kills
from tests.key_timing import key_timing
from tests.many_files import many_files, mutated_documents
from tests.memory_limits import SHARES, ingest_with_limits
from tests.running import CHECKOUT
from tests.small_disks import NoSmallDisk, full_disk_rounds
from tests.soak import soak
from tests.starvation import starved

DISKS_MB = (2, 4, 8, 16, 32)
TOP_BYTES = 256


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of fault: `release` times for a release, done in batches of `batch` times.

    `run` gets an empty folder, how many times, how many were done before, and a seed; it returns what was
    violated. `weight` is its share of a budget. Where it is `in_one`, the times are minutes of one long run.
    """

    name: str
    what: str
    release: int
    batch: int
    weight: float
    run: Callable[[Path, int, int, int], Sequence[str]]
    in_one: bool = False


def _disks(folder: Path, times: int, done: int, _: int) -> list[str]:
    return [
        violation
        for megabytes in DISKS_MB[done : done + times]
        for violation in full_disk_rounds(folder / str(megabytes), megabytes, rounds=24)
    ]


def _soak(folder: Path, times: int, _: int, seed: int) -> list[str]:
    found = soak(folder, times, seed=seed)
    click.echo(found.line(), err=True)
    return found.violations


def _starved(folder: Path, times: int, _: int, __: int) -> list[str]:
    line, violations = starved(folder, times)
    click.echo(line, err=True)
    return violations


PARTS = (
    Part("kills", "kills at random moments of publishing", 1_000, 20, 3,
         lambda folder, times, _, seed: random_kills(folder / "index", times, seed=seed)),
    Part("flips", "random bits flipped in each file", 2_000, 25, 4,
         lambda folder, times, _, seed: flipped_bits(folder, times, seed=seed)),
    Part("bytes", "first bytes of each file, every bit", TOP_BYTES, 8, 4,
         lambda folder, times, done, seed: flipped_bits(
             folder, 0, seed=seed, every_bit_of=range(done, done + times))),
    Part("locks", "rounds of ten writers", 100, 5, 2,
         lambda folder, times, _, __: lock_rounds(folder / "index", times, within_s=1)),
    Part("changes", "publishes and rollbacks under load", 50, 10, 2,
         lambda folder, times, _, __: changes_under_load(folder, times)),
    Part("disks", "sizes of a disk that runs full", len(DISKS_MB), 1, 2, _disks),
    Part("memory", "ingests with too little memory", len(SHARES), 2, 2,
         lambda folder, times, done, _: ingest_with_limits(
             folder, CHECKOUT / "corpus", SHARES[done : done + times])),
    Part("documents", "documents with random damage", 20_000, 250, 3,
         lambda folder, times, _, seed: mutated_documents(folder, times, seed=seed)),
    Part("files", "small files, twenty thousand in a collection", 200_000, 20_000, 2,
         lambda folder, times, _, __: many_files(folder, times)),
    Part("keys", "wrong keys timed", 60_000, 30_000, 1,
         lambda _, times, __, seed: key_timing(times, seed=seed)[1]),
    Part("starved", "seconds with half of one processor, overloaded", 60, 20, 1, _starved),
    Part("soak", "minutes of soak", 24 * 60, 1, 4, _soak, in_one=True),
)  # fmt: skip


@click.command()
@click.option("--minutes", type=click.FloatRange(0, min_open=True), help="Share so much time among the parts.")
@click.option("--only", type=click.Choice([part.name for part in PARTS]), multiple=True, help="These parts alone.")
@click.option("--times", type=click.IntRange(1), help="So often, in place of a release's number.")
@click.option("--seed", default=20_260_131, show_default=True)
def campaign(minutes: float | None, only: tuple[str, ...], times: int | None, seed: int) -> None:
    """Run the faults of a release, or as many of them as the time allows."""
    parts = [part for part in PARTS if not only or part.name in only]
    table = Table("Part", "Fault", "Done", "Of a release", "Violations", "Seconds", box=None)
    console = Console(width=None if Console().is_terminal else 120)
    failed = False
    ends = None if minutes is None else time.monotonic() + minutes * 60
    for number, part in enumerate(parts):
        started = time.monotonic()
        share = part.weight / sum(later.weight for later in parts[number:])
        until = None if ends is None else started + (ends - started) * share
        done, violations, skipped = run_part(part, times or part.release, until, seed)
        failed = failed or bool(violations)
        cells = (f"{done:,}", f"{part.release:,}", skipped or str(len(violations)))
        table.add_row(part.name, part.what, *cells, f"{time.monotonic() - started:,.0f}")
        for violation in violations[:10]:
            console.print(f"{part.name}: {violation}", markup=False, soft_wrap=True)
        console.print(f"{part.name}: {cells[0]} done, {cells[2]} violations", markup=False)
    console.print(table)
    sys.exit(1 if failed else 0)


def run_part(part: Part, wanted: int, until: float | None, seed: int) -> tuple[int, list[str], str]:
    """How many were done, what was violated, and why the part could not be run here (else nothing)."""
    done, longest, violations = 0, 0.0, list[str]()
    while done < wanted:
        started = time.monotonic()
        # The first batch is always run: a part that got no turn has shown nothing.
        if done and until is not None and started + longest > until:
            break
        batch = min(part.batch, wanted - done)
        if part.in_one:
            batch = wanted if until is None else min(wanted, max(1, int(until - started) // 60))
        with TemporaryDirectory(prefix="footnoted-campaign-") as folder:
            try:
                violations += part.run(Path(folder), batch, done, seed + done)
            except NoSmallDisk as reason:
                return done, violations, str(reason)
        done += batch
        longest = max(longest, time.monotonic() - started)
    return done, violations, ""


if __name__ == "__main__":
    campaign()
