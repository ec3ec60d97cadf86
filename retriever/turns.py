"""Turns: so many threads at a time, each for as long as it is inside."""

from queue import SimpleQueue


class Turns:
    """A context that at most `at_once` threads are in; who comes then waits.

    What a semaphore of Python's does in a tenth of its steps, all of which need the lock that threads wait for.
    """

    def __init__(self, at_once: int) -> None:
        self._free = SimpleQueue[None]()
        for _ in range(at_once):
            self._free.put(None)

    def __enter__(self) -> None:
        self._free.get()

    def __exit__(self, *_: object) -> None:
        self._free.put(None)
