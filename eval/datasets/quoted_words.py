"""The words of a quotation: where they stand in a text, and the digest that tells whether they still do."""

import hashlib
import re

_WORD = re.compile(r"[^\W_]+")
_DIGEST_DIGITS = 12


def word_places(text: str, quote: str) -> list[tuple[int, int]]:
    """Every place, half-open, where the words of a quotation stand one after the other in a text."""
    matches = list(_WORD.finditer(text))
    words, wanted = [match.group() for match in matches], _WORD.findall(quote)
    length = len(wanted)
    return [
        (matches[place].start(), matches[place + length - 1].end())
        for place in range(len(words) - length + 1)
        if wanted and words[place] == wanted[0] and words[place : place + length] == wanted
    ]


def words_within(text: str, start_char: int, end_char: int) -> tuple[int, int] | None:
    """From the first to the last word of a stretch of a text, half-open; None where it holds none."""
    matches = list(_WORD.finditer(text, start_char, end_char))
    return (matches[0].start(), matches[-1].end()) if matches else None


def words_digest(text: str) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of a text's words with one space between each two.

    Words are runs of letters and digits, so neither markup nor line breaks change it.
    """
    return hashlib.sha256(" ".join(_WORD.findall(text)).encode()).hexdigest()[:_DIGEST_DIGITS]
