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


def spare_what_lasts() -> None:
    """Takes all that is in memory now out of the garbage collector's sight, once an index was opened.

    A full collection looks at every object, 140,000 and more with an index open, while no thread may run: .1 s
    each time, some ten seconds apart under load. What lasts is let go of by its count of references all the same;
    what went in circles is collected here, when the next generation is opened, not during a start.
    """
    if gc.isenabled():
        gc.unfreeze()
        gc.collect()
    gc.freeze()
