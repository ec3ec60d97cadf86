"""Pages on children: told by their names, and ranked after those on adults unless a question speaks of a child."""

import re

from retriever.late_pattern import late_pattern

_CHILDREN = late_pattern(
    r"\b(?:child(?:ren|hood)?|pa?ediatrics?|teens?|teenagers?|adolescents?|young people|kids?|infants?"
    r"|newborns?)\b",
    re.IGNORECASE,
)
_A_CHILD = late_pattern(
    r"\b(?:baby|babies|toddlers?|sons?|daughters?|(?:grand|god)(?:son|daughter|child|children)s?"
    r"|boys?|girls?|(?:\d|1[0-7])[- ]?(?:years?|months?|weeks?)[- ]olds?)\b",
    re.IGNORECASE,
)


def is_on_children(name: str) -> bool:
    """Whether a page's name says that it is on children."""
    return _CHILDREN.search(name.replace("-", " ")) is not None


def asks_of_a_child(question: str) -> bool:
    """Whether a question speaks of a child, its own or any."""
    return is_on_children(question) or _A_CHILD.search(question) is not None
