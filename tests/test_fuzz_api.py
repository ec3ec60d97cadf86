"""schemathesis against a running server: no 5xx, and nothing that the description does not say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.made_keys import add
from tests.running_server import running_server

NOT_OF_US = (
    "positive_data_acceptance",  # a schema cannot say that a span ends after its start
)
CONFIGURATION = Path(__file__).parent / "fuzz" / "schemathesis.toml"
CASES = int(os.environ.get("FOOTNOTED_FUZZ_CASES", "0"))
"""Cases for each operation, as `make fuzz-api` sets them; 0 is the small budget of every test run."""
EVERY_EDGE = ("--phases", "coverage,fuzzing,stateful", "--max-examples", "1", "--seed", "1")
"""Each parameter at each of its edges: some 1,600 cases, the same in every run."""


def fuzz(port: int, *options: str) -> str:
    """What schemathesis prints; fails where it found something."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run",
         f"http://127.0.0.1:{port}/openapi.json",
         "--checks", "all", "--exclude-checks", ",".join(NOT_OF_US),
         *(("--max-examples", str(CASES), "--max-response-time", "5") if CASES else EVERY_EDGE),
         "--generation-database", "none", "--no-color", "--warnings", "off",
         "--request-timeout", "120", *options],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6_000:] + done.stderr[-2_000:]
    return done.stdout


def cases(report: str) -> int:
    found = re.search(r"(\d+) generated", report)
    return int(found[1]) if found else 0


@pytest.mark.slow
def test_nothing_that_is_sent_gets_an_answer_that_is_not_described(tmp_path: Path) -> None:
    # With keys, so that it is also tried whether everything is refused without one.
    path = tmp_path / "keys.json"
    secret = add(path, "fuzz")
    with running_server(tmp_path, keys_file=path) as (port, _):
        assert cases(fuzz(port, "--header", f"Authorization: Bearer {secret}")) > 1_000
