"""Being told to stop: a closed terminal or a service manager ends an ingest as tidily as Ctrl+C does."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def told_to_stop() -> Iterator[None]:
    """The first SIGINT, SIGTERM or SIGHUP raises KeyboardInterrupt in the main thread; later ones do nothing.

    What the process was started to ignore stays ignored: `nohup` lets a run outlive its terminal.
    """
    before = {}
    # Only the main thread may set handlers, and Windows has no SIGHUP.
    if threading.current_thread() is threading.main_thread():
        before = {each: signal.getsignal(each) for each in signal.Signals if each.name in _NAMES}
    is_told = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_told
        is_told = True
        for each in before:
            signal.signal(each, signal.SIG_IGN)  # a second signal must not break off the tidying
        raise KeyboardInterrupt

    for each, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(each, stop)
    try:
        yield
    finally:
        if not is_told:
            for each, handler in before.items():
                signal.signal(each, handler)
