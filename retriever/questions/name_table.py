"""Tables of other names, one rule a line: names that say each other, or names that others behind => say too."""

from collections.abc import Iterator
from typing import NamedTuple


class NameRule(NamedTuple):
    """Names that a question may use, and the names by which a page may say them: the same ones, or others."""

    asked: tuple[str, ...]
    told: tuple[str, ...]


def name_rules(content: str) -> Iterator[NameRule]:
    """The rules in the text of such a table; what stands behind # is a comment."""
    for line in content.splitlines():
        rule, *_ = line.split("#")
        asked, arrow, told = rule.partition("=>")
        if rule.strip():
            names = _names(asked)
            yield NameRule(names, _names(told) if arrow else names)


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(","))
