"""A soak: the whole program under half its load while its collection changes and its ingests are killed (F25).

A real server over a real index, real ingests; what is watched is answers, memory and open files.
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
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

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
QUESTIONS = ("What does denosumab do?", "How are falls prevented?", "Who is at risk of bone loss?", "calcium")


@dataclass(slots=True)
class Soaked:
    """What a soak showed; memory in bytes."""

    seconds: float = 0.0
    offered: float = 0.0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    publishes: int = 0
    kills: int = 0
    memory: list[tuple[float, int]] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def slope(self) -> float:
        """Growth of memory after the warm-up: a share of its mean, in an hour."""
        return slope_of([look for look in self.memory if look[0] >= self.seconds * WARM_SHARE]) * 3_600

    def line(self) -> str:
        """What a person wants to know of it."""
        sizes = [size for _, size in self.memory] or [0]
        return (
            f"soak of {self.seconds / 60:.1f} min at {self.offered:.1f} questions/s: {self.answered:,} answered, "
            f"{self.refused:,} refused, {self.failed:,} failed; {self.publishes} publishes, {self.kills} killed "
            f"ingests; memory {sizes[0] / 1e6:.0f} to {sizes[-1] / 1e6:.0f} MB (most {max(sizes) / 1e6:.0f}), "
            f"{self.slope:+.1%} an hour after warm-up; open files {min(self.files, default=0)} to "
            f"{max(self.files, default=0)}"
        )


def slope_of(looks: Sequence[tuple[float, int]]) -> float:
    """The slope of a straight line through the looks, as a share of their mean and second."""
    if len(looks) < 3:
        return 0.0
    times, sizes = [time for time, _ in looks], [size for _, size in looks]
    middle, mean = sum(times) / len(times), sum(sizes) / len(sizes)
    spread = sum((time - middle) ** 2 for time in times)
    rise = sum((time - middle) * (size - mean) for time, size in looks)
    return rise / spread / mean if spread else 0.0


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
    found.answered = sum(one.status == 200 for one in exchanges)
    found.refused = sum(one.status == 503 for one in exchanges)
    found.failed = len(exchanges) - found.answered - found.refused
    _judge(found)
    return found


def _judge(found: Soaked) -> None:
    if found.failed:
        found.violations.append(f"{found.failed} questions failed")
    late = [size for at, size in found.memory if at >= found.seconds * WARM_SHARE]
    if found.seconds >= 3_600 and found.slope > LARGEST_SLOPE:
        found.violations.append(f"memory grows by {found.slope:.1%} an hour")
    if found.slope * found.seconds / 3_600 > LARGEST_NOISE:
        found.violations.append(f"memory grew from {late[0]:,} to {late[-1]:,} bytes")
    half = len(found.files) // 2
    if half and max(found.files[half:]) > max(found.files[:half]) + 8:
        found.violations.append(f"open files grew from {max(found.files[:half])} to {max(found.files[half:])}")


def _look(found: Soaked, pid: int, started: float, over: threading.Event) -> None:
    page = os.sysconf("SC_PAGE_SIZE")
    while not over.wait(LOOK_EVERY_S):
        size = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * page
        found.memory.append((time.monotonic() - started, size))
        found.files.append(len(list(Path(f"/proc/{pid}/fd").iterdir())))


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
