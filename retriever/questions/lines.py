"""Lines of a message: where only the end of its line ends what is said, as chats and letters are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from retriever.late_pattern import late_pattern
from retriever.questions.closings import CLOSING

LEAST_WIDTH = 50
"""Characters of the longest line of a message that may have been broken to a width."""

_MARK = late_pattern(r"^\s*(?:[-–—*•·▪◦]|\(?\d{1,2}[.)])\s+(?=\S)")
_ENDED = late_pattern(r"[.?!;:…,]\W*$")
_UNFINISHED = late_pattern(
    r"\b(?:a|an|the|my|our|his|her|their|your|of|in|on|at|by|for|with|from|to|about|and|or|but|if|whether|than|as"
    r"|is|are|was|were|be|been|can|could|should|will|would|do|does|did|has|have|had|not|very|more)$",
    re.IGNORECASE,
)
_BEGINS = late_pattern(
    r"(?:i|i['’]m|we|my|our|he|she|it|you|and|but|so|can|could|should|shall|do|does|did|is|are|was|were|will|would|may"
    r"|must|has|have|how|what|why|when|where|which|who|hi|hello|please|sorry|any)\b"
    rf"|{CLOSING}",
    re.IGNORECASE,
)


_WITHIN = late_pattern(r"[a-z)][.?!]\s+\w")
"""Where a sentence ends within a line, full lines are broken prose."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without its mark of a list."""

    text: str
    is_marked: bool


def as_sentences(message: Sequence[str]) -> str:
    """The lines of a message as one, with a full stop where only the end of a line ends what is said.

    A line that a mail program broke to its width goes on in the next one; marks of lists are left out.
    """
    lines = [_Line(" ".join(_MARK.sub("", line).split()), _MARK.match(line) is not None) for line in message]
    while lines and not any(map(str.isalnum, lines[-1].text)):
        lines.pop()
    width = max((len(line.text) for line in lines), default=0)
    is_prose = any(_WITHIN.search(line.text) for line in lines)
    said = [
        line.text
        if _ENDED.search(line.text) or _goes_on(line.text, following, width, is_prose)
        else f"{line.text}."
        for line, following in pairwise(lines)
        if any(map(str.isalnum, line.text))
    ]
    return " ".join([*said, *(line.text for line in lines[-1:])])


def _goes_on(line: str, following: _Line, width: int, is_prose: bool) -> bool:
    if not following.text or following.is_marked:
        return False
    if _UNFINISHED.search(line):
        return True
    first, *_ = following.text.split()
    is_full = width >= LEAST_WIDTH and len(line) + 1 + len(first) > width
    return is_full and (is_prose or (first[0].islower() and _BEGINS.match(following.text) is None))
