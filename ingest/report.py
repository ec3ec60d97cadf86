"""What an ingest did: every file exactly once, the counts, the time and the memory."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from ingest.stages import Stage


class Outcome(StrEnum):
    """What became of one file."""

    ADDED = "added"
    CHANGED = "changed"
    METADATA_CHANGED = "metadata_changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    SKIPPED = "skipped"


NO_FAULT = frozenset({"unsupported_type", "hidden", "about_the_collection"})
"""Reasons to skip a file that say nothing against it."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file's outcome; `reason` and `detail` are there where it was skipped."""

    path: str
    outcome: Outcome
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class FileWarning:
    """One oddity of a file that was taken in; `line` counts lines of the file from 1."""

    path: str
    code: str
    detail: str
    line: int | None


@dataclass(frozen=True, slots=True)
class EarlyGeneration:
    """What could be searched by words while the vectors were made, and after how many seconds of the ingest."""

    generation: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """The whole ingest. `generation` is what is served afterwards, None where nothing is.

    `early` is what was served for the search by words before, if anything was. `published` is False for a dry run,
    and where nothing had changed. `peak_rss_mb` is the peak of this process in megabytes (10^6 bytes), without the
    short-lived processes that read files and convert a model. `stages` says where both went.
    """

    generation: str | None
    published: bool
    early: EarlyGeneration | None
    files: tuple[FileReport, ...]
    warnings: tuple[FileWarning, ...]
    passages_total: int
    passages_embedded: int
    passages_reused: int
    seconds: float
    peak_rss_mb: float
    stages: tuple[Stage, ...]

    def counts(self) -> dict[str, int]:
        """How many files had each outcome, all outcomes named."""
        found = Counter(file.outcome for file in self.files)
        return {str(outcome): found[outcome] for outcome in Outcome}

    def has_faults(self) -> bool:
        """Whether a file was skipped for a fault of its own, not for what it is or where it lies."""
        return any(file.outcome is Outcome.SKIPPED and file.reason not in NO_FAULT for file in self.files)

    def as_json(self) -> dict[str, object]:
        """The object that `footnoted ingest --json` prints."""
        return {
            "generation": self.generation,
            "published": self.published,
            "early": None
            if self.early is None
            else {"generation": self.early.generation, "seconds": round(self.early.seconds, 3)},
            "documents": self.counts(),
            "passages": {
                "total": self.passages_total,
                "embedded": self.passages_embedded,
                "reused": self.passages_reused,
            },
            "skipped": [
                {"path": file.path, "reason": file.reason, "detail": file.detail}
                for file in self.files
                if file.outcome is Outcome.SKIPPED
            ],
            "files": [{"path": file.path, "outcome": str(file.outcome)} for file in self.files],
            "warnings": [
                {"path": one.path, "code": one.code, "detail": one.detail, "line": one.line}
                for one in self.warnings
            ],
            "seconds": round(self.seconds, 3),
            "peak_rss_mb": round(self.peak_rss_mb, 1),
            "stages": [
                {
                    "stage": str(one.name),
                    "seconds": round(one.seconds, 3),
                    "cpu_seconds": round(one.cpu_seconds, 3),
                    "peak_rss_mb": round(one.peak_rss_mb, 1),
                }
                for one in self.stages
            ],
        }
