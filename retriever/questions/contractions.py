"""Contractions: the tails of "I'm", "don't" and "mother's", which are no words."""

import re

_TAIL = re.compile(r"(?<=\w)['’](?:s|t|m|d|re|ve|ll)\b", re.IGNORECASE)


def without_contractions(text: str) -> str:
    """The text without these tails."""
    return _TAIL.sub("", text)
