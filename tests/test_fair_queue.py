"""The fair queue: turns between callers, newcomers ahead of those who always wait, bounds, and nothing lost."""

from collections import Counter
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from api.admission.fair_queue import NEW_IN_A_ROW, REMEMBERED, FairQueue

ROOMY = 1_000
steps_of_callers = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["push", "push", "pop"])), max_size=80
)


def queue_of(items: Iterable[str]) -> FairQueue[str]:
    """A queue of items, each of the caller that is its first letter."""
    queue: FairQueue[str] = FairQueue()
    for item in items:
        queue.push(item[0], item, limit=ROOMY)
    return queue


def drained(queue: FairQueue[str]) -> list[str]:
    found = []
    while (item := queue.pop()) is not None:
        found.append(item)
    return found


def test_callers_take_turns_and_each_is_served_in_its_own_order() -> None:
    assert drained(queue_of(("a1", "a2", "a3", "b1", "c1", "b2"))) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_comes_with_nothing_waiting_goes_ahead_of_who_always_has_something_waiting() -> None:
    queue = queue_of(f"a{number}" for number in range(9))
    served = [queue.pop(), queue.pop()]
    assert queue.ahead_of("b") == 0
    queue.push("b", "b1", limit=ROOMY)
    assert [*served, queue.pop(), queue.pop()] == ["a0", "a1", "b1", "a2"]


def test_who_had_less_than_its_share_goes_ahead_though_it_was_just_served() -> None:
    queue = queue_of(f"a{number}" for number in range(20))
    for _ in range(8):
        queue.pop()
    queue.push("b", "b1", limit=ROOMY)
    queue.push("b", "b2", limit=ROOMY)
    assert queue.pop() == "b1"
    assert queue.ahead_of("b") == 1  # its own, and nobody else's
    assert [queue.pop(), queue.pop()] == ["b2", "a8"]
    queue.push("b", "b3", limit=ROOMY)
    assert queue.pop() == "b3"


def test_who_was_just_served_waits_its_turn_like_all_others() -> None:
    queue = queue_of(("a1", "a2", "a3", "c1", "c2"))
    assert [queue.pop() for _ in range(2)] == ["a1", "c1"]
    queue.push("b", "b1", limit=ROOMY)
    assert queue.pop() == "b1"
    queue.push("b", "b2", limit=ROOMY)
    assert drained(queue) == ["a2", "c2", "b2", "a3"]


def test_who_comes_late_has_its_share_soon_and_from_then_on_takes_turns() -> None:
    queue = queue_of(f"a{number}" for number in range(ROOMY // 2))
    for _ in range(REMEMBERED):
        queue.pop()
    for number in range(ROOMY // 2 - 1):
        queue.push("b", f"b{number}", limit=ROOMY)
    served = "".join(str(queue.pop())[0] for _ in range(6 * REMEMBERED))
    assert "b" * (NEW_IN_A_ROW + 1) not in served
    assert served[:30].count("b") == 24  # four of five, until three eighths of the last 64 were its own
    assert served[2 * REMEMBERED :] == "ab" * (2 * REMEMBERED)


def test_newcomers_without_end_stop_nobody() -> None:
    queue = queue_of(f"a{number}" for number in range(9))
    assert queue.pop() == "a0"
    served = []
    for number in range(4 * (NEW_IN_A_ROW + 1)):
        queue.push(f"new {number}", f"n{number}", limit=ROOMY)
        served.append(queue.pop())
    assert Counter(str(item)[0] for item in served) == {"n": 4 * NEW_IN_A_ROW, "a": 4}


def test_in_a_full_queue_the_newest_of_the_busiest_caller_makes_room() -> None:
    queue: FairQueue[str] = FairQueue()
    assert [queue.push("a", item, limit=3) for item in ("a1", "a2", "a3", "a4")] == [None, None, None, "a4"]
    assert queue.push("b", "b1", limit=3) == "a3"
    assert queue.push("b", "b2", limit=3) == "b2"
    assert drained(queue) == ["a1", "b1", "a2"]


def test_a_crowd_that_is_about_to_come_takes_no_place_from_others() -> None:
    queue, coming = queue_of(("a1", "a2")), {"a": 40}
    assert not queue.has_place("a", limit=3, coming=coming)
    assert queue.has_place("b", limit=3, coming=coming)
    assert (queue.ahead_of("a", coming), queue.ahead_of("b", coming)) == (42, 1)


def test_nothing_is_remembered_of_callers_once_nobody_waits() -> None:
    queue: FairQueue[str] = FairQueue()
    for number in range(50):
        queue.push(f"caller {number}", "x", limit=ROOMY)
        queue.pop()
        queue.push(f"caller {number}", "y", limit=ROOMY)
        queue.discard(f"caller {number}", "y")
    assert sum(len(lines) for lines in vars(queue).values() if hasattr(lines, "__len__")) == 0


@given(steps_of_callers, st.integers(0, 6))
def test_a_queue_loses_and_doubles_nothing(steps: list[tuple[str, str]], limit: int) -> None:
    queue: FairQueue[str] = FairQueue()
    inside: set[str] = set()
    for number, (caller, step) in enumerate(steps):
        if step == "pop":
            item = queue.pop()
            assert (item is None) == (not inside)
            inside -= {item} if item else set()
            continue
        assert 0 <= queue.ahead_of(caller) <= len(inside)
        place = queue.has_place(caller, limit=limit)
        inside.add(f"{caller}{number}")
        put_out = queue.push(caller, f"{caller}{number}", limit=limit)
        assert place == (put_out != f"{caller}{number}")
        inside -= {put_out} if put_out else set()
        assert len(queue) == len(inside) <= limit
    assert set(drained(queue)) == inside


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["push", "push", "pop"])), max_size=200))
def test_while_two_callers_wait_neither_is_passed_over_for_long(steps: list[tuple[str, str]]) -> None:
    queue: FairQueue[str] = FairQueue()
    waiting, served = Counter[str](), list[str]()
    for caller, step in [*steps, *[("a", "pop")] * len(steps)]:
        if step == "push":
            queue.push(caller, caller, limit=ROOMY)
            waiting[caller] += 1
        elif (item := queue.pop()) is not None:
            waiting[item] -= 1
            served.append(item)
        if not (waiting["a"] and waiting["b"]):
            served.clear()
        assert abs(served.count("a") - served.count("b")) <= REMEMBERED // 2
        assert len(set(served[-NEW_IN_A_ROW - 1 :])) == 2 or len(served) <= NEW_IN_A_ROW
