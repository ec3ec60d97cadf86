"""Contractions: the tails of "I'm", "don't" and "mother's", which are no words."""

import re

_TAIL = re.compile(r"(?<=\w)['’](?:s|t|m|d|re|ve|ll)\b", re.IGNORECASE)
_WONT = re.compile(r"\b(wo|sha)n['’]t\b", re.IGNORECASE)


def without_contractions(text: str) -> str:
    """The text without these tails; "won't" is no "won"."""
    return _TAIL.sub("", _WONT.sub("will not", text))
