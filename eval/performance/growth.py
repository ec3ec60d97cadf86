"""How building, searching and memory grow with the collection: a table and a drawing."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path

from eval.errors import ComparisonRefused
from eval.report.marked_section import markdown_table

TIMEOUT_S = 4 * 3600
WIDTH, HEIGHT, MARGIN = 720, 420, 60
_COLOURS = ("#1f6f8b", "#b5533c", "#6a7f2b", "#6b4e9b")


@dataclass(frozen=True, slots=True)
class GrowthStep:
    """One size. CPU times are milliseconds of one thread; `ivf_recall` is the share of the exact best hundred."""

    size: int
    real: int
    build_cpu_ms_per_passage: float
    dense_cpu_ms: float
    flat_cpu_ms: float
    lexical_cpu_ms: float
    ivf_cpu_ms: float
    ivf_recall: float
    bytes_per_passage: float
    peak_rss_mb: float


def grow(index_dir: Path, sizes: Sequence[int], *, searches: int, say: Callable[[str], None]) -> list[GrowthStep]:
    """Each size in a fresh process, so that its memory is its own. Raises ComparisonRefused where one fails."""
    steps = []
    for size in sizes:
        say(f"{size:,} passages ...")
        command = [sys.executable, "-m", "eval.performance.growth_step", str(index_dir), str(size), str(searches)]
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
        if done.returncode != 0:
            raise ComparisonRefused(
                f"the step of {size:,} passages failed (exit {done.returncode}); it needs about "
                f"{size * 6000 / 1e9:.1f} GB of memory: try a smaller size"
            )
        steps.append(GrowthStep(**json.loads(done.stdout)))
    return steps


def as_markdown(steps: Sequence[GrowthStep], drawing: str) -> str:
    """The table, the drawing by its address, and what was measured."""
    rows = [
        [
            f"{step.size:,}{'' if step.size == step.real else ' *'}", f"{step.dense_cpu_ms:.2f}",
            f"{step.flat_cpu_ms:.2f}", f"{step.lexical_cpu_ms:.2f}", f"{step.ivf_cpu_ms:.2f}",
            f"{step.ivf_recall:.3f}", f"{step.build_cpu_ms_per_passage:.3f}", f"{step.bytes_per_passage:.0f}",
            f"{step.peak_rss_mb:.0f}",
        ]
        for step in steps
    ]  # fmt: skip
    columns = [
        "passages", "dense, ours", "flat scan", "BM25", "IVF", "IVF recall@100", "build per passage",
        "bytes per passage", "peak MB",
    ]  # fmt: skip
    return (
        "CPU milliseconds of one thread, medians. * synthetic beyond the passages of the index. The build is that "
        "of the vectors' and one lexical index, without encoding. `dense, ours` and the flat scan give the same "
        "results; IVF is FAISS's approximate index with four times the square root of the size as cells, of which "
        "it looks into one in 32, at least eight. `bytes per passage` is the dense index alone; the "
        f"peak is that of the whole measurement, which holds four indexes."
        f"\n\n{markdown_table(columns, rows)}\n\n![growth]({drawing})"
    )


def drawing_of(steps: Sequence[GrowthStep]) -> str:
    """Search times over size as an SVG, both axes logarithmic."""
    lines = {
        "dense, ours": [step.dense_cpu_ms for step in steps],
        "flat scan": [step.flat_cpu_ms for step in steps],
        "BM25": [step.lexical_cpu_ms for step in steps],
        "IVF": [step.ivf_cpu_ms for step in steps],
    }
    across = [log10(step.size) for step in steps]
    values = [log10(max(value, 1e-3)) for line in lines.values() for value in line]
    left, right, low, high = min(across), max(across) + 1e-9, min(values), max(values) + 1e-9

    def x(at: float) -> float:
        return MARGIN + (at - left) / (right - left) * (WIDTH - 2 * MARGIN)

    def y(at: float) -> float:
        return HEIGHT - MARGIN - (at - low) / (high - low) * (HEIGHT - 2 * MARGIN)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        'font-size="13" role="img" aria-label="Search time over the number of passages">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{MARGIN}" y="24">CPU milliseconds of one search, by passages (both logarithmic)</text>',
    ]
    for step, at in zip(steps, across, strict=True):
        parts.append(f'<text x="{x(at):.1f}" y="{HEIGHT - 34}" text-anchor="middle">{step.size:,}</text>')
    for power in range(int(low) - 1, int(high) + 2):
        if low <= power <= high:
            parts.append(f'<path d="M{MARGIN} {y(power):.1f}H{WIDTH - MARGIN}" stroke="#dddddd"/>')
            parts.append(f'<text x="{MARGIN - 8}" y="{y(power) + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for place, (name, line) in enumerate(lines.items()):
        points = " ".join(
            f"{x(at):.1f},{y(log10(max(value, 1e-3))):.1f}" for at, value in zip(across, line, strict=True)
        )
        colour = _COLOURS[place]
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{MARGIN + 12 + 140 * place}" y="{HEIGHT - 10}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
