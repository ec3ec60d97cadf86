"""How every test is run: the same examples on every machine, none of them against a clock, long files first."""

import pytest
from hypothesis import HealthCheck, settings

STEADY = settings(deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
"""What a run draws depends on nothing but the test itself: a run that fails here fails everywhere."""

settings.register_profile("steady", STEADY)
settings.register_profile("explore", STEADY, derandomize=False)
settings.load_profile("steady")

LONG = ("slow", "model", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with tests that take long come first: processes side by side then end at about the same time."""
    long = {item.path for item in items if any(item.get_closest_marker(mark) for mark in LONG)}
    items.sort(key=lambda item: item.path not in long)
