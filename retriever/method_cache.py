"""What a method said last, remembered without keeping its object alive.

An object that holds a cache of its own bound method refers to itself: what it holds, an index perhaps, would stay
in memory until Python looks for such circles, which may be generations later.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar
from weakref import WeakMethod

Argument = TypeVar("Argument")
Result = TypeVar("Result")


def weakly(method: Callable[[Argument], Result]) -> Callable[[Argument], Result]:
    """The bound method, for the object that it belongs to: not to be called once that is gone (ReferenceError)."""
    bound = WeakMethod(method)

    def called(argument: Argument) -> Result:
        alive = bound()
        if alive is None:
            raise ReferenceError("what this method belongs to is gone")
        return alive(argument)

    return called


def remembering(method: Callable[[Argument], Result], *, most: int) -> Callable[[Argument], Result]:
    """The same, with its last `most` results; arguments are hashable."""
    return lru_cache(maxsize=most)(weakly(method))
