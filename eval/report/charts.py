"""Shapes of the report's drawings: bins of a histogram, positions on an axis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.measures.decisions import Decisions, ReliabilityBin


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin of a histogram: from `low` to below `high`; `height` is its share of the tallest bin."""

    low: int
    high: int
    count: int
    height: float
    beyond: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts over equal bins; `beyond` counts the values above `limit`, which are drawn apart."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    total: int
    median: int
    longest: int
    limit: int | None
    beyond: int


def histogram(
    values: NDArray[np.int64], *, title: str, unit: str, limit: int | None = None, bins: int = 30
) -> Histogram:
    """A histogram of whole numbers; bins have whole borders, and `limit` is one of them where it is given."""
    longest = int(values.max(initial=1))
    width = max(1, -(-max(longest + 1, (limit or 0) + 1) // bins))
    if limit is not None:
        width = max(1, limit // max(1, limit // width))
    counts = np.bincount(values // width, minlength=1)
    tallest = int(counts.max(initial=1))
    bars = tuple(
        Bar(
            low=place * width,
            high=(place + 1) * width,
            count=int(count),
            height=count / tallest,
            beyond=limit is not None and place * width > limit,
        )
        for place, count in enumerate(counts.tolist())
    )
    return Histogram(
        title=title,
        unit=unit,
        bars=bars,
        total=int(values.size),
        median=int(np.median(values)) if values.size else 0,
        longest=longest,
        limit=limit,
        beyond=0 if limit is None else int(np.count_nonzero(values > limit)),
    )


@dataclass(frozen=True, slots=True)
class CurveChart:
    """The risk-coverage curve in the unit square of coverage and `highest` risk; heights count from above."""

    points: str
    highest: float
    threshold_x: float
    threshold_y: float


@dataclass(frozen=True, slots=True)
class ReliabilityMark:
    """One bin of the reliability plot, heights counted from above; `radius` grows with its size."""

    x: float
    y: float
    low_y: float
    high_y: float
    radius: float
    bin: ReliabilityBin


def curve_chart(decisions: Decisions, *, width: int = 400, height: int = 200) -> CurveChart:
    """The curve as points of a polyline in pixels, with the place of the service's own threshold."""
    highest = max(0.1, *(point.risk for point in decisions.curve), decisions.at_threshold.risk)
    placed = [
        f"{width * point.coverage:.1f},{height * (1 - point.risk / highest):.1f}" for point in decisions.curve
    ]
    own = decisions.at_threshold
    return CurveChart(" ".join(placed), highest, width * own.coverage, height * (1 - own.risk / highest))


def reliability_chart(decisions: Decisions, *, size: int = 200) -> list[ReliabilityMark]:
    """One mark a bin, in pixels."""
    most = max((one.questions for one in decisions.reliability), default=1)
    return [
        ReliabilityMark(
            x=size * one.said,
            y=size * (1 - one.answerable.mean),
            low_y=size * (1 - one.answerable.low),
            high_y=size * (1 - one.answerable.high),
            radius=3 + 6 * (one.questions / most) ** 0.5,
            bin=one,
        )
        for one in decisions.reliability
    ]
