"""Labels: what the lines of a text say they are about, "SpendWell: the system for receipts", as headings do."""

import re
from collections.abc import Sequence

from retriever.late_pattern import late_pattern

LONGEST_LABEL_WORDS = 4

_LABEL = late_pattern(
    r"^\W{0,3}([^\W_][\w'’/() -]{0,38}?)[\"”]?[ \t]*"
    r"(?::|\s[–—-]|\b(?:means|is|are|stands for|refers to))\s+(?=\S)",
    re.MULTILINE,
)


def labels(text: str) -> Sequence[str]:
    """The short names with which lines of a text begin, before a colon, a dash, a list, "is" or "means"."""
    return [label for label in _LABEL.findall(text) if len(label.split()) <= LONGEST_LABEL_WORDS]
