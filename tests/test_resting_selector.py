"""The selector that rests: a crowd is looked at together, and nobody else waits for that."""

import socket
from collections.abc import Iterator
from selectors import EVENT_READ

import pytest

from api.http.resting_selector import LONGEST_PERIOD_S, PERIOD_S, RestingSelector


class Turns:
    """A selector with one ready socket, its own time and work, and the rests that it took."""

    def __init__(self, *, crowded: bool) -> None:
        self.now_s, self.worked_s, self.rests_s = 100.0, 0.0, list[float]()
        self._pair = socket.socketpair()
        self.selector = RestingSelector(
            lambda: crowded, clock=lambda: self.now_s, worked=lambda: self.worked_s, rest=self._rest
        )
        self.selector.register(self._pair[0], EVENT_READ)
        self._pair[1].send(b"a request")

    def look(self, timeout: float | None, *, after_s: float = 0.0, worked_s: float = 0.0) -> None:
        self.now_s += after_s
        self.worked_s += worked_s
        assert len(self.selector.select(timeout)) == 1

    def close(self) -> None:
        self.selector.close()
        for one in self._pair:
            one.close()

    def _rest(self, seconds: float) -> None:
        self.now_s += seconds
        self.rests_s.append(seconds)


@pytest.fixture
def in_crowd() -> Iterator[Turns]:
    turns = Turns(crowded=True)
    yield turns
    turns.close()


def test_in_a_crowd_a_look_comes_a_period_after_the_last_one(in_crowd: Turns) -> None:
    in_crowd.look(None)
    in_crowd.look(None, after_s=0.002)
    in_crowd.look(1.0)
    assert in_crowd.rests_s == pytest.approx([PERIOD_S - 0.002, PERIOD_S])


def test_a_turn_that_took_long_by_itself_is_followed_by_no_rest(in_crowd: Turns) -> None:
    in_crowd.look(None)
    in_crowd.look(None, after_s=0.015, worked_s=0.002)
    assert in_crowd.rests_s == []


def test_in_a_flood_the_loop_works_a_quarter_of_the_time_unless_it_would_rest_too_long(in_crowd: Turns) -> None:
    in_crowd.look(None)
    in_crowd.look(None, after_s=0.008, worked_s=0.007)
    in_crowd.look(None, after_s=0.025, worked_s=0.020)
    assert in_crowd.rests_s == pytest.approx([4 * 0.007 - 0.008, LONGEST_PERIOD_S - 0.025])


def test_a_loop_that_has_something_to_go_on_with_does_not_rest(in_crowd: Turns) -> None:
    in_crowd.look(None)
    in_crowd.look(0, after_s=0.001)
    in_crowd.look(0, after_s=0.001)
    assert in_crowd.rests_s == []
    in_crowd.look(None)
    assert in_crowd.rests_s == pytest.approx([PERIOD_S - 0.002])


def test_without_a_crowd_there_is_no_rest() -> None:
    turns = Turns(crowded=False)
    for timeout in (None, 1.0, 0):
        turns.look(timeout)
    turns.close()
    assert turns.rests_s == []
