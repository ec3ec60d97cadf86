"""The figures of a comparison: medians over the rounds, and ratios to the reference's turn of the same round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from eval.errors import ComparisonRefused
from eval.measures.percentiles import percentiles
from eval.peers.rounds import Failure, Outcome, Run
from eval.peers.systems import PeerSystem
from eval.peers.task import TOP_K, Quality, RankingTask
from eval.report.marked_section import markdown_table


@dataclass(frozen=True, slots=True)
class Ratio:
    """A system's cost as a multiple of the reference's in the same round; below 1 it is cheaper."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.least:.2f}-{self.most:.2f})"


@dataclass(frozen=True, slots=True)
class SystemFigures:
    """One system: medians over its rounds. CPU time is that of all threads; `load_cpu_s` holds imports too."""

    versions: Mapping[str, str]
    load_cpu_s: float
    ingest_cpu_ms_per_passage: float
    ingest_ratio: Ratio
    ingest_wall_s: float
    query_cpu_p50_ms: float
    query_cpu_p95_ms: float
    query_ratio: Ratio
    query_wall_p50_ms: float
    peak_rss_mb: float
    quality: Quality


def figures_of(
    outcomes: Mapping[PeerSystem, Outcome], reference: PeerSystem, task: RankingTask
) -> dict[PeerSystem, SystemFigures | Failure]:
    """Every system's figures. Raises ComparisonRefused where the reference itself has none."""
    base = outcomes[reference]
    if isinstance(base, Failure):
        raise ComparisonRefused(f"{reference.title}, which the others are compared with, {base.reason}")
    return {
        system: outcome if isinstance(outcome, Failure) else _figures(outcome, base, task)
        for system, outcome in outcomes.items()
    }


def _figures(runs: Sequence[Run], base: Sequence[Run], task: RankingTask) -> SystemFigures:
    passages = len(task.passages)
    return SystemFigures(
        versions=runs[0].versions,
        load_cpu_s=median(run.open_cpu_s for run in runs),
        ingest_cpu_ms_per_passage=median(run.ingest_cpu_s for run in runs) * 1000 / passages,
        ingest_ratio=_ratio([run.ingest_cpu_s for run in runs], [run.ingest_cpu_s for run in base]),
        ingest_wall_s=median(run.ingest_wall_s for run in runs),
        query_cpu_p50_ms=median(_p50(run.query_cpu_ms) for run in runs),
        query_cpu_p95_ms=median(percentiles(run.query_cpu_ms)["p95"] for run in runs),
        query_ratio=_ratio([_p50(run.query_cpu_ms) for run in runs], [_p50(run.query_cpu_ms) for run in base]),
        query_wall_p50_ms=median(_p50(run.query_wall_ms) for run in runs),
        peak_rss_mb=median(run.peak_rss_mb for run in runs),
        quality=task.quality(runs[0].rankings, base[0].rankings),
    )


def _p50(values: Sequence[float]) -> float:
    return percentiles(values)["p50"]


def _ratio(values: Sequence[float], base: Sequence[float]) -> Ratio:
    ratios = [value / max(other, 1e-9) for value, other in zip(values, base, strict=True)]
    return Ratio(median(ratios), min(ratios), max(ratios))


def as_markdown(found: Mapping[PeerSystem, SystemFigures | Failure], task: RankingTask, *, rounds: int) -> str:
    """Two tables, costs and results, with what they stand on; systems without figures with the reason."""
    measured = {system: one for system, one in found.items() if isinstance(one, SystemFigures)}
    costs = [
        [
            system.title,
            *(f"{one.ingest_cpu_ms_per_passage:.2f}", str(one.ingest_ratio), f"{one.ingest_wall_s:.1f}"),
            *(f"{one.query_cpu_p50_ms:.2f}", f"{one.query_cpu_p95_ms:.2f}", str(one.query_ratio)),
            *(f"{one.query_wall_p50_ms:.2f}", f"{one.load_cpu_s:.1f}", f"{one.peak_rss_mb:.0f}"),
        ]
        for system, one in measured.items()
    ]
    results = [
        [
            system.title, _share(one.quality.ndcg), _share(one.quality.passage_hit), _share(one.quality.same),
            ", ".join(f"{name} {version}" for name, version in one.versions.items()),
        ]
        for system, one in measured.items()
    ]  # fmt: skip
    cost_columns = [
        "system", "ingest, CPU ms per passage", "ratio", "ingest, s", "query, CPU ms p50", "p95", "ratio",
        "query, ms", "load, CPU s", "peak MB",
    ]  # fmt: skip
    result_columns = ["system", "nDCG@10", "passage-hit-2@5", f"same {TOP_K}", "versions"]
    lacking = [
        f"* {system.title} has no figures: {one.reason}"
        for system, one in found.items()
        if isinstance(one, Failure)
    ]
    parts = [
        f"{len(task.passages):,} passages of {task.documents:,} pages, {len(task.dataset.questions):,} questions "
        f"of `{task.dataset.name}`; {rounds} {'rounds' if rounds > 1 else 'round'} in rotating order, each system "
        "in a fresh process each time. Medians; a ratio is a cost as a multiple of the first row's in the same "
        "round, with the least and the most of all rounds.",
        markdown_table(cost_columns, costs),
        markdown_table(result_columns, results),
    ]
    return "\n\n".join([*parts, "\n".join(lacking)] if lacking else parts)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
