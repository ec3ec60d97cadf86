"""A bounded queue that is fair: within one caller first come, first served; callers take turns."""

from collections import OrderedDict, deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """Not safe between threads by itself; whoever shares it holds a lock."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[Item]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def push(self, caller: str, item: Item, *, limit: int) -> Item | None:
        """Puts an item at the end of its caller's line; what has to leave for it, or None.

        In a queue of `limit` that is the newest of the caller who has most waiting: perhaps this very item.
        """
        if not self.has_place(caller, limit=limit):
            return item
        if self._length >= limit:
            put_out = max(self._waiting.values(), key=len).pop()
            self._waiting.setdefault(caller, deque()).append(item)
            return put_out
        self._waiting.setdefault(caller, deque()).append(item)
        self._length += 1
        return None

    def has_place(self, caller: str, *, limit: int) -> bool:
        """Whether a new item of this caller would stay, in a queue of `limit`."""
        if self._length < limit:
            return True
        longest = max(map(len, self._waiting.values()), default=0)
        return len(self._waiting.get(caller, ())) + 1 < longest

    def pop(self) -> Item | None:
        """The next item, or None. Its caller then goes behind all others."""
        if not self._waiting:
            return None
        caller, line = next(iter(self._waiting.items()))
        item = line.popleft()
        self._length -= 1
        if line:
            self._waiting.move_to_end(caller)
        else:
            del self._waiting[caller]
        return item

    def ahead_of(self, caller: str) -> int:
        """How many would be served before a new item of this caller: its own, and as many of each other."""
        mine = len(self._waiting.get(caller, ()))
        return mine + sum(min(len(line), mine + 1) for name, line in self._waiting.items() if name != caller)

    def discard(self, caller: str, item: Item) -> bool:
        """Takes an item out; whether it was still waiting."""
        line = self._waiting.get(caller)
        if line is None or item not in line:
            return False
        line.remove(item)
        self._length -= 1
        if not line:
            del self._waiting[caller]
        return True
