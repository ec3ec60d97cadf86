"""Text to the terms that the lexical search counts: folded, without stop words, stemmed."""

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+")
_NEGATED = re.compile(r"\b(non)(?:\s?[-‐‑–]\s?|\s+)(?=[^\W\d_])", re.IGNORECASE)
STOP_WORDS = frozenset((
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not",
    "of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was",
    "will", "with",
))  # fmt: skip
"""Source: Lucene's English stop words, as bm25s has them; to import its list would import scipy too."""
SHORTEST_SHORT = 5
"""Letters below which the beginning of a word is no short form of it."""
ANALYSIS_VERSION = 1
"""Goes up by one whenever `terms` gives other terms for any text."""
_SHORT = 300
"""Characters up to which the terms of a text are remembered: questions and titles come back many times."""
_local = threading.local()


def terms(text: str) -> list[str]:
    """The terms of a text in their order, repeated as often as they stand.

    "Non-" is one word with what it negates: a page on Hodgkin lymphoma is not one on non-Hodgkin lymphoma.
    Letters and digits make a word; case and accents are folded; English stop words drop out, unless that
    would leave nothing; the Snowball stemmer for English takes the endings. Source: Porter, "Snowball" (2001).
    """
    return list(_terms_of_short(text)) if len(text) <= _SHORT else _terms_of(text)


def _terms_of(text: str) -> list[str]:
    spelled = words(text)
    kept = [term for word in spelled if (term := term_of(word)) is not None]
    return kept or [_stemmed(_fold(word)) for word in spelled]


_terms_of_short = lru_cache(maxsize=4_096)(_terms_of)


@lru_cache(maxsize=65_536)
def term_of(word: str) -> str | None:
    """The term that one of the `words` of a text becomes; None for a stop word."""
    folded = _fold(word)
    return None if folded in STOP_WORDS else _stemmed(folded)


def analysis() -> str:
    """What makes the terms of two programs interchangeable: our rules, the stemmer's and Unicode's."""
    return f"{ANALYSIS_VERSION}, snowball {Stemmer.version()}, unicode {unicodedata.unidata_version}"


def words(text: str) -> list[str]:
    """The words of a text as they are written, before they become terms."""
    return _WORD.findall(_NEGATED.sub(r"\1", text) if "non" in text.lower() else text)


def _stemmed(folded: str) -> str:
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english")  # holds state: one for each thread
    stemmed: str = _local.stemmer.stemWord(folded)
    return stemmed


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def is_short_for(short: str, term: str) -> bool:
    """Whether a term is another one cut short, as people do: "chemo" for chemotherapy."""
    return SHORTEST_SHORT <= len(short) < len(term) and term.startswith(short)
