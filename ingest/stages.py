"""Stages: what each part of an ingest took, in time, in processor time and in memory."""

import resource
import sys
import time
from dataclasses import dataclass
from enum import StrEnum


class StageName(StrEnum):
    """The parts of an ingest in their order; where words are published first, `publishing` comes twice."""

    OPENING = "opening"
    """The generation that is served."""
    READING = "reading"
    """And splitting."""
    WORDS = "words"
    """Terms, repeated wordings and both lexical fields."""
    EMBEDDING = "embedding"
    """The vectors that were not known."""
    PUBLISHING = "publishing"
    """Writing, making durable, checking."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a stage took. `cpu_seconds` counts all threads, and the processes that ended meanwhile.

    `peak_rss_mb` is the most that this process had held at any time until the end of the stage, in megabytes.
    """

    name: StageName
    seconds: float
    cpu_seconds: float
    peak_rss_mb: float


class StageClock:
    """Tells the stages of one ingest apart; begins with the first."""

    def __init__(self) -> None:
        self._ended = time.monotonic(), _cpu_seconds()
        self._stages: dict[StageName, Stage] = {}

    def ends(self, name: StageName) -> None:
        """What went by since the last call belongs to this stage, beside what it had before."""
        now = time.monotonic(), _cpu_seconds()
        seconds, cpu_seconds = (end - begin for begin, end in zip(self._ended, now, strict=True))
        self._ended = now
        before = self._stages.get(name)
        if before is not None:
            seconds, cpu_seconds = seconds + before.seconds, cpu_seconds + before.cpu_seconds
        self._stages[name] = Stage(name, seconds, cpu_seconds, peak_rss_mb())

    def stages(self) -> tuple[Stage, ...]:
        """The stages that ended so far, in the order in which they first did."""
        return tuple(self._stages.values())


def peak_rss_mb() -> float:
    """The most memory that this process has held, in megabytes (10^6 bytes)."""
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage counts bytes there, kibibytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _cpu_seconds() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime
