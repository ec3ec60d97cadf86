"""One system in its own environment: `python -P run_peer.py ADAPTER.py REQUEST.json RESULT.json`.

Of this project only this file and the adapter run there, so nothing is imported here but the standard library.
The ingest counts until a first question is answered: what a system puts off until then belongs to it.
"""

import importlib.util
import json
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

WARM_UP = 10
"""Questions that are asked, and do not count, before all of them are."""


class Peer(Protocol):
    """A system that keeps passages in memory and ranks them."""

    def ingest(self, passages: Sequence[tuple[str, str]]) -> None:
        """Takes all passages, each with its id."""

    def search(self, question: str, top_k: int) -> list[str]:
        """The ids of the best passages, best first."""


def cpu_s() -> float:
    """CPU seconds of this process since it began: all its threads, and the processes that it started."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_rss_mb() -> float:
    """The most resident memory of this program, in megabytes.

    On Linux from the process's status, as getrusage counts what the process was before it became this program.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e6


def measure(adapter: Any, request: Mapping[str, Any]) -> dict[str, Any]:
    """Opens the adapter's system, lets it ingest and answer, and says what each took.

    CPU times are those of `cpu_s`. `open_cpu_s` holds the start of Python, imports and models.
    """
    peer: Peer = adapter.Peer(request["folders"])
    questions, top_k = request["questions"], request["top_k"]
    opened, began = cpu_s(), time.perf_counter()
    peer.ingest([(identifier, text) for identifier, text in request["passages"]])
    peer.search(questions[0], top_k)
    ingested, ended = cpu_s(), time.perf_counter()
    for question in questions[:WARM_UP]:
        peer.search(question, top_k)
    rankings, cpu_ms, wall_ms = [], [], []
    for question in questions:
        before, started = cpu_s(), time.perf_counter()
        rankings.append(peer.search(question, top_k))
        wall_ms.append((time.perf_counter() - started) * 1000)
        cpu_ms.append((cpu_s() - before) * 1000)
    return {
        "versions": {name: version(name) for name in adapter.PACKAGES},
        "open_cpu_s": opened,
        "ingest_cpu_s": ingested - opened,
        "ingest_wall_s": ended - began,
        "query_cpu_ms": cpu_ms,
        "query_wall_ms": wall_ms,
        "peak_rss_mb": peak_rss_mb(),
        "rankings": rankings,
    }


def load_adapter(path: Path) -> Any:
    """The module in that file, under a name that hides no library."""
    spec = importlib.util.spec_from_file_location(f"adapter_of_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError("the adapter is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Reads the request, measures, writes the result."""
    adapter, request, result = (Path(argument) for argument in sys.argv[1:])
    measured = measure(load_adapter(adapter), json.loads(request.read_text(encoding="utf-8")))
    result.write_text(json.dumps(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
