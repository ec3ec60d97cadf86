"""Name lines: those of a page that say by which other names its subject is known, a label and what follows it."""

import re
from collections.abc import Sequence

from retriever.answers.quotable.units import Unit, UnitKind
from retriever.late_pattern import late_pattern

MAX_LABEL_WORDS = 6
MAX_NAMES_CHARS = 200

_LABEL = late_pattern(
    r"(?:\w+ ){0,3}(?:brand|trade|generic|other|alternative) names?(?:\(s\))?:?\Z|also (?:called|known as):?\Z",
    re.IGNORECASE,
)
_TITLE_WORD = r"(?:[A-Z(][\w’'®().-]*|and|or|of|in|for|to|the|a|with|by|on|from|about|&|-|–)"
_TITLE = late_pattern(rf"[-*•]\s+(?:{_TITLE_WORD}\s+){{2,}}{_TITLE_WORD}:?\Z")


def names_follow(text: str, inside: Sequence[Unit], place: int) -> bool:
    """Whether a unit is such a label and the next one holds the names: each a paragraph of its own, and short."""
    if place + 1 >= len(inside):
        return False
    label, names = inside[place], inside[place + 1]
    said = text[names.start_char : names.end_char]
    return (
        {label.kind, names.kind} <= {UnitKind.SENTENCE, UnitKind.HEADING}
        and names.kind is UnitKind.SENTENCE
        and label.block != names.block
        and (place + 2 == len(inside) or inside[place + 2].block != names.block)
        and is_names_label(text[label.start_char : label.end_char])
        and len(said) <= MAX_NAMES_CHARS
        and not said.endswith((".", ":", "?"))
    )


def is_names_label(line: str) -> bool:
    """Whether a line says that other names of its page's subject follow: "US Brand Name(s)"."""
    return len(line.split()) <= MAX_LABEL_WORDS and _LABEL.match(line) is not None


def is_title(item: str) -> bool:
    """Whether an item is the name of another page: every word but the short ones begins with a capital letter."""
    return _TITLE.match(item) is not None
