"""The parts of `make campaign` that no other test runs: their arithmetic, their budget, a small sample of each."""

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.campaign import Part, run_part
from tests.key_timing import key_timing, welch_t
from tests.many_files import many_files, mutated_documents
from tests.soak import Soaked, judged, slope_of


def test_two_hundred_small_files_are_all_there(tmp_path: Path) -> None:
    assert many_files(tmp_path, 200) == []


def test_documents_with_random_damage_have_one_outcome_each(tmp_path: Path) -> None:
    assert mutated_documents(tmp_path, 60, seed=20_260_131) == []


def test_welchs_t_is_the_distance_of_the_means_in_standard_errors() -> None:
    # Means 2 and 5; variances 1 and 4 over three values each: 3 / sqrt(1/3 + 4/3).
    assert welch_t([1, 2, 3], [3, 5, 7]) == pytest.approx(-3 / (5 / 3) ** 0.5)


def test_the_timing_of_keys_notices_a_comparison_that_ends_early_and_no_other() -> None:
    noise = random.Random(1)  # noqa: S311
    now_ns = 0

    def early(guess: bytes, secret: bytes) -> None:
        nonlocal now_ns
        same = next((n for n, (ours, theirs) in enumerate(zip(secret, guess, strict=False)) if ours != theirs), 0)
        now_ns += 50 * same + int(noise.gauss(1_000, 200))

    def whole(_guess: bytes, _secret: bytes) -> None:
        nonlocal now_ns
        now_ns += int(noise.gauss(1_000, 200))

    largest, violations = key_timing(1_200, seed=1, look_up=early, clock_ns=lambda: now_ns)
    assert largest > 20
    assert len(violations) == 1
    assert key_timing(1_200, seed=1, look_up=whole, clock_ns=lambda: now_ns)[1] == []


def looks(growth_an_hour: float, *, noise: float = 0.0) -> list[tuple[float, int]]:
    """An hour of looks, one every 10 s, that rise by this share of the memory at its middle."""
    chance = random.Random(2)  # noqa: S311
    return [
        (at, round(1e9 * (1 + growth_an_hour * (at / 3_600 - 0.5) + chance.gauss(0, noise))))
        for at in (10.0 * number + 5 for number in range(360))
    ]


def test_the_slope_of_memory_is_a_share_of_its_mean_and_its_interval_grows_with_the_noise() -> None:
    exact, noisy = slope_of(looks(0.2)), slope_of(looks(0.2, noise=0.05))
    assert (exact.an_hour, exact.low, exact.high) == pytest.approx((0.2, 0.2, 0.2), abs=1e-6)
    assert noisy.low < 0.2 < noisy.high
    assert noisy.high - noisy.low > 0.01


def test_of_too_few_looks_no_slope_is_known() -> None:
    assert (slope_of([(0.0, 100)] * 11).low, slope_of([(0.0, 100)] * 11).high) == (float("-inf"), float("inf"))


@pytest.mark.parametrize(
    ("growth_an_hour", "violations"), [(0.0, 0), (0.01, 0), (0.03, 1)], ids=["flat", "as allowed", "grows"]
)
def test_a_soak_of_an_hour_is_judged_by_the_lower_end_of_its_slope(growth_an_hour: float, violations: int) -> None:
    found = Soaked(seconds=3_600, memory=looks(growth_an_hour, noise=0.001), files=[30, 30], threads=[9, 9])
    assert len(judged(found)) == violations


def test_a_soak_notices_failures_and_files_and_threads_that_are_left_behind() -> None:
    found = Soaked(seconds=60, failed=Counter({0: 2, 500: 1}), files=[30, 31, 35, 40], threads=[9, 9, 10, 12])
    assert judged(found) == [
        "2 questions got status none",
        "1 questions got status 500",
        "open files grew from 31 to 40",
        "threads grew from 9 to 12",
    ]


def test_a_part_does_what_its_time_allows_and_at_least_one_batch() -> None:
    asked: list[tuple[int, int, int]] = []

    def run(folder: Path, times: int, done: int, seed: int) -> list[str]:
        assert list(folder.iterdir()) == []
        asked.append((times, done, seed))
        time.sleep(0.02)
        return ["broken"]

    part = Part("x", "things", 100, 30, 1, run)
    assert run_part(part, 100, None, 7) == (100, ["broken"] * 4, "")
    assert asked == [(30, 0, 7), (30, 30, 37), (30, 60, 67), (10, 90, 97)]
    assert run_part(part, 100, time.monotonic(), 7)[0] == 30


def test_minutes_of_a_soak_are_one_long_run() -> None:
    asked: list[int] = []

    def run(_: Path, times: int, __: int, ___: int) -> list[str]:
        asked.append(times)
        return []

    part = Part("soak", "minutes", 1_440, 1, 1, run, in_one=True)
    assert run_part(part, 20, None, 7)[0] == 20
    # A budget of less than a minute gives one, and one of two hours all that are wanted.
    assert run_part(part, 20, time.monotonic(), 7)[0] == 1
    assert run_part(part, 20, time.monotonic() + 7_200, 7)[0] == 20
    assert asked == [20, 1, 20]
