"""An ingest that is told to stop ends once, tidily, by whichever signal (F19)."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.commands.stopping import told_to_stop
from tests.waiting import PATIENCE_S

CHECKOUT = Path(__file__).parent.parent
TOLD_TWICE = """
import signal, sys
from ingest.commands.stopping import told_to_stop

told, again = int(sys.argv[1]), int(sys.argv[2])
# As a terminal starts it, even where what runs the tests is to ignore one of them.
signal.signal(signal.SIGINT, signal.default_int_handler)
for each in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(each, signal.SIG_DFL)
try:
    with told_to_stop():
        try:
            signal.raise_signal(told)
            print("worked on")
        finally:
            signal.raise_signal(again)
            print("tidied")
except KeyboardInterrupt:
    signal.raise_signal(again)
    print("interrupted")
"""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in SIGNALS}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.parametrize("told", SIGNALS)
@pytest.mark.parametrize("again", SIGNALS)
def test_the_first_signal_interrupts_and_a_second_breaks_nothing_off(
    told: signal.Signals, again: signal.Signals
) -> None:
    # In a process of its own: a signal that is not held back would end the one that runs the tests.
    done = subprocess.run(
        [sys.executable, "-c", TOLD_TWICE, str(int(told)), str(int(again))],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["tidied", "interrupted"], "")


def test_what_the_process_was_started_to_ignore_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with told_to_stop():
        signal.raise_signal(signal.SIGHUP)


def test_where_nothing_was_told_the_handlers_are_as_before() -> None:
    before = [signal.getsignal(each) for each in SIGNALS]
    with pytest.raises(ValueError, match="x"), told_to_stop():
        raise ValueError("x")
    assert [signal.getsignal(each) for each in SIGNALS] == before


def test_another_thread_than_the_main_one_is_let_through() -> None:
    entered = threading.Event()

    def work() -> None:
        with told_to_stop():
            entered.set()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert entered.is_set()
