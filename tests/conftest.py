"""How every test is run: the same examples on every machine, none of them against a clock, long files first.

The files that tests write lie in memory where the machine offers it: there a sync costs nothing, and on a disk
the tests would wait for it as long as they compute. What a sync is worth is proven by the model of a power loss
(`tests.power_loss`). `TMPDIR` says where else they shall be written.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from playwright.sync_api import Browser, Page

STEADY = settings(deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
"""What a run draws depends on nothing but the test itself: a run that fails here fails everywhere."""

settings.register_profile("steady", STEADY)
settings.register_profile("explore", STEADY, derandomize=False)
settings.load_profile("steady")

LONG = ("slow", "model", "browser")
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it
ROOM = 1 << 30
"""Bytes that have to be free there: more than all tests write, as containers often have very little."""


def pytest_configure() -> None:
    """Programs that the tests start write there too."""
    if "TMPDIR" not in os.environ and IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free >= ROOM:
        os.environ["TMPDIR"] = str(IN_MEMORY)
        tempfile.tempdir = None  # what was asked before is asked again


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with tests that take long come first: processes side by side then end at about the same time."""
    long = {item.path for item in items if any(item.get_closest_marker(mark) for mark in LONG)}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[TestClient]":
    """A client of the whole service over the three small pages of `tests.fakes_api`, for tests that only ask."""
    from tests.fakes_api import small_collection  # no other test has to wait for the service to be imported

    with small_collection(tmp_path_factory.mktemp("asked")) as asked:
        yield asked


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """A headless Chromium. Not for longer: while it runs, nothing else in this thread can run an event loop."""
    from tests.browsing import chromium

    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_tab(browser: "Browser") -> "Iterator[Page]":
    """A tab for tests of the question page."""
    from tests.browsing import tab

    with tab(browser) as opened:
        yield opened


@pytest.fixture
def no_unknown_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable that tells where the shared data are: `doctor` would rightly ask what it is."""
    monkeypatch.delenv("FOOTNOTED_SHARED", raising=False)


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    """Gen-000001 and gen-000002, the second served; a file that wants another index has its own fixture."""
    from tests.small_generations import publish

    publish(tmp_path / "index")
    publish(tmp_path / "index")
    return tmp_path / "index"
