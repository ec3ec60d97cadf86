"""Ingest and serve with less memory than they need: a clean end, and nothing half published (F20)."""

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from retriever.errors import FootnotedError
from retriever.index import Index
from tests.running import CHECKOUT

SHARES = (0.6, 0.7, 0.8, 0.9, 1.0, 1.2)
INGEST = """
import sys
from footnoted import main
code = 0
try:
    main()
except SystemExit as ended:
    code = ended.code or 0
found = next(line for line in open("/proc/self/status") if line.startswith("VmPeak"))
print("peak", int(found.split()[1]) * 1024, file=sys.stderr)
sys.exit(code)
"""


def ingest_with_limits(folder: Path, pages: Path, shares: Sequence[float] = SHARES) -> list[str]:
    """Ingests with these shares of the address space that it needs: done, or refused in one line."""
    violations: list[str] = []
    needed = 0
    for share in (None, *shares):
        index_dir = folder / f"index-{share}"
        limit = None if share is None else int(needed * share)
        done = _run(INGEST, ["ingest", str(pages), "--index", str(index_dir)], limit)
        if limit is None:
            needed = int(done.stderr.rsplit("peak ", 1)[1])
            continue
        if done.returncode not in (0, 2, 3) or "Traceback" in done.stderr:
            violations.append(f"ingest at {share}: exit code {done.returncode}: {done.stderr[-300:]}")
        if list(index_dir.glob("*.tmp")):
            violations.append(f"ingest at {share}: an unfinished generation was left")
        try:
            Index.open(index_dir)
        except FootnotedError as error:
            if done.returncode == 0:
                violations.append(f"ingest at {share}: {error}")
    return violations


def _run(code: str, arguments: Sequence[str], limit: int | None) -> "subprocess.CompletedProcess[str]":
    def hold() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False, preexec_fn=hold,
    )  # fmt: skip
