"""Other spellings: British and American ones of a word."""

import re

_SPELLINGS = tuple(
    (re.compile(sound), other)
    for sound, other in (
        ("ae|oe", "e"),
        ("our(?=$|s$|ed$|ing$|able$|ite$)", "or"),
        ("or(?=$|s$|ed$|ing$|able$|ite$)", "our"),
        ("(?<=[iy])s(?=e|i|ation)", "z"),
        ("(?<=[iy])z(?=e|i|ation)", "s"),
        ("(?<=[bt])re(?=$|s$|d$)", "er"),
        ("(?<=[bt])er(?=$|s$|ed$)", "re"),
    )
)
"""Sounds that British and American English write differently: leukaemia and leukemia, tumour and tumor.

Where only a letter is wanting (leukemia in a British collection), the word is mended as a typing error."""


def spelled_otherwise(word: str, shortest: int) -> set[str]:
    """What a word may be in the other spelling, each of its sounds exchanged, or all of a kind.

    Either of the two has at least the `shortest` number of letters.
    """
    found: set[str] = set()
    for sound, other in _SPELLINGS:
        places = list(sound.finditer(word))
        found.update(word[: one.start()] + other + word[one.end() :] for one in places)
        if len(places) > 1:
            found.add(sound.sub(other, word))
    return {other for other in found if max(len(word), len(other)) >= shortest}
