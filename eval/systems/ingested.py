"""An ingest as a person runs it: the program itself, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from eval.errors import ComparisonRefused

TIMEOUT_S = 24 * 3600


def ingest_pages(pages: Path, index_dir: Path, *, model: str | None = None) -> dict[str, Any]:
    """The report of an ingest of these pages into a new index, the encoder converted where it was not before.

    `model` in place of the program's own. Raises ComparisonRefused where it fails.
    """
    command = [sys.executable, "-m", "footnoted", "ingest", str(pages), "--index", str(index_dir), "--json"]
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        command if model is None else [*command, "--model", model],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise ComparisonRefused(f"ingesting {pages} failed; run `footnoted ingest {pages}` to see why")
    report: dict[str, Any] = json.loads(done.stdout)
    return report
