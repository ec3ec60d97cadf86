"""An ingest that is told to stop ends once, tidily, by whichever signal (F19)."""

import signal
import threading
from collections.abc import Iterator

import pytest

from ingest.stopping import told_to_stop

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
    done = []

    def work() -> None:
        with told_to_stop():
            try:
                signal.raise_signal(told)
                done.append("worked on")
            finally:
                signal.raise_signal(again)
                done.append("tidied")

    with pytest.raises(KeyboardInterrupt):
        work()
    signal.raise_signal(again)  # the rest of the process ends undisturbed as well
    assert done == ["tidied"]


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
