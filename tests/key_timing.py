"""Whether the time of a refusal tells how much of a key was right (H33)."""

import math
import random
import string
from collections.abc import Callable, Sequence
from time import perf_counter_ns

from api.admission.keys import KeyRing, Scope, new_key

LARGEST_T = 4.5
"""Source: the bound that test vector leakage assessment (TVLA) uses for Welch's t."""


def welch_t(first: Sequence[float], second: Sequence[float]) -> float:
    """How many standard errors the means of two samples lie apart.

    Source: B. L. Welch, "The generalization of 'Student's' problem when several different population variances are
    involved", Biometrika 34 (1947).
    """
    means: list[float] = []
    errors: list[float] = []
    for sample in (first, second):
        mean = sum(sample) / len(sample)
        means.append(mean)
        errors.append(sum((value - mean) ** 2 for value in sample) / (len(sample) - 1) / len(sample))
    return (means[0] - means[1]) / max(math.sqrt(sum(errors)), 1e-12)


def without_outliers(sample: Sequence[float]) -> list[float]:
    """The quicker nine tenths: what the machine did beside falls on either kind alike, and drowns both."""
    return sorted(sample)[: max(2, len(sample) * 9 // 10)]


def key_timing(
    guesses: int,
    *,
    seed: int,
    look_up: Callable[[bytes, bytes], object] | None = None,
    clock_ns: Callable[[], int] = perf_counter_ns,
) -> tuple[float, list[str]]:
    """The largest |t| between guesses that share nothing with a key and guesses that share a prefix of it.

    Guesses of all lengths of prefix take turns in random order, so that no drift of the machine can favour one.
    `look_up` takes a guess and the key, in place of the service's own look-up.
    """
    chance = random.Random(seed)  # noqa: S311 - guesses, not secrets
    ring, secret = KeyRing(()), ""
    for name in "abc":
        ring, secret = new_key(ring, name, [Scope.READ], created="2026-11-22")
    lengths = [0, 1, 4, 16, len(secret) // 2, len(secret) - 1]
    letters = string.ascii_letters + string.digits
    times: dict[int, list[float]] = {length: [] for length in lengths}
    asked: list[tuple[int, bytes]] = []
    for _ in range(guesses // len(lengths) + 1):
        for length in chance.sample(lengths, len(lengths)):
            rest = "".join(chance.choices(letters, k=len(secret) - length))
            asked.append((length, (secret[:length] + rest).encode()))
    key, find = secret.encode(), look_up or (lambda guess, _: ring.find(guess))
    # All are made before any is timed, and copied when their turn comes: each is as warm in the cache as others.
    for length, made in asked:
        guess = bytes(bytearray(made))
        started = clock_ns()
        find(guess, key)
        took = clock_ns() - started  # by itself: to find the list of this length takes time of its own
        times[length].append(took)
    kept = {length: without_outliers(sample) for length, sample in times.items()}
    largest = max(abs(welch_t(kept[0], kept[length])) for length in lengths[1:])
    if largest < LARGEST_T:
        return largest, []
    return largest, [f"refusals take measurably longer with the length of the prefix: t = {largest:.1f}"]
