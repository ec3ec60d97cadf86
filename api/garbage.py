"""Garbage: when Python looks for it. A start makes hundreds of thousands of objects that stay, and hardly any."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Meanwhile nobody looks for garbage: each look goes through all that was made so far."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def spare_what_is_made() -> None:
    """From now on garbage is looked for among what is made later: what a start has made, stays."""
    gc.freeze()
    gc.enable()
