"""Other names of what a question names: hypertension is high blood pressure, whichever of the two a page says."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from retriever.questions.messages import parts_of
from retriever.questions.name_table import NameRule, name_rules
from retriever.search.analyze import terms

TABLE_FILE = "other_names.txt"
_MOST = 2
_SELDOM = 4
"""A name that is said this much more seldom than the one that was asked by adds nothing to what it finds."""
_END = re.compile(r"([?.!\s]*)$")


@dataclass(frozen=True, slots=True)
class OtherNames:
    """A name that a question uses, as `term_line` writes it, and its other names: so, and as people write them."""

    name: str
    others: Mapping[str, str]


def term_line(text: str) -> str:
    """The terms of a text in their order, in which a name is found as a part: it begins and ends with a space."""
    return f" {' '.join(terms(text))} "


@lru_cache(maxsize=256)
def other_names(question: str) -> tuple[OtherNames, ...]:
    """Those of its names that have others."""
    line = term_line(question)
    return tuple(one for one in _table() if one.name in line)


def told_otherwise(names: Iterable[OtherNames], line: str) -> str:
    """The names that a text, as `term_line` writes it, says by another, in one such line; empty for none."""
    return "".join(one.name for one in names if any(other in line for other in one.others))


def also_named(question: str, passages_with: Callable[[str], int]) -> str:
    """The question with another name behind it for what it names, the one that most passages hold.

    `passages_with` gives the number of passages that hold all terms of a name. A message of several parts stays as
    it is: its parts are told apart by how it is written.
    """
    if len(parts_of(question)) > 1:
        return question
    for one in other_names(question)[:_MOST]:
        known = {written: passages_with(written) for written in one.others.values()}
        best = max(sorted(known), key=known.__getitem__)
        if known[best] and known[best] * _SELDOM >= passages_with(one.name):
            question = _END.sub(rf" ({best})\1", question, count=1)
    return question


@cache
def names_searched() -> tuple[NameRule, ...]:
    """The table of other names."""
    return tuple(name_rules(resources.files(__package__).joinpath(TABLE_FILE).read_text(encoding="utf-8")))


@cache
def _table() -> tuple[OtherNames, ...]:
    """Every name that may be asked by."""
    return tuple(entry for rule in names_searched() for entry in _entries(rule))


def _entries(rule: NameRule) -> Iterator[OtherNames]:
    others = {term_line(name): name for name in rule.told}
    for name in map(term_line, rule.asked):
        yield OtherNames(name, {line: written for line, written in others.items() if line != name})
