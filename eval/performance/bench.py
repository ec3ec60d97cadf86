"""How fast, how large: several ways of asking taken in turns in one run, so that their ratios hold."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from eval.datasets.dataset import Question
from eval.errors import ComparisonRefused
from eval.measures.percentiles import percentiles
from eval.systems.in_process import InProcess
from eval.systems.system import Response

TOP_K = 5
ROUNDS = 3
"""Rounds of the throughput that count, after one that does not."""
STAGES = ("encode", "search", "total", "cpu")
COLD_TIMEOUT_S = 600
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Latency:
    """One way of asking: milliseconds by stage and percentile, of warm questions one at a time.

    The last stage, `cpu`, is the processor time of the whole process from the question to its passages.
    """

    name: str
    questions: int
    stages: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Throughput:
    """Questions per second from that many threads at once, and what one question then took.

    `ratio` is `per_second` as a multiple of the first concurrency's in the same round; both are medians of rounds.
    """

    name: str
    concurrency: int
    per_second: float
    ratio: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class ColdStart:
    """A fresh process up to its first answer; milliseconds and megabytes, medians of several."""

    name: str
    starts: int
    import_ms: float
    open_index_ms: float
    open_encoder_ms: float
    first_answer_ms: float
    second_answer_ms: float
    peak_rss_mb: float


def warm(systems: Mapping[str, InProcess], questions: Sequence[Question], *, repeats: int) -> list[Latency]:
    """Every question to every system in turns, after a round that does not count."""
    times: dict[str, list[tuple[Response, float]]] = {name: [] for name in systems}
    for repeat in range(repeats + 1):
        for question in questions:
            for name, system in systems.items():
                before = time.process_time()
                response = system.ask(question, top_k=TOP_K, max_per_document=None)
                if repeat:
                    times[name].append((response, (time.process_time() - before) * 1000))
    return [Latency(name, len(taken), _by_stage(taken)) for name, taken in times.items()]


def _by_stage(taken: Sequence[tuple[Response, float]]) -> dict[str, dict[str, float]]:
    of_question = [(one.encode_ms, one.search_ms, one.total_ms, cpu_ms) for one, cpu_ms in taken]
    return {stage: percentiles(times) for stage, times in zip(STAGES, zip(*of_question, strict=True), strict=True)}


def throughput(
    name: str, system: InProcess, questions: Sequence[Question], *, concurrency: Sequence[int]
) -> list[Throughput]:
    """All questions as fast as so many threads ask them, each number of threads in turns, ROUNDS times."""

    def ask(question: Question) -> float:
        return system.ask(question, top_k=TOP_K, max_per_document=None).total_ms

    rates: dict[int, list[float]] = {each: [] for each in concurrency}
    times: dict[int, list[float]] = {each: [] for each in concurrency}
    for number in range(ROUNDS + 1):
        for each in rates:
            with ThreadPoolExecutor(each) as threads:
                list(threads.map(ask, questions[:each]))
                started = time.perf_counter()
                took = list(threads.map(ask, questions))
                rate = len(questions) / (time.perf_counter() - started)
            if number:
                rates[each].append(rate)
                times[each] += took
    firsts = rates[concurrency[0]] if concurrency else []
    found = {each: percentiles(times[each]) for each in rates}
    return [
        Throughput(
            name,
            each,
            median(rates[each]),
            median(rate / first for rate, first in zip(rates[each], firsts, strict=True)),
            found[each]["p50"],
            found[each]["p99"],
        )
        for each in rates
    ]


def cold(name: str, index_dir: Path, question: str, *, starts: int) -> ColdStart:
    """A fresh process each time. Raises ComparisonRefused where the process fails."""
    command = [sys.executable, "-m", "eval.performance.cold_start", str(index_dir)]
    runs: list[dict[str, float]] = []
    for _ in range(starts):
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            command, input=question, capture_output=True, text=True, timeout=COLD_TIMEOUT_S, check=False
        )
        if done.returncode != 0:
            raise ComparisonRefused(f"a cold start of {name} failed; try `footnoted doctor --index {index_dir}`")
        runs.append(json.loads(done.stdout))
    medians = {key: percentiles([run[key] for run in runs])["p50"] for key in runs[0]}
    return ColdStart(name, starts, **medians)


def size_mb(folder: Path) -> float:
    """What the files below a folder take, in megabytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / _MEGABYTE
