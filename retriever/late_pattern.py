"""A late pattern: written down when its module is read, compiled when it is first used.

To compile a long one takes milliseconds, and one question uses an eighth of them.
"""

import re
import time
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split")
_waiting: list["_LatePattern"] = []


class _LatePattern:
    """Compiles itself when any of its methods is first asked for, and has the compiled one's own from then on."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._written_flags = flags
        _waiting.append(self)  # one step of Python, as taking from it is

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._written_flags)
        vars(self).update((method, getattr(compiled, method)) for method in _METHODS)
        return getattr(compiled, name)


def late_pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """What does all that the compiled pattern does. Using it the first time raises re.error where it is none.

    It is no instance of `re.Pattern`: functions like `re.sub` do not take it, its own methods do the same.
    """
    return cast("re.Pattern[str]", _LatePattern(pattern, flags))


def compile_late_patterns(*, resting: float = 0.0) -> None:
    """Compiles every one that was written down so far, for a service that has time before it is asked.

    After each it rests `resting` times as long as that one took, for whoever has a question meanwhile.
    """
    while True:
        try:
            waiting = _waiting.pop()
        except IndexError:
            return
        started = time.thread_time()
        waiting.search  # noqa: B018 - asking for it compiles it
        if resting:
            time.sleep(resting * (time.thread_time() - started))
