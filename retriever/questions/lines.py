"""Lines of a message: where only the end of its line ends what is said, as chats and letters are written."""

import re
from collections.abc import Sequence

LEAST_WIDTH = 50
"""Characters of the longest line of a message that may have been broken to a width."""

_MARK = re.compile(r"^\s*(?:[-–—*•·▪◦]|\(?\d{1,2}[.)])\s+(?=\S)")
_ENDED = re.compile(r"[.?!;:…,]\W*$")
_UNFINISHED = re.compile(
    r"\b(?:a|an|the|my|our|his|her|their|your|of|in|on|at|by|for|with|from|to|about|and|or|but|if|whether|than|as"
    r"|is|are|was|were|be|been|can|could|should|will|would|do|does|did|has|have|had|not|very|more)$",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"(?:i|i['’]m|we|my|our|he|she|it|you|and|but|so|can|could|should|shall|do|does|did|is|are|was|were|will|would|may"
    r"|must|has|have|how|what|why|when|where|which|who|hi|hello|thanks|thank|please|sorry|any|many)\b",
    re.IGNORECASE,
)


def as_sentences(message: Sequence[str]) -> str:
    """The lines of a message as one, with a full stop where only the end of a line ends what is said.

    A line that a mail program broke to its width goes on in the next one; marks of lists are left out.
    """
    raw = [line for line in message if any(map(str.isalnum, line))]
    lines = [" ".join(_MARK.sub("", line).split()) for line in raw]
    width = max(map(len, lines), default=0)
    said = []
    for place, line in enumerate(lines):
        is_last = place + 1 == len(lines)
        goes_on = not is_last and _MARK.match(raw[place + 1]) is None and _goes_on(line, lines[place + 1], width)
        said.append(line if is_last or goes_on or _ENDED.search(line) else f"{line}.")
    return " ".join(said)


def _goes_on(line: str, following: str, width: int) -> bool:
    if _UNFINISHED.search(line):
        return True
    first, *_ = following.split()
    is_full = width >= LEAST_WIDTH and len(line) + 1 + len(first) > width
    return is_full and first[0].islower() and _BEGINS.match(following) is None
