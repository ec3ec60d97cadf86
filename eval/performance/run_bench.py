"""What `footnoted eval bench` does: latency by stage, throughput, memory and index time, in one run."""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
from rich.table import Table

from api.server.run import THREAD_TURN_S
from eval.datasets.read_dataset import read_dataset
from eval.peers.run_peer import peak_rss_mb
from eval.performance.bench import STAGES, ColdStart, Latency, Throughput, cold, size_mb, throughput, warm
from eval.report.console import print_json, table_console
from eval.systems.in_process import InProcess
from eval.systems.ingested import ingest_pages
from retriever.query import Mode


def run_bench(
    dataset_path: Path,
    *,
    index_dir: Path,
    against: Path | None,
    pages: Path | None,
    questions: int,
    repeats: int,
    concurrency: Sequence[int],
    starts: int,
) -> dict[str, Any]:
    """All figures as plain values, with threads that take turns as those of the service do.

    Raises EvalError and what opening an index raises.
    """
    asked = read_dataset(dataset_path).questions[:questions]
    before = peak_rss_mb()
    system = InProcess.open(index_dir)
    opened = peak_rss_mb()
    systems = {
        "hybrid": system.variant(),
        "dense": system.variant(mode=Mode.DENSE),
        "lexical": system.variant(mode=Mode.LEXICAL),
    }
    folders = {"hybrid": index_dir}
    if against is not None:
        systems["against"] = InProcess.open(against).variant()
        folders["against"] = against
    turn_s = sys.getswitchinterval()
    sys.setswitchinterval(THREAD_TURN_S)
    try:
        latencies = warm(systems, asked, repeats=repeats)
        loads = [
            one for name in folders for one in throughput(name, systems[name], asked, concurrency=concurrency)
        ]
    finally:
        sys.setswitchinterval(turn_s)
    colds = (
        [cold(name, folder, asked[0].text, starts=starts) for name, folder in folders.items()] if starts else []
    )
    return {
        "system": dict(system.identity),
        "warm": [asdict(one) for one in latencies],
        "throughput": [asdict(one) for one in loads],
        "cold": [asdict(one) for one in colds],
        "memory_mb": {"before": before, "index_and_encoder": opened - before, "in_all": peak_rss_mb()},
        "index_mb": size_mb(index_dir / system.index.generation),
        "ingest": None if pages is None else ingest_time(pages),
    }


def ingest_time(pages: Path) -> dict[str, Any]:
    """A complete ingest of these pages into a new index, encoder conversion included.

    Raises ComparisonRefused where it fails.
    """
    with tempfile.TemporaryDirectory(prefix="footnoted-bench-") as folder:
        report = ingest_pages(pages, Path(folder))
    return {
        "passages": report["passages"]["embedded"],
        "seconds": report["seconds"],
        "passages_per_second": report["passages"]["embedded"] / max(report["seconds"], 1e-9),
        "peak_rss_mb": report["peak_rss_mb"],
    }


def print_bench(found: dict[str, Any]) -> None:
    """The figures as tables; the first row of each is what the ratios compare with."""
    console = table_console(width=160)
    latencies = [msgspec.convert(one, Latency) for one in found["warm"]]
    table = _table("warm, one question at a time: milliseconds", "mode", "questions", *_stage_columns(), "ratio")
    first = latencies[0].stages["total"]["p50"]
    for one in latencies:
        cells = [f"{one.stages[stage][p]:.2f}" for stage in STAGES for p in ("p50", "p95", "p99")]
        table.add_row(one.name, str(one.questions), *cells, _ratio(one.stages["total"]["p50"], first))
    console.print(table)
    loads = [msgspec.convert(one, Throughput) for one in found["throughput"]]
    if loads:
        table = _table("throughput", "mode", "threads", "questions/s", "p50 ms", "p99 ms", "ratio")
        for load in loads:
            row = (f"{load.per_second:.1f}", f"{load.p50_ms:.2f}", f"{load.p99_ms:.2f}")
            table.add_row(load.name, str(load.concurrency), *row, f"{load.ratio:.2f}")
        console.print(table)
    colds = [msgspec.convert(one, ColdStart) for one in found["cold"]]
    if colds:
        heads = ("import", "open index", "open encoder", "first answer", "second", "memory MB", "ratio")
        table = _table("cold, a fresh process: milliseconds", "index", "starts", *heads)
        whole = [one.import_ms + one.open_index_ms + one.open_encoder_ms + one.first_answer_ms for one in colds]
        for start, total in zip(colds, whole, strict=True):
            parts = (start.import_ms, start.open_index_ms, start.open_encoder_ms)
            answers = (start.first_answer_ms, start.second_answer_ms, start.peak_rss_mb)
            cells = [f"{value:.1f}" for value in (*parts, *answers)]
            table.add_row(start.name, str(start.starts), *cells, _ratio(total, whole[0]))
        console.print(table)
    memory = found["memory_mb"]
    console.print(
        f"peak memory: {memory['index_and_encoder']:.0f} MB for index and encoder, {memory['in_all']:.0f} MB in "
        f"all; the index takes {found['index_mb']:.1f} MB on disk"
    )
    if found["ingest"] is not None:
        console.print(
            "ingest: {passages:,} passages in {seconds:.1f} s, {passages_per_second:.1f}/s, "
            "peak {peak_rss_mb:.0f} MB".format(**found["ingest"])
        )


def echo(found: dict[str, Any], *, as_json: bool) -> None:
    """Prints the figures as JSON or as tables."""
    if as_json:
        print_json(found)
    else:
        print_bench(found)


def _stage_columns() -> list[str]:
    return [f"{stage} {p}" for stage in ("encode", "search", "in all", "CPU") for p in ("p50", "p95", "p99")]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    return table


def _ratio(value: float, first: float) -> str:
    return f"{value / first:.2f}" if first else "-"
