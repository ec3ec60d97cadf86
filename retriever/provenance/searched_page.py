"""A reading text as a browser searches it for the words of a link: block by block, by letters without accents."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import combining, normalize

_RUN = re.compile(r"(?:[^\n\t\[]|(?<![.;,)\]])\[)+|\[[^\n\t\[]*")
"""A block, or what stands in brackets behind a sentence: pages often have the number of a reference between.
Where the page may show the number of a reference, a block is parted there too."""
_MARKER = re.compile(r"\s*(?:[-*+•◦▪‣–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+")
_SPACE = re.compile(r"\s+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_QUOTATION_MARKS = {**dict.fromkeys("\u2018\u2019", "'"), **dict.fromkeys("\u201c\u201d", '"')}
_MOST_HEADING_WORDS = 12


@dataclass(frozen=True, slots=True)
class SearchedPage:
    """A reading text as a browser searches it: folded lines, one for each block, without list marks.

    Run i is `text[starts[i]:ends[i]]` and stands in `folded` from `places[i]`. Before the runs of
    `parted` the page shows what the reading text leaves out, so that no words join them to the run before. From
    `contents_at` on the page may have listed its headings before.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    folded: str
    places: tuple[int, ...]
    parted: frozenset[int]
    contents_at: int | None

    def may_be_listed(self, run: int) -> bool:
        """Whether a table of contents may hold a run: a short line without a full stop, like a heading."""
        start, end = self.starts[run], self.ends[run]
        return (
            self.contents_at is not None
            and start >= self.contents_at
            and self.text[max(0, start - 1) : start] in ("", "\n")
            and self.text[end : end + 1] in ("", "\n")
            and not self.text[start:end].endswith(".")
            and len(self.text[start:end].split()) <= _MOST_HEADING_WORDS
        )

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
def searched_page(text: str, references: tuple[int, ...], contents_at: int | None) -> SearchedPage:
    """The reading text as it is searched; see `Omissions` for `references` and `contents_at`."""
    starts: list[int] = []
    ends: list[int] = []
    places: list[int] = []
    folded: list[str] = []
    parted: set[int] = set()
    length = 0
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
        text, tuple(starts), tuple(ends), "\n".join(folded), tuple(places), frozenset(parted), contents_at
    )


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
    lower = _SPACE.sub(" ", text).lower()
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
