"""Typing errors: the word of the collection that an unknown word of a question was meant to be."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from retriever.analyze import terms, words
from retriever.lexical import LexicalField

SHORTEST_CORRECTED = 6
"""Letters of the shortest word that may be a typing error: too many shorter ones are one letter apart."""
COMMON_SHARE = 2e-4
"""A word in this share of the passages, and in two of them, may have been meant: rarer ones are mostly names, and
an unknown name near a rare one is another name."""
VARIANT_TIMES = 8
"""How many times as many passages the other spelling of a known word stands in, for it to be searched instead."""
_EDGE = 3
_SPELLINGS = tuple(
    (re.compile(sound), other)
    for sound, other in (
        ("ae|oe", "e"),
        ("our(?=$|s$|ed$|ing$|able$|ite$)", "or"),
        ("or(?=$|s$|ed$|ing$|able$|ite$)", "our"),
        ("(?<=[iy])s(?=e|i|ation)", "z"),
        ("(?<=[iy])z(?=e|i|ation)", "s"),
    )
)
"""Sounds that British and American English write differently: leukaemia and leukemia, tumour and tumor.

Where only a letter is wanting (leukemia in a British collection), the word is mended as a typing error."""


class Spelling:
    """The words of one generation, as they are spelled there. Safe to share between threads."""

    def __init__(self, body: LexicalField, headings: LexicalField) -> None:
        self._body = body
        self._headings = headings

    @cached_property
    def _words_at(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """The longer words by their ends. Made for the first unknown word: a start need not wait for it."""
        words_at: dict[tuple[str, str], list[str]] = defaultdict(list)
        for word in {**self._body.numbers, **self._headings.numbers}:
            if len(word) >= SHORTEST_CORRECTED - 1:
                for edge in _edges(word):
                    words_at[edge].append(word)
        return words_at

    def knows(self, term: str) -> bool:
        """Whether any passage, title or heading holds the term."""
        return term in self._body.numbers or term in self._headings.numbers

    def meant(self, term: str) -> str:
        """The term itself where it is known or nothing is near it, else the common term that is one edit away.

        Of several the one in most passages. A number is never corrected.
        Source: Damerau, "A technique for computer detection and correction of spelling errors" (1964): four of
        five misspelt words are one edit away from the right one.
        """
        if self.knows(term) or len(term) < SHORTEST_CORRECTED or not term.isalpha():
            return term
        least = max(2, COMMON_SHARE * self._body.rows)
        near = {
            word
            for edge in _edges(term)
            for word in self._words_at.get(edge, ())
            if one_edit_apart(term, word) and self._rows_with(word) >= least
        }
        return min(near, key=lambda word: (-self._rows_with(word), word), default=term)

    def usual(self, word: str) -> str:
        """The word itself, or its other spelling (British or American) where the collection writes mostly that."""
        found = {other: self._rows_with(terms(other)[0]) for other in _spelled_otherwise(word.lower())}
        if not any(found.values()):
            return word
        usual = min(found, key=lambda other: (-found[other], other))
        least = max(2, COMMON_SHARE * self._body.rows, VARIANT_TIMES * self._rows_with(terms(word)[0]))
        return usual if found[usual] >= least else word

    def _rows_with(self, term: str) -> int:
        return max(self._body.rows_with(term), self._headings.rows_with(term))

    def mended(self, question: str) -> str:
        """The question with the term that was meant in the place of every word that the collection does not know.

        Only where that term stays what it is when it is read as a word. A word that the collection spells the
        other way (British or American) is spelled as it does.
        """
        for word in dict.fromkeys(words(question)):
            (term, *_) = terms(word)
            meant = self.usual(word)
            if meant == word:
                meant = self.meant(term)
                if meant == term or terms(meant) != [meant]:
                    continue
            question = re.sub(rf"\b{re.escape(word)}\b", meant, question)
        return question


def one_edit_apart(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two neighbours exchanged, make one word the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    if len(one) > len(other):
        one, other = other, one
    at = next((place for place, letter in enumerate(one) if letter != other[place]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    exchanged = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return exchanged or one[at + 1 :] == other[at + 1 :]


def _spelled_otherwise(word: str) -> set[str]:
    """What a word may be in the other spelling, each of its sounds exchanged, or all of a kind."""
    found: set[str] = set()
    for sound, other in _SPELLINGS:
        places = list(sound.finditer(word))
        found.update(word[: one.start()] + other + word[one.end() :] for one in places)
        if len(places) > 1:
            found.add(sound.sub(other, word))
    return {other for other in found if max(len(word), len(other)) >= SHORTEST_CORRECTED}


def _edges(word: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """The two ends of a word; one edit leaves one of them as it is, in a word of at least twice that length."""
    return (word[:_EDGE], ""), ("", word[-_EDGE:])
