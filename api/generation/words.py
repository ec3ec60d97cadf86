"""The words of a statement: which may be added, which deny, which limit, and which have to be in the source."""

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from retriever.late_pattern import late_pattern
from retriever.search.analyze import terms

_FREE = frozenset(
    (
        *("percent",),  # its number is compared with its unit
        *("a", "an", "the", "is", "are", "was", "were", "be", "been", "being", "do", "does", "did", "has", "have"),
        *("had", "it", "its", "they", "them", "their", "this", "that", "these", "those", "there", "you"),
        *("your", "we", "our", "who", "whom", "whose", "which", "what", "of", "to", "in", "on", "at", "by", "for"),
        *("from", "with", "as", "into", "about", "and", "or", "but", "also", "such", "than", "will", "would"),
        *("people", "person", "someone", "include", "includes", "included", "including"),
        *("according", "passage", "passages", "page", "pages", "source", "example"),
        *("examples", "called", "states", "mentioned", "described", "listed", "he", "she", "his"),
        *("her",),
    )
)
"""Words that a sentence may add to what its source says: they say nothing by themselves."""
_DENYING = frozenset(
    ("not", "no", "never", "cannot", "without", "neither", "nor", "none", "nothing", "nobody", "hardly")
)
_MODAL = frozenset(("may", "might", "could", "can", "possible", "possibly", "perhaps"))
"""Words that may be added too, since they only make a statement weaker."""
_HEDGING = _MODAL | {"sometimes", "occasionally", "probably", "likely", "usually", "often", "some"}
_LIMITING = frozenset(("only", "unless", "except", "rarely", "seldom", "unlikely"))

_WORD = late_pattern(r"[^\W_]+(?:['’][^\W_]+)?")
_CONTRACTED = late_pattern(r"(\w+)n['’]t\b", re.IGNORECASE)
_AMOUNT = late_pattern(
    r"(?P<minus>(?:(?<=[\s(])|^)[-−])?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"\s*-?\s*(?P<unit>%|[^\W\d_]+)?"
)
_UNITS = frozenset(
    terms(
        "mg mcg µg μg microgram milligram gram g kg kilogram ml millilitre milliliter l litre liter percent "
        "unit iu tablet pill capsule drop dose injection second minute hour day week month year time mm cm metre "
        "gy sv"
    )
)
_NUMBER_WORDS = {
    word: Fraction(value)
    for value, word in enumerate(
        ("zero", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
    if word
} | {"twenty": Fraction(20), "thirty": Fraction(30), "fifty": Fraction(50), "hundred": Fraction(100)}

Amount = tuple[Fraction, str | None]
"""A number with its unit, as a stem; None where the word behind it is no unit."""


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """The stem of one word, case and accents folded."""
    found = terms(word)
    return found[0] if found else word.lower()


def spelled_out(text: str) -> str:
    """The text with `n't` as a word of its own."""
    said = re.sub(r"\b(?:can['’]t|cannot)\b", "can not", text, flags=re.IGNORECASE)
    return _CONTRACTED.sub(r"\1 not", said)


def claim_words(text: str) -> list[str]:
    """The words of a text in lower case, numbers among them left out."""
    return [word.lower() for word in _WORD.findall(spelled_out(text)) if not word.isdigit()]


def claims(text: str) -> frozenset[str]:
    """The stems of the words that have to stand in the source: all but those that may be added."""
    free = _FREE | _MODAL | _DENYING | _NUMBER_WORDS.keys()
    return frozenset(stem(word) for word in claim_words(text) if word not in free)


def stems(text: str) -> frozenset[str]:
    """The stems of all words of a text."""
    return frozenset(stem(word) for word in claim_words(text))


def denied(text: str) -> frozenset[str]:
    """For each word that denies, the stem of the first word behind it that says something."""
    found: set[str] = set()
    said = claim_words(text)
    for place, word in enumerate(said):
        if word in _DENYING:
            passed = _FREE | _HEDGING | _DENYING
            found.add(next((stem(each) for each in said[place + 1 :] if each not in passed), ""))
    return frozenset(found)


def is_hedged(text: str) -> bool:
    """Whether a text says "may", "sometimes" or the like."""
    return not _HEDGING.isdisjoint(claim_words(text))


def limiting_words(text: str) -> frozenset[str]:
    """Which of "only", "unless", "rarely" and the like a text has."""
    return _LIMITING & frozenset(claim_words(text))


def amounts(text: str) -> frozenset[Amount]:
    """Every number of a text with its unit, in figures or in words."""
    return frozenset(_amounts(text))


def _amounts(text: str) -> Iterator[Amount]:
    for match in _AMOUNT.finditer(text):
        value = Fraction(match["digits"].replace(",", "")) * (-1 if match["minus"] else 1)
        yield value, _unit(match["unit"])
    said = re.findall(r"[^\W\d_]+|%", text)
    for place, word in enumerate(said):
        value = _NUMBER_WORDS.get(word.lower(), Fraction(-1))
        if value >= 0:
            yield value, _unit(said[place + 1] if place + 1 < len(said) else None)


def _unit(word: str | None) -> str | None:
    if word is None:
        return None
    unit = stem("percent" if word == "%" else word)
    return unit if unit in _UNITS else None
