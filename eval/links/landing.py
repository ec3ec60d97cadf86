"""Where a deep link led: what a browser marked, held against the place of the cited span on the page.

A page shows more than its reading text holds (the numbers of references, captions), and words may come again: what
is marked cannot be judged by its words alone. Only letters are counted, since figures may be marks of a list.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

GRAM_LETTERS = 24
"""So many letters in a row, where they stand once in both texts, are taken for the same place."""
BEYOND_LETTERS = 500
"""A mark may exceed the span by so many letters on either side: by words before it that tell it from others."""
LEAST_SHARE = 0.5
"""A link may leave out first lines that stand elsewhere on the page too, at most half of the span."""


class Landing(StrEnum):
    """Where a deep link led."""

    FOUND = "found"
    TOO_LONG = "too_long"
    """The span is marked, and much besides it."""
    ELSEWHERE = "elsewhere"
    """Something was marked, and it is not the span: another place with such words, or too little of it."""
    NOT_FOUND = "not_found"
    """Nothing was marked."""
    NOT_LOADED = "not_loaded"
    """The browser did not open the page, though it was asked several times."""


class Extent(StrEnum):
    """How much of a span a browser marked."""

    EXACT = "exact"
    """From its first to its last letter, with what only the page shows in between."""
    SHORTER = "shorter"
    """Letters of it are missing, and nothing besides it is marked."""
    LONGER = "longer"
    """Letters before or behind it are marked too."""
    NOTHING = "nothing"
    """None of it is marked."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch that a browser marked: the letters of the page up to its start and to its end; its first words."""

    start: int
    end: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The letters of a page that a span of its reading text takes; `start` and `end` where an omission is near:
    the widest that they may be."""

    start: int
    end: int


def letters_of(text: str) -> str:
    """The letters of a text, as they are."""
    return "".join(filter(str.isalpha, text))


def landing(place: Place, letters: int, marked: Sequence[Marked]) -> Landing:
    """Where a link led whose span takes `place` on the page and has so many letters in the reading text."""
    if not marked:
        return Landing.NOT_FOUND
    inside = [min(one.end, place.end) - max(one.start, place.start) for one in marked]
    if max(inside) < LEAST_SHARE * letters or max(inside) < 0:
        return Landing.ELSEWHERE
    if marked[0].start < place.start - BEYOND_LETTERS or marked[-1].end > place.end + BEYOND_LETTERS:
        return Landing.TOO_LONG
    return Landing.FOUND


def extent(span: str, place: Place, page_letters: str, marked: Sequence[Marked]) -> Extent:
    """How much of a span, given by its letters, is marked on a page where it takes `place`."""
    shown = "".join(page_letters[one.start : one.end] for one in marked)
    if not any(one.start < place.end and one.end > place.start for one in marked):
        return Extent.NOTHING
    ends = span[:GRAM_LETTERS], span[-GRAM_LETTERS:]
    within = iter(shown)
    if shown.startswith(ends[0]) and shown.endswith(ends[1]) and all(letter in within for letter in span):
        return Extent.EXACT
    is_beyond = marked[0].start < place.start or marked[-1].end > place.end
    return Extent.LONGER if is_beyond else Extent.SHORTER


class Alignment:
    """A reading text beside the letters of its page, in which it stands in order, with other words between."""

    def __init__(self, text: str, page_letters: str) -> None:
        self._before = [0, *accumulate(map(str.isalpha, text))]
        letters = letters_of(text)
        here, there = _single_grams(letters), _single_grams(page_letters)
        self._anchors: list[tuple[int, int]] = []
        for gram, place in here.items():
            shown = there.get(gram, -1)
            # The page has the words in their order: what steps back is a chance likeness.
            if shown >= place and (not self._anchors or shown > self._anchors[-1][1]):
                self._anchors.append((place, shown))
        self._anchors.append((len(letters), len(page_letters)))
        self._here = [place for place, _ in self._anchors]

    def letters(self, start_char: int, end_char: int) -> int:
        """How many letters a span of the reading text has."""
        return self._before[end_char] - self._before[start_char]

    def place(self, start_char: int, end_char: int) -> Place:
        """Where a span of the reading text stands on the page."""
        start, end = self._before[start_char], self._before[end_char]
        return Place(self._shown(start)[0], max(self._shown(end - 1)[1] + 1, self._shown(start)[1]))

    def _shown(self, letter: int) -> tuple[int, int]:
        """The first and the last letter of the page that a letter of the reading text may be."""
        behind = bisect_left(self._here, letter)
        before = bisect_right(self._here, letter) - 1
        here, there = self._anchors[before] if before >= 0 else (0, 0)
        if before >= 0 and letter - here < GRAM_LETTERS:
            return there + letter - here, there + letter - here
        next_here, next_there = self._anchors[min(behind, len(self._anchors) - 1)]
        earliest, latest = there + letter - here, next_there - (next_here - letter)
        return min(earliest, latest), max(earliest, latest)


def _single_grams(letters: str) -> dict[str, int]:
    """Where each gram stands that stands once, in order."""
    places: dict[str, int] = {}
    for place in range(len(letters) - GRAM_LETTERS + 1):
        gram = letters[place : place + GRAM_LETTERS]
        places[gram] = -1 if gram in places else place
    return {gram: place for gram, place in places.items() if place >= 0}
