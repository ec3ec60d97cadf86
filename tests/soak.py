"""A soak: the whole program under half its load while its collection changes and its ingests are killed (F25).

A real server over a real index, real ingests; what is watched is answers, memory, open files and threads.
"""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import fmean, linear_regression

from eval.measures.percentiles import quantile
from eval.performance.load import Target, capacity, offer, warm_up
from retriever.errors import FootnotedError
from retriever.index import Index
from tests.running import CHECKOUT, server

SERVE = "from footnoted import main; main()"
LOOK_EVERY_S = 2.0
WARM_SHARE = 0.3
"""How much of a soak does not count for the slope of memory: caches fill, and the allocator finds its size."""
LARGEST_SLOPE = 0.01
"""Of the memory, an hour."""
LARGEST_NOISE = 0.05
"""What a soak of minutes may show in all: its slope in an hour would be the noise, many times over."""
BLOCKS = 12
"""Into which the looks at memory are gathered: one look resembles the next, and would feign certainty."""
STUDENT_T = 2.228
"""Of 95 %, for a straight line through that many blocks (ten degrees of freedom)."""
MORE_FILES, MORE_THREADS = 8, 2
"""How many more the second half of a soak may have than the first: a connection or a pool that comes and goes."""
QUESTIONS = ("What does denosumab do?", "How are falls prevented?", "Who is at risk of bone loss?", "calcium")


@dataclass(frozen=True, slots=True)
class Slope:
    """Growth of memory as a share of its mean, an hour, and the ends of its interval of 95 %."""

    an_hour: float
    low: float
    high: float


@dataclass(slots=True)
class Soaked:
    """What a soak showed; memory in bytes, latencies of answers in seconds."""

    seconds: float = 0.0
    offered: float = 0.0
    refused: int = 0
    failed: Counter[int] = field(default_factory=Counter)
    publishes: int = 0
    kills: int = 0
    latencies: list[float] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def slope(self) -> Slope:
        """Growth of memory after the warm-up."""
        return slope_of([look for look in self.memory if look[0] >= self.seconds * WARM_SHARE])

    def line(self) -> str:
        """What a person wants to know of it."""
        sizes, slope = [size for _, size in self.memory] or [0], self.slope
        p50_ms, p99_ms = (quantile(self.latencies, share) * 1_000 for share in (0.5, 0.99))
        quarters = ", ".join(f"{sizes[round((len(sizes) - 1) * quarter / 4)] / 1e6:.0f}" for quarter in range(5))
        return (
            f"soak of {self.seconds / 60:.1f} min at {self.offered:.1f} questions/s: {len(self.latencies):,} "
            f"answered (p50 {p50_ms:.0f}, p99 {p99_ms:.0f} ms), {self.refused:,} refused, "
            f"{self.failed.total():,} failed; {self.publishes} publishes, {self.kills} killed ingests; memory "
            f"{quarters} MB at the start and the quarters (most {max(sizes) / 1e6:.0f}), {slope.an_hour:+.1%} an "
            f"hour after warm-up ({slope.low:+.1%} to {slope.high:+.1%}); open files "
            f"{_first_and_later(self.files)}, threads {_first_and_later(self.threads)} (most in the two "
            "halves)"
        )


def slope_of(looks: Sequence[tuple[float, int]]) -> Slope:
    """The slope of a straight line through the means of BLOCKS stretches; nothing is known of too few looks."""
    if len(looks) < BLOCKS:
        return Slope(0.0, float("-inf"), float("inf"))
    edges = [round(len(looks) * number / BLOCKS) for number in range(BLOCKS + 1)]
    blocks = [looks[start:end] for start, end in pairwise(edges)]
    hours = [fmean(at for at, _ in block) / 3_600 for block in blocks]
    sizes = [fmean(size for _, size in block) for block in blocks]
    slope, start = linear_regression(hours, sizes)
    left = sum((size - start - slope * hour) ** 2 for hour, size in zip(hours, sizes, strict=True))
    spread = sum((hour - fmean(hours)) ** 2 for hour in hours)
    around = STUDENT_T * (left / (BLOCKS - 2) / spread) ** 0.5
    return Slope(*(value / fmean(sizes) for value in (slope, slope - around, slope + around)))


def _first_and_later(counts: Sequence[int]) -> str:
    return " and ".join(map(str, _halves(counts)))


def _halves(counts: Sequence[int]) -> tuple[int, int]:
    """The most of the first half, and of the second."""
    half = len(counts) // 2
    return max(counts[:half], default=0), max(counts[half:], default=0)


def soak(folder: Path, minutes: float, *, seed: int) -> Soaked:
    """Serves the collection of the checkout for that long, and changes it meanwhile."""
    found, seconds = Soaked(), minutes * 60
    pages, index_dir = folder / "pages", folder / "index"
    shutil.copytree(CHECKOUT / "corpus", pages)
    _ingest(pages, index_dir).wait()
    with server(SERVE, "serve", "--index", str(index_dir), "--port", "0") as (process, address):
        assert process.stderr is not None
        log = threading.Thread(target=process.stderr.read)  # nobody else reads it, and a full pipe stops a server
        log.start()
        over = threading.Event()
        target = Target(address, QUESTIONS)
        asyncio.run(warm_up(target, 10))
        # On a machine that is busy with other things two seconds may answer nothing.
        rate = max(1.0, *(step.answered for step in asyncio.run(capacity(target, 2, at_most=16)))) / 2
        started = time.monotonic()
        looking = threading.Thread(target=_look, args=(found, process.pid, started, over))
        changing = threading.Thread(target=_change, args=(found, pages, index_dir, seconds, over, seed))
        looking.start()
        changing.start()
        exchanges, _ = asyncio.run(offer(target, rate, seconds, seed=seed))
        over.set()
        changing.join()
        looking.join()
        found.seconds = time.monotonic() - started
        process.send_signal(signal.SIGTERM)
        if process.wait(30) != 0:
            found.violations.append(f"the server ended with {process.returncode}")
        log.join()
    found.offered = len(exchanges) / seconds
    found.latencies = [one.ended_s - one.due_s for one in exchanges if one.status == 200]
    found.refused = sum(one.status == 503 for one in exchanges)
    found.failed = Counter(one.status for one in exchanges if one.status not in (200, 503))
    found.violations += judged(found)
    return found


def judged(found: Soaked) -> list[str]:
    """What of it is not as it should be."""
    violations = [f"{times} questions got status {status or 'none'}" for status, times in found.failed.items()]
    slope, hours = found.slope, found.seconds * (1 - WARM_SHARE) / 3_600
    if found.seconds >= 3_600 and slope.low > LARGEST_SLOPE:
        violations.append(f"memory grows by {slope.low:.1%} an hour at least")
    if slope.an_hour * hours > LARGEST_NOISE:
        violations.append(f"memory grew by {slope.an_hour * hours:.1%} after the warm-up")
    for what, counts, more in (("open files", found.files, MORE_FILES), ("threads", found.threads, MORE_THREADS)):
        first, later = _halves(counts)
        if later > first + more:
            violations.append(f"{what} grew from {first} to {later}")
    return violations


def _look(found: Soaked, pid: int, started: float, over: threading.Event) -> None:
    page = os.sysconf("SC_PAGE_SIZE")
    while not over.wait(LOOK_EVERY_S):
        size = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * page
        found.memory.append((time.monotonic() - started, size))
        found.files.append(len(list(Path(f"/proc/{pid}/fd").iterdir())))
        found.threads.append(len(list(Path(f"/proc/{pid}/task").iterdir())))


def _change(found: Soaked, pages: Path, index_dir: Path, seconds: float, over: threading.Event, seed: int) -> None:
    """Twenty-four rounds, as hours of a day: a kill at a random moment of an ingest, then one that publishes."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    number = 0
    while not over.wait(max(2.0, seconds / 24)):
        number += 1
        page = pages / "soak.md"
        page.write_text(f"# Edition {number}\n\nThis is edition {number} of this page.\n", encoding="utf-8")
        killed = _ingest(pages, index_dir)
        try:
            killed.wait(chance.uniform(0.2, 5.0))
        except subprocess.TimeoutExpired:
            killed.kill()
            found.kills += 1
        killed.wait()
        page.write_text(f"# Edition {number}\n\nThis is edition {number}, told anew.\n", encoding="utf-8")
        code = _ingest(pages, index_dir).wait()
        if code != 0:
            found.violations.append(f"ingest {number} ended with {code}")
            continue
        found.publishes += 1
        try:
            Index.open(index_dir)
        except FootnotedError as error:
            found.violations.append(f"after ingest {number}: {error}")


def _ingest(pages: Path, index_dir: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "footnoted", "ingest", str(pages), "--index", str(index_dir)]
    return subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
