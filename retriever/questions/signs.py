"""Signs: patterns that are searched for in the sentences of a question, most of them without being tried.

A pattern is found only where words of it stand: few texts have those, and to look for words costs little.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from retriever.late_pattern import late_pattern
from retriever.questions.required_words import (
    Required,
    WordTable,
    is_met,
    one_of,
    required_words,
    word_table,
    words_present,
)

_PLAIN = re.compile(r"\\(?:[wWsSdDbB]|[^\w\\-])|[0-9]-[0-9]")
_NOT_PLAIN = re.compile(r"\\|\(\?[^:=!<]|\(\?<[^=!]|\[[^\]]*-")


@dataclass(frozen=True, slots=True)
class Sign:
    """A pattern that is searched for without regard to case.

    `lowered` finds the same in a sentence that is ASCII and in lower case, in half of the time. None for a
    pattern of which that is not certain. `required` is what such a sentence, or a text around it, has to contain.
    """

    pattern: re.Pattern[str]
    lowered: re.Pattern[str] | None
    required: Required

    @classmethod
    def of(cls, pattern: str) -> "Sign":
        """The sign that is written so. Raises re.error, here or, see `late_pattern`, when it is searched for."""
        is_lower = _is_lower(pattern)
        return cls(
            late_pattern(pattern, re.IGNORECASE),
            late_pattern(pattern) if is_lower else None,
            required_words(pattern) if is_lower else (),
        )

    @classmethod
    def compiled(cls, pattern: str) -> "Sign":
        """The same, compiled at once, for a pattern that nobody has tried. Raises re.error."""
        re.compile(pattern, re.IGNORECASE)
        return cls.of(pattern)

    def is_in(self, sentence: "Sentence") -> bool:
        """Whether it is found."""
        if self.lowered is None or sentence.lowered is None:
            return self.pattern.search(sentence.text) is not None
        return self.lowered.search(sentence.lowered) is not None


@dataclass(frozen=True, slots=True)
class Signs:
    """Several signs, of which those that may be found in a text are known by its words.

    `by_word` has the places of the signs that require one of some words, `free` those of the others.
    """

    each: tuple[Sign, ...]
    by_word: Mapping[str, tuple[int, ...]]
    free: frozenset[int]

    @classmethod
    def of(cls, signs: Iterable[Sign]) -> "Signs":
        """These signs."""
        each = tuple(signs)
        by_word: dict[str, tuple[int, ...]] = {}
        for place, sign in enumerate(each):
            for word in one_of(sign.required):
                by_word[word] = (*by_word.get(word, ()), place)
        return cls(each, by_word, frozenset(place for place, sign in enumerate(each) if not sign.required))

    def possible(self, present: frozenset[str] | None) -> tuple[Sign, ...]:
        """Those that may be found in a text with these of `table_of`; None: which it has is not known."""
        if present is None:
            return self.each
        places = self.free.union(*(self.by_word.get(word, ()) for word in present))
        return tuple(self.each[place] for place in sorted(places) if is_met(self.each[place].required, present))


def table_of(signs: Iterable[Sign]) -> WordTable:
    """The words that are worth looking for before any of these signs is."""
    return word_table(sign.required for sign in signs)


def present_in(text: str, words: WordTable) -> frozenset[str] | None:
    """Which of the words stand in a text; None of one that is not ASCII: other letters change with their case."""
    return words_present(text.lower(), words) if text.isascii() else None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a question, with single spaces; `lowered` where it is ASCII."""

    text: str
    lowered: str | None

    @classmethod
    def of(cls, text: str) -> "Sentence":
        """The sentence that is written so."""
        joined = " ".join(text.split())
        return cls(joined, joined.lower() if joined.isascii() else None)


def _is_lower(pattern: str) -> bool:
    """Whether a pattern certainly means the same in ASCII text of lower case, with or without regard to case.

    It has no letter in upper case, none outside ASCII that has a case, nor what could stand for one: ranges but
    of digits, characters by number, flags, references.
    """
    bare = _PLAIN.sub("", pattern)
    is_caseless = all(letter.isascii() or letter.lower() == letter.upper() for letter in bare)
    return bare == bare.lower() and is_caseless and _NOT_PLAIN.search(bare) is None
