"""A bounded queue that is fair: within one caller first come, first served; callers take turns.

Whoever had clearly less than its share of what was served last goes ahead of those who always have something
waiting. Source: RFC 8290, the new and the old flows of FQ-CoDel; there a flow is new only while it has nothing
waiting. With few and long services that is too little: who asks for a fifth often asks again before an answer.
"""

from collections import OrderedDict, deque
from collections.abc import Mapping
from itertools import chain
from typing import Generic, TypeVar

Item = TypeVar("Item")

NEW_IN_A_ROW = 4
"""How many newcomers are served one after the other where others wait: newcomers without end stop nobody."""
REMEMBERED = 64
"""How many were served last, of which each caller has its share."""
_NOTHING: Mapping[str, int] = {}


class FairQueue(Generic[Item]):
    """Not safe between threads by itself; whoever shares it holds a lock.

    A caller that is not in the round of all others comes in as a newcomer. Once served it is in the round, and
    stays there until its turn has come with nothing waiting, or it had clearly less than its share of what was
    served last: then it is a newcomer again.
    """

    def __init__(self) -> None:
        self._new: OrderedDict[str, deque[Item]] = OrderedDict()
        self._round: OrderedDict[str, deque[Item]] = OrderedDict()
        self._last: deque[str] = deque(maxlen=REMEMBERED)
        self._in_a_row = 0
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def push(self, caller: str, item: Item, *, limit: int) -> Item | None:
        """Puts an item at the end of its caller's line; what has to leave for it, or None.

        In a queue of `limit` that is the newest of the caller who has most waiting: perhaps this very item.
        """
        if not self.has_place(caller, limit=limit):
            return item
        put_out = None
        if self._length >= limit:
            busiest = max(chain(self._new, self._round), key=self._waiting)
            put_out = self._line(busiest).pop()
            self._shortened(busiest)
        line = self._round.get(caller)
        if line is None or self._had_little(caller):
            self._round.pop(caller, None)
            line = self._new.setdefault(caller, deque() if line is None else line)
        line.append(item)
        self._length += 1
        return put_out

    def has_place(self, caller: str, *, limit: int, coming: Mapping[str, int] = _NOTHING) -> bool:
        """Whether a new item of this caller would stay, in a queue of `limit`.

        `coming` says how many more of each caller will have come before it.
        """
        if self._length + sum(coming.values()) < limit:
            return True
        longest = max((self._waiting(name, coming) for name in self._callers(coming)), default=0)
        return self._waiting(caller, coming) + 1 < longest

    def pop(self) -> Item | None:
        """The next item, or None. Its caller then goes behind all others."""
        if not self._length:
            return None
        may_be_new = self._in_a_row < NEW_IN_A_ROW or not any(self._round.values())
        is_new = bool(self._new) and may_be_new
        caller, line = self._next(self._new if is_new else self._round)
        self._in_a_row = self._in_a_row + 1 if is_new else 0
        self._length -= 1
        item = line.popleft()
        self._last.append(caller)
        (self._new if line and self._had_little(caller) else self._round)[caller] = line
        self._forget_if_empty()
        return item

    def ahead_of(self, caller: str, coming: Mapping[str, int] = _NOTHING) -> int:
        """How many would be served before a new item of this caller: of a newcomer, one of each other newcomer.

        Of any other its own, and as many of each other. `coming` is as for `has_place`.
        """
        mine = self._waiting(caller, coming)
        others = self._callers(coming) - {caller}
        if self._had_little(caller) or (not mine and caller not in self._round):
            others -= self._round.keys()
        return mine + sum(min(self._waiting(name, coming), mine + 1) for name in others)

    def discard(self, caller: str, item: Item) -> bool:
        """Takes an item out; whether it was still waiting."""
        line = self._line(caller)
        if item not in line:
            return False
        line.remove(item)
        self._shortened(caller)
        return True

    def _shortened(self, caller: str) -> None:
        self._length -= 1
        if caller in self._new and not self._new[caller]:
            del self._new[caller]
        self._forget_if_empty()

    def _forget_if_empty(self) -> None:
        """With nobody left to wait, it is nobody's turn."""
        if not self._length:
            self._new.clear()
            self._round.clear()
            self._last.clear()

    def _had_little(self, caller: str) -> bool:
        """Whether this caller had less than three quarters of its share of what was served last.

        With the whole share for the limit, two who always wait would each have several turns in a row.
        """
        sharing = {*self._new, *self._round, *self._last, caller}
        return self._last.count(caller) * len(sharing) * 4 < len(self._last) * 3

    @staticmethod
    def _next(lines: OrderedDict[str, deque[Item]]) -> tuple[str, deque[Item]]:
        """Takes out the first line in which anything waits; empty ones before it have had their turn."""
        caller, line = lines.popitem(last=False)
        while not line:
            caller, line = lines.popitem(last=False)
        return caller, line

    def _callers(self, coming: Mapping[str, int]) -> set[str]:
        return {*self._new, *self._round, *coming}

    def _line(self, caller: str) -> deque[Item]:
        return self._new.get(caller) or self._round.get(caller) or deque()

    def _waiting(self, caller: str, coming: Mapping[str, int] = _NOTHING) -> int:
        return len(self._line(caller)) + coming.get(caller, 0)
