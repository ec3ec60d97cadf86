"""A reading text as a browser searches it for the words of a link: block by block, by letters without accents."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import combining, normalize

_RUN = re.compile(r"(?:[^\n\t\[]++|(?<![.;,)\]])\[)+|\[[^\n\t\[]*")
"""A block, or what stands in brackets behind a sentence: pages often have the number of a reference between.
Where the page may show the number of a reference, a block is parted there too."""
_MARKER = re.compile(r"\s*(?:[-*+•◦▪‣–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+")
_WIDE_SPACE = re.compile(r"[^\S ]\s*| \s+")
"""What becomes one blank, and is not one already."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BARRIER = "\n\0\n"
"""Between texts of which no words are next to each other."""
_QUOTATION_MARKS = {**dict.fromkeys("\u2018\u2019", "'"), **dict.fromkeys("\u201c\u201d", '"')}


Outline = tuple[tuple[int, str], ...]
"""The headings of a page in its order, each with its level."""
NO_OUTLINE: Outline = ()


@dataclass(frozen=True, slots=True)
class SearchedPage:
    """A reading text as a browser searches it: folded lines, one for each block, without list marks.

    Run i is `text[starts[i]:ends[i]]` and stands in `folded` from `places[i]`. Before the runs of
    `parted` the page shows what the reading text leaves out, so that no words join them to the run before.
    `folded` begins with the page's headings, as a table of contents may show them above the text.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    folded: str
    places: tuple[int, ...]
    parted: frozenset[int]

    def place(self, run: int, position: int) -> int:
        """Where a character of a run stands in `folded`."""
        return self.places[run] + len(folded_text(self.text[self.starts[run] : position]))

    def runs_of(self, start_char: int, end_char: int) -> Iterator[int]:
        """The runs that a span of the text touches."""
        run = max(0, bisect_right(self.starts, start_char) - 1)
        while run < len(self.starts) and self.starts[run] < end_char:
            if self.ends[run] > start_char:
                yield run
            run += 1

    def places_in_context(self, term: str, prefix: str, suffix: str) -> list[int]:
        """Where a browser finds the term with these words around it; blocks may part them."""
        before, behind = folded_text(prefix), folded_text(suffix)
        folded = self.folded
        places = []
        for place in self.found(term):
            end = place + len(term)
            is_behind_prefix = folded[max(0, place - len(before) - 2) : place].rstrip().endswith(before)
            if is_behind_prefix and folded[end : end + len(behind) + 2].lstrip().startswith(behind):
                places.append(place)
        return places

    def found(self, term: str, start: int = 0) -> Iterator[int]:
        """Where a term stands in `folded` between word boundaries; it is folded too."""
        folded = self.folded
        place = folded.find(term, start)
        while place >= 0:
            end = place + len(term)
            is_inside_before = place > 0 and folded[place - 1].isalnum() and term[0].isalnum()
            is_inside_behind = end < len(folded) and folded[end].isalnum() and term[-1].isalnum()
            if not is_inside_before and not is_inside_behind:
                yield place
            place = folded.find(term, place + 1)

    def is_first(self, term: str, place: int) -> bool:
        """Whether a folded term stands nowhere before a place where it stands: a browser takes the first."""
        return next(self.found(term), -1) == place

    def words_before(self, run: int, start: int, count: int, *, is_sure: bool) -> str:
        """The last words before a place, of its own block or else of the one before.

        With `is_sure` none beyond an omission.
        """
        if not self.text[self.starts[run] : start].strip():
            if run == 0 or (is_sure and run in self.parted):
                return ""
            run -= 1
            start = self.ends[run]
        return " ".join(self.text[self.starts[run] : start].split()[-count:])

    def words_behind(self, run: int, end: int, count: int, *, is_sure: bool) -> str:
        """The first words behind a place, of its own block or else of the next; see `words_before`."""
        if not self.text[end : self.ends[run]].strip():
            run += 1
            if run >= len(self.starts) or (is_sure and run in self.parted):
                return ""
            end = self.starts[run]
        return " ".join(self.text[end : self.ends[run]].split()[:count])


@lru_cache(maxsize=32)
def searched_page(text: str, references: tuple[int, ...], outline: Outline) -> SearchedPage:
    """The reading text as it is searched, below its outline; see `Omissions` for `references`."""
    listed = _listings(outline)
    starts: list[int] = []
    ends: list[int] = []
    places: list[int] = []
    folded: list[str] = []
    parted: set[int] = set()
    length = len(listed)
    for start, end, is_behind_omission in _stretches(text, references):
        if is_behind_omission:
            parted.add(len(starts))
        start, end = trimmed(text, start, end)
        if start == end:
            continue
        line = folded_text(text[start:end])
        starts.append(start)
        ends.append(end)
        places.append(length)
        folded.append(line)
        length += len(line) + 1
    return SearchedPage(
        text, tuple(starts), tuple(ends), listed + "\n".join(folded), tuple(places), frozenset(parted)
    )


def _listings(outline: Outline) -> str:
    """What a page may show above its text: its title, and its other headings down to each level; folded."""
    is_titled = [level for level, _ in outline].count(0) == 1
    listed = [[heading for level, heading in outline if is_titled and level == 0]]
    below = [(level, heading) for level, heading in outline if not is_titled or level > 0]
    listed += [
        [heading for level, heading in below if level <= deepest]
        for deepest in sorted({level for level, _ in below})
    ]
    return "".join("\n".join(map(folded_text, headings)) + _BARRIER for headings in listed if headings)


def _stretches(text: str, references: tuple[int, ...]) -> Iterator[tuple[int, int, bool]]:
    """The blocks without list marks, parted where something is left out, and whether that is right before them."""
    is_behind = False
    for match in _RUN.finditer(text):
        start, end = match.span()
        if marker := _MARKER.match(text, start, end):
            start = marker.end()
        for place in references[bisect_right(references, start) : bisect_right(references, end)]:
            yield start, place, is_behind
            start, is_behind = place, True
        yield start, end, is_behind
        is_behind = is_behind and not text[start:end].strip()


def folded_text(text: str) -> str:
    """As Chromium compares: one blank for white space, no case, no accents, straight quotation marks.

    Letter for letter, so that lengths add up: "½" and "ß" stay what they are.
    """
    lower = _WIDE_SPACE.sub(" ", text).lower()
    return lower if lower.isascii() else _NOT_ASCII.sub(_folded_letter, lower)


def _folded_letter(letter: re.Match[str]) -> str:
    return _as_compared(letter[0])


@cache
def _as_compared(letter: str) -> str:
    if letter in _QUOTATION_MARKS:
        return _QUOTATION_MARKS[letter]
    bare = "".join(part for part in normalize("NFKD", letter) if not combining(part))
    return bare if len(bare) == 1 and not bare.isspace() else letter


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
