"""Small collections on the disk, and an ingest of them with the hashing encoder."""

import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from ingest.files import find_files
from ingest.progress import Progress
from ingest.report import Report
from ingest.run import IngestOptions, ingest
from retriever.encoder import Encoder
from tests.hashing import HashingEncoder
from tests.shared_data import shared

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

DENOSUMAB = """---
title: Denosumab
url: https://example.org/denosumab
source: NCI
status: active
language: en
lastReviewed: '2025-12-30'
reviewFrequency: quarterly
tags: [bone, drug]
---

# Denosumab

Denosumab is an antibody. It is given as an injection every six months.

## Side effects

- Skin infections
- Low blood calcium

## Stopping

Bones thin quickly when the injections stop, so another medicine follows.
"""
FALLS = """Preventing falls

Good light and firm shoes prevent falls at home.

Who is at risk

People who have fallen before are at risk of another fall.
"""


def write_collection(root: Path, files: dict[str, str] | None = None) -> Path:
    """Writes files below `root`; without any, one page of each form."""
    for name, content in (files or {"denosumab.md": DENOSUMAB, "home/falls.txt": FALLS}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="")
    return root


def run_ingest(
    root: Path,
    index_dir: Path,
    encoder: Encoder | None = None,
    *,
    chunk_size: int = 120,
    force: bool = False,
    dry_run: bool = False,
    rebuild: bool = False,
    early_from: int | None = None,
) -> Report:
    """One ingest of everything below `root`; words are published first from `early_from` passages on."""
    return ingest(
        find_files([root]),
        index_dir=index_dir,
        encoder=encoder or HashingEncoder(),
        options=IngestOptions(
            chunk_size=chunk_size, force=force, dry_run=dry_run, rebuild=rebuild, early_from=early_from
        ),
        now=lambda: NOW,
        progress=Progress(Console(file=io.StringIO()), quiet=True),
    )


def unpack_real_pages(to: Path, *, every: int) -> Path:
    """Every n-th page of the real collection, unpacked; skips the test where the collection is not there."""
    archive = shared("corpora/nci-kb.tar.gz")
    with tarfile.open(archive) as opened:
        members = sorted((m for m in opened.getmembers() if m.name.endswith(".md")), key=lambda m: m.name)
        if not members:
            pytest.fail("the archive of the real collection holds no page")
        opened.extractall(to, members=members[::every], filter="data")
    return to / "nci-kb" / "docs"
