"""Required words: what a text has to contain for a pattern to be found in it at all.

To look for words costs a small part of what the pattern costs, and most texts lack them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

Reader = Callable[[str], Iterable[tuple[Any, Any]]]
"""Gives the parts of a pattern: the kind of each, and what it holds."""

_READER: Reader | None = getattr(getattr(re, "_parser", None), "parse", None)
"""Python's own: the only place that says how a pattern was read, and not promised to stay."""
_LEAST = 3
"""Shorter words are in nearly every text, and nobody looks for them."""
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})

WordTable = Mapping[str, tuple[str, ...]]
"""Words by their first letters."""


@dataclass(frozen=True, slots=True)
class Clause:
    """Holds for a text that has one of the words, or meets one of the choices. `all_words` are those of both."""

    words: frozenset[str]
    choices: tuple["Required", ...]
    all_words: frozenset[str]


Required = tuple[Clause, ...]
"""Each clause holds for every text in which a pattern is found; without clauses nothing is certain."""


def required_words(pattern: str, *, read: Reader | None = _READER) -> Required:
    """What holds for every ASCII text in lower case in which a pattern is found, or which has such a text within.

    The words are in lower case, without spaces, and may be parts of words: `suicid` for `suicid\\w*`.
    Nothing is certain where no pattern can be read: then each is tried on every text. Raises re.error.
    """
    return () if read is None else _of_sequence(read(pattern))


def is_met(required: Required, present: frozenset[str]) -> bool:
    """Whether it holds for a text that has these of the required words, and no other."""
    for clause in required:
        if clause.all_words.isdisjoint(present):
            return False  # so it ends for most, without a look at the choices
    for clause in required:
        if clause.words.isdisjoint(present) and not any(is_met(choice, present) for choice in clause.choices):
            return False
    return True


def one_of(required: Required) -> frozenset[str]:
    """Words of which one has to be there, rare ones rather than many; none where nothing is certain."""
    each = [clause.words.union(*map(one_of, clause.choices)) for clause in required]
    return max(each, key=lambda words: (min(map(len, words)), -len(words)), default=frozenset())


def word_table(every: Iterable[Required]) -> WordTable:
    """All words of which anything is required."""
    words = sorted(frozenset(word for required in every for clause in required for word in clause.all_words))
    return {start: tuple(found) for start, found in groupby(words, key=lambda word: word[:_LEAST])}


def words_present(text: str, words: WordTable) -> frozenset[str]:
    """Which of the words stand in a text in lower case, within its words too."""
    starts = words.keys() & {text[at : at + _LEAST] for at in range(len(text) - _LEAST + 1)}
    return frozenset(word for start in starts for word in words[start] if word in text)


def _of_sequence(sequence: Iterable[tuple[Any, Any]], begun: str = "") -> Required:
    """What each part of a sequence requires, all of it requires. `begun` are the letters just before it."""
    found: Required = ()
    word = begun
    for kind, argument in sequence:
        letter = chr(argument).lower() if str(kind) == "LITERAL" else " "
        if not letter.isspace():
            word += letter
            continue
        found += _of_part(str(kind), argument, word)
        word = ""
    return found + _of_word(word)


def _of_word(word: str) -> Required:
    words = frozenset({word})
    return (Clause(words, (), words),) if len(word) >= _LEAST else ()


def _of_part(kind: str, argument: Any, begun: str) -> Required:
    match kind:
        case "SUBPATTERN":
            return _of_sequence(argument[-1], begun)
        case "ATOMIC_GROUP":
            return _of_sequence(argument, begun)
        case "BRANCH":
            return _of_branches([_of_sequence(branch, begun) for branch in argument[1]])
        case _ if kind in _REPEATS and argument[0] > 0:
            return _of_sequence(argument[2], begun)
    return _of_word(begun)


def _of_branches(branches: Iterable[Required]) -> Required:
    """What one of several requires: nothing, where one of them requires nothing."""
    each = tuple(branches)
    if not all(each):
        return ()
    plain = [required[0].words for required in each if len(required) == 1 and not required[0].choices]
    choices = tuple(required for required in each if len(required) > 1 or required[0].choices)
    within = (clause.all_words for required in choices for clause in required)
    words: frozenset[str] = frozenset().union(*plain)
    return (Clause(words, choices, words.union(*within)),)
