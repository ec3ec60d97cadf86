"""Where the data lies that is not part of the project; tests that need it are skipped without it."""

import os
from pathlib import Path

import pytest


def shared(name: str) -> Path:
    """A file or folder of the shared data: below `FOOTNOTED_SHARED`, else beside the checkout or above it."""
    given = os.environ.get("FOOTNOTED_SHARED")
    roots = [Path(given)] if given else [above / "shared" for above in Path(__file__).resolve().parents]
    for root in roots:
        if (root / name).exists():
            return root / name
    pytest.skip(f"{name} is not on this machine; set FOOTNOTED_SHARED to the folder that holds it")
