"""English words: which strings are one, and which are one slip of the hand away from a string that is none."""

import gzip
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from retriever.search.phonetics import within_edits

SHORTEST_CHANGED = 6
"""Letters of the shortest string of which a letter may be another one: among shorter ones too many names are one
letter apart."""
SHORTEST_SLIP = 4
"""Letters of the shortest string that may be a slip at all, unless in one of the words below."""
SHORTEST_SLIP_IN_COMMON = 3
RARER = 100
"""How many times as frequent what was meant is than a word that the dictionary holds as rarely as any: most of its
words are, and "caner" is one of them."""
_COMMON = frozenset((
    "the", "and", "are", "for", "was", "were", "with", "will", "would", "should", "could", "have", "has", "had",
    "what", "when", "where", "which", "who", "why", "how", "can", "does", "did", "this", "that", "these", "they",
    "there", "their", "them", "then", "than", "you", "your", "from", "about", "after", "before", "because", "not",
    "but", "been", "any",
))  # fmt: skip
"""The words of which most sentences are made: a string that is no English and nearly one of them is that one."""


_CONTRACTIONS = """
    he's she's that's there's here's what's where's who's how's when's why's won't can't don't doesn't didn't
    isn't aren't wasn't weren't haven't hasn't hadn't couldn't wouldn't shouldn't mustn't needn't ain't i've you're
    you've you'll you'd they're they've they'll they'd we've it'll
"""
_TYPED_QUICKLY = {whole.replace("'", ""): whole for whole in _CONTRACTIONS.split()} | {
    "gonna": "going to", "wanna": "want to", "gotta": "have to", "dunno": "don't know", "pls": "please",
    "plz": "please", "cuz": "because", "coz": "because", "thru": "through",
}  # fmt: skip
"""What is typed without its apostrophe, or as it is said. None of them is another word of everyday English, as
"ill", "well", "its", "were" and "shell" are."""


@dataclass(frozen=True, slots=True)
class Slip:
    """An English word, in lower case, that may have been meant: whether a letter of it was changed for another
    one, and which share of all words in English texts it is."""

    meant: str
    is_changed: bool
    share: float


def is_english(word: str) -> bool:
    """Whether the dictionary holds the word, in any case; it knows some 160,000, many names among them."""
    return word.lower() in english_words().count_of


def slips(word: str) -> list[Slip]:
    """The English words that a string of letters may have been meant to be, one edit away; none for English, but
    for its rarest words, which may be a slip in one that is `RARER` times as frequent.

    A letter lost or doubled, or two exchanged, is the likelier slip, and in a short string the only one, and in a
    rare word: its first letter is seldom wrong. A letter more at the very end is no slip: names of other languages
    end so.
    """
    told = word.lower()
    if len(told) < SHORTEST_SLIP or not told.isalpha() or (is_english(told) and not _is_rarest(told)):
        return []
    english = english_words()
    found = [
        Slip(near, _is_changed(told, near), english.share(near))
        for near in english.one_edit_from(told)
        if near != told[:-1] or told[-1] == told[-2]
    ]
    if is_english(told):
        found = [slip for slip in found if slip.share > RARER * english.share(told)]
    elif len(told) >= SHORTEST_CHANGED:
        return found
    return [slip for slip in found if not slip.is_changed and slip.meant[0] == told[0]]


def written_out(word: str) -> str | None:
    """What a string like "hes", "wont" or "gonna" stands for, or None; one in capitals may be a name."""
    whole = _TYPED_QUICKLY.get(word.lower())
    if whole is None or not word[1:].islower():
        return None
    return whole[0].upper() + whole[1:] if word[0].isupper() else whole


def common_word_of(word: str) -> str | None:
    """The word like "the" or "what" that a string was meant to be: a letter lost or doubled, or two exchanged.

    None for English, for what begins with a capital, and where several are as near.
    """
    if len(word) < SHORTEST_SLIP_IN_COMMON or not word.isalpha() or not word.islower() or word in _COMMON:
        return None
    near = [meant for meant in _COMMON if within_edits(word, meant, 1) and _is_slip_in_common(word, meant)]
    return near[0] if len(near) == 1 and not is_english(word) else None


def _is_slip_in_common(word: str, meant: str) -> bool:
    """Of two words one edit apart: two letters exchanged, one lost, or one written twice."""
    if len(word) <= len(meant):
        return not _is_changed(word, meant)
    return any(word == meant[:place] + meant[place] + meant[place:] for place in range(len(meant)))


def _is_changed(word: str, other: str) -> bool:
    """Of two words one edit apart: whether the edit is a changed letter."""
    return len(word) == len(other) and sorted(word) != sorted(other)


def _is_rarest(word: str) -> bool:
    """Whether the dictionary holds no word that is less frequent."""
    english = english_words()
    return english.count_of.get(word, 0) <= english.least


@dataclass(frozen=True, slots=True)
class EnglishWords:
    """How often each word stands in English texts; `total` is the sum, `least` the count of the rarest words.

    `letters` are all that any of them has.
    """

    count_of: Mapping[str, int]
    total: int
    least: int
    letters: str

    def share(self, word: str) -> float:
        """Which share of all words in English texts it is."""
        return self.count_of.get(word, 0) / self.total

    def one_edit_from(self, word: str) -> frozenset[str]:
        """The words that one letter more, less or other, or two neighbours exchanged, make of a string."""
        return frozenset(one for one in self._edited(word) if one in self.count_of)

    def _edited(self, word: str) -> Iterator[str]:
        for at in range(len(word) + 1):
            before, after = word[:at], word[at:]
            yield before + after[1:]
            yield before + after[1:2] + after[:1] + after[2:]
            for letter in self.letters:
                yield before + letter + after
                yield before + letter + after[1:]


@lru_cache(maxsize=1)
def english_words() -> EnglishWords:
    """The dictionary. Read when the first word is looked up: most questions have no slip.

    Its file alone is taken from the library, whose own class takes three times as long to read it.
    """
    packed = pkgutil.get_data("spellchecker", "resources/en.json.gz")
    count_of = msgspec.json.decode(gzip.decompress(packed or b""), type=dict[str, int])
    letters = "".join(sorted(frozenset().union(*count_of)))
    return EnglishWords(count_of, sum(count_of.values()), min(count_of.values()), letters)
