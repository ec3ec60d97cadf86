"""Datasets of a few questions, written for a test; and where the one of the starter collection lies."""

import json
from pathlib import Path

STARTER = Path(__file__).resolve().parents[1] / "eval" / "starter"


def write_lines(path: Path, *rows: object) -> Path:
    """One JSON object a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def judged(folder: Path, qrels: str = "a\t0\tx.md\t1\n", *extra: object) -> Path:
    """A dataset of judged queries."""
    write_lines(folder / "queries.jsonl", {"id": "a", "question": "what?", "tight": True}, *extra)
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder
