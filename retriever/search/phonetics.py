"""Phonetics: how a word is heard, whatever letters write it, and how few letters make one word another."""

import re

from retriever.late_pattern import late_pattern

_SPELLED = late_pattern(
    r"^(?P<first>ps|pn|wr|kn)|(?P<f>ph)|(?P<k>ch|ck|qu?)|(?P<e>ae|oe)|(?P<soft>c(?=[eiy]))|(?P<hard>c)|z|y|(?<!^)h"
)
_LETTER = {"ps": "s", "pn": "n", "wr": "r", "kn": "n", "z": "s", "y": "i", "h": ""}
_DOUBLED = late_pattern(r"(.)\1+")


def sound_of(word: str) -> str:
    """The word, in lower case, as it is heard: "kemotherapy" and "chemotherapy" are one.

    Letters that English writes for one sound become one, doubled ones single, and an h that is not the first is
    silent. It is no phonetic writing: vowels stay, since one edit more is allowed where this is compared.
    """
    return _DOUBLED.sub(r"\1", _SPELLED.sub(_heard, word))


def _heard(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind in {"f", "k", "e"}:
        return kind
    if kind in {"soft", "hard"}:
        return "s" if kind == "soft" else "k"
    return _LETTER[found[0]]


def within_edits(one: str, other: str, most: int) -> bool:
    """Whether at most so many letters more, less or other, or neighbours exchanged, make one word the other."""
    if one == other:
        return True
    if most == 0 or abs(len(one) - len(other)) > most:
        return False
    shorter = min(len(one), len(other))
    at = next((place for place in range(shorter) if one[place] != other[place]), shorter)
    one, other, left = one[at:], other[at:], most - 1
    return (
        within_edits(one[1:], other[1:], left)
        or within_edits(one, other[1:], left)
        or within_edits(one[1:], other, left)
        or (len(one) > 1 and one[:2] == other[1::-1] and within_edits(one[2:], other[2:], left))
    )
