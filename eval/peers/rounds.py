"""Runs the systems in turns, each time in a fresh process, in an order that rotates from round to round."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from eval.peers.environments import last_line, missing, python_of
from eval.peers.systems import PeerSystem

RUN_TIMEOUT_S = 3600
PROGRAM = Path(__file__).parent / "run_peer.py"
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True, slots=True)
class Run:
    """What one process measured: seconds or milliseconds as the names say, CPU of all its threads.

    `rankings` gives for each question the ids of the best passages, best first.
    """

    versions: Mapping[str, str]
    open_cpu_s: float
    ingest_cpu_s: float
    ingest_wall_s: float
    query_cpu_ms: Sequence[float]
    query_wall_ms: Sequence[float]
    peak_rss_mb: float
    rankings: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a system has no figures."""

    reason: str


Outcome = Sequence[Run] | Failure


def turns(systems: Sequence[PeerSystem], rounds: int) -> list[PeerSystem]:
    """Every system once a round; each round begins with the next one, so that none is always first or last."""
    return [systems[(place + number) % len(systems)] for number in range(rounds) for place in range(len(systems))]


def take_turns(
    systems: Sequence[PeerSystem],
    rounds: int,
    run: Callable[[PeerSystem], Run | Failure],
    *,
    say: Callable[[str], None],
) -> dict[PeerSystem, Outcome]:
    """The runs of every system, or why there are none; a system that failed gets no further turn."""
    found: dict[PeerSystem, Outcome] = {}
    for system in turns(systems, rounds):
        before = found.get(system, ())
        if isinstance(before, Failure):
            continue
        outcome = run(system)
        if isinstance(outcome, Failure):
            found[system] = outcome
            say(f"{system.title}: {outcome.reason}")
        else:
            found[system] = (*before, outcome)
            say(f"{system.title}: {outcome.ingest_cpu_s:.1f} CPU seconds of ingest")
    return found


def run_system(system: PeerSystem, request: Mapping[str, Any], environments: Path) -> Run | Failure:
    """One turn in a fresh process, offline. `request` is what `run_peer.py` reads, but for the scratch folder."""
    if (reason := missing(system, environments)) is not None:
        return Failure(reason)
    with tempfile.TemporaryDirectory(prefix="footnoted-peer-") as made:
        scratch, asked, result = Path(made) / "scratch", Path(made) / "request.json", Path(made) / "result.json"
        scratch.mkdir()
        folders = {**request["folders"], "scratch": str(scratch)}
        asked.write_bytes(msgspec.json.encode({**request, "folders": folders}))
        python = str(python_of(environments / system.name)) if system.is_peer else sys.executable
        command = [python, "-P", str(PROGRAM), str(system.adapter), str(asked), str(result)]
        try:
            done = subprocess.run(  # noqa: S603 - our own program, no shell
                command, capture_output=True, text=True, timeout=RUN_TIMEOUT_S, check=False,
                env=surroundings(system, os.environ), cwd=made,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Failure(f"not done within {RUN_TIMEOUT_S} s")
        if done.returncode != 0:
            return Failure(f"failed (exit {done.returncode}): {last_line(done.stderr)}")
        return msgspec.json.decode(result.read_bytes(), type=Run)


def surroundings(system: PeerSystem, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of a run: no network, no telemetry, and for a peer nothing of our own Python."""
    kept = {name: value for name, value in environ.items() if not name.startswith("PYTHON")}
    if not system.is_peer:
        kept["PYTHONPATH"] = os.pathsep.join(str(Path(path).resolve()) for path in sys.path if path)
    return kept | _OFFLINE
