"""Deep links: the address of a page with a fragment that makes a browser scroll to the quote and mark it.

Source: the text fragments of "URL Fragment Text Directives" (WICG), `#:~:text=[prefix-,]start[,end][,-suffix]`.
A browser compares without regard to case, at word boundaries, takes the first match, and finds a term only inside
one block of the page; the reading text stands in for the page here.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

MAX_EXACT_CHARS = 100
"""A longer quote is named by its first and last words: pages show numbers of references in between, which the
reading text leaves out."""
EDGE_WORDS = 5
MAX_CONTEXT_WORDS = 12
DIRECTIVE = ":~:"

_RUN = re.compile(r"(?:[^\n\t\[]|(?<![.;,)\]])\[)+|\[[^\n\t\[]*")
"""A block, or what stands in brackets behind a sentence: pages often have the number of a reference between."""
_LAST_MARKS = ".;:,!?…"
"""A reference may stand before the last mark of a sentence."""
_MARKER = re.compile(r"\s*(?:[-*+•◦▪‣–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+")
_SPACE = re.compile(r"\s+")
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Page:
    """A reading text as a browser searches it: folded lines, one for each block, without list marks.

    Run i is `text[starts[i]:ends[i]]` and stands in `folded` from `places[i]`.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    folded: str
    places: tuple[int, ...]

    def place(self, run: int, position: int) -> int:
        """Where a character of a run stands in `folded`."""
        return self.places[run] + len(_folded(self.text[self.starts[run] : position]))


def deep_link(
    url: str | None, text: str, start_char: int, end_char: int, *, page: int | None = None
) -> str | None:
    """The address that leads to `text[start_char:end_char]`, `text` being the whole reading text of the page.

    With `page` (from 1) the address of that page of a PDF. A fragment that the address has already is kept.
    None without an address of the web (`http`, `https`), since a page may name any, `javascript:` too; the plain
    address where the span holds nothing that a browser could look for.
    """
    if url is None or not _WEB.match(url):
        return None
    base, _, fragment = url.partition("#")
    if page is not None:
        return f"{base}#page={page}"
    directive = text_directive(text, start_char, end_char)
    if directive is None:
        return url
    return f"{base}#{fragment.partition(DIRECTIVE)[0]}{DIRECTIVE}{directive}"


def text_directive(text: str, start_char: int, end_char: int) -> str | None:
    """The directive `text=...` for a span of a reading text, percent-encoded; None for a span without a word."""
    page = _page(text)
    runs = [
        (run, max(start_char, page.starts[run]), min(end_char, page.ends[run]))
        for run in _runs_of(page, start_char, end_char)
    ]
    runs = [(run, *_trimmed(text, start, end)) for run, start, end in runs]
    runs = [(run, start, end) for run, start, end in runs if any(char.isalnum() for char in text[start:end])]
    if not runs:
        return None
    runs = _from_distinct(page, runs)
    (first, start, first_end), (last, last_start, end) = runs[0], runs[-1]
    middle = _middle(text, start, end) if first == last else None
    if first == last and (middle is None or end - start <= MAX_EXACT_CHARS):
        prefix, suffix = _context(page, first, start, end)
        return _directive(prefix, [text[start:end]], suffix)
    if middle is not None:
        first_end = last_start = middle
    prefix, opening_end = "", _distinct_opening(page, first, start, first_end)
    if opening_end is None:
        opening_end = _first_words(text, start, first_end, EDGE_WORDS)
        prefix, _ = _context(page, first, start, opening_end, is_suffix_allowed=False)
    closing_start, suffix = _closing(page, last, last_start, end, after=page.place(first, opening_end))
    closing = text[closing_start:end]
    return _directive(prefix, [text[start:opening_end], closing if suffix else _bare(closing)], suffix)


@lru_cache(maxsize=32)
def _page(text: str) -> _Page:
    starts, ends, places, folded = [], [], [], []
    length = 0
    for match in _RUN.finditer(text):
        start, end = match.span()
        if marker := _MARKER.match(text, start, end):
            start = marker.end()
        start, end = _trimmed(text, start, end)
        if start == end:
            continue
        line = _folded(text[start:end])
        starts.append(start)
        ends.append(end)
        places.append(length)
        folded.append(line)
        length += len(line) + 1
    return _Page(text, tuple(starts), tuple(ends), "\n".join(folded), tuple(places))


def _runs_of(page: _Page, start_char: int, end_char: int) -> Iterator[int]:
    run = max(0, bisect_right(page.starts, start_char) - 1)
    while run < len(page.starts) and page.starts[run] < end_char:
        if page.ends[run] > start_char:
            yield run
        run += 1


def _from_distinct(page: _Page, runs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The blocks of a quote from the first that begins like no other on the page; all of them where none does.

    A heading such as "Key Points" would need the words before it, and between two blocks a page often shows what
    the reading text leaves out: a link, a picture's caption, the numbers of references. The page's title stands in
    its menus as well. At most half of the quote is left unmarked.
    """
    middle = (runs[0][1] + runs[-1][2]) // 2
    for place, (run, start, end) in enumerate(runs):
        if start > middle:
            break
        is_title = run == 0 and not page.text[start:end].endswith(".")
        if not is_title and _distinct_opening(page, run, start, end) is not None:
            return runs[place:]
    return runs


def _distinct_opening(page: _Page, run: int, start: int, end: int) -> int | None:
    """Where the fewest first words end that stand nowhere before on the page, since a browser takes the first."""
    for words in range(EDGE_WORDS, MAX_CONTEXT_WORDS + 1):
        opening_end = _first_words(page.text, start, end, words)
        if next(_found(page.folded, _folded(page.text[start:opening_end])), -1) == page.place(run, start):
            return opening_end
        if opening_end >= end:
            break
    return None


def _context(page: _Page, run: int, start: int, end: int, *, is_suffix_allowed: bool = True) -> tuple[str, str]:
    """The words before and behind a term that make it the only one of its kind on the page, as few as will do."""
    term = _folded(page.text[start:end])
    ours = page.place(run, start)
    if [*_found(page.folded, term)] == [ours]:
        return "", ""
    prefix = suffix = ""
    for words in range(1, MAX_CONTEXT_WORDS + 1):
        prefix = _words_before(page, run, start, words)
        if is_suffix_allowed:
            suffix = _words_behind(page, run, end, words)
        for before, behind in ((prefix, ""), ("", suffix), (prefix, suffix)):
            if (before or behind) and _places_in_context(page, term, before, behind) == [ours]:
                return before, behind
    return prefix, suffix


def _places_in_context(page: _Page, term: str, prefix: str, suffix: str) -> list[int]:
    """Where a browser finds the term with these words around it; blocks may part them."""
    before, behind = _folded(prefix), _folded(suffix)
    folded = page.folded
    places = []
    for place in _found(folded, term):
        end = place + len(term)
        is_behind_prefix = folded[max(0, place - len(before) - 2) : place].rstrip().endswith(before)
        if is_behind_prefix and folded[end : end + len(behind) + 2].lstrip().startswith(behind):
            places.append(place)
    return places


def _closing(page: _Page, run: int, floor: int, end: int, *, after: int) -> tuple[int, str]:
    """Where the last words of a long quote begin, so that none like them stand earlier in it; and what follows."""
    words = [match.start() for match in _WORD.finditer(page.text, floor, end)]
    target = page.place(run, end)
    for count in range(min(EDGE_WORDS, len(words)), len(words) + 1):
        term = _folded(page.text[words[-count] : end])
        if next(_found(page.folded, term, after), -1) + len(term) == target:
            return words[-count], ""
    for count in range(1, MAX_CONTEXT_WORDS + 1):
        suffix = _words_behind(page, run, end, count)
        places = _places_in_context(page, _folded(page.text[words[0] : end]), "", suffix)
        if next((place for place in places if place >= after), None) == page.place(run, words[0]):
            return words[0], suffix
    return words[0], suffix


def _found(folded: str, term: str, start: int = 0) -> Iterator[int]:
    """Where a term stands between word boundaries."""
    place = folded.find(term, start)
    while place >= 0:
        end = place + len(term)
        is_inside_before = place > 0 and folded[place - 1].isalnum() and term[0].isalnum()
        is_inside_behind = end < len(folded) and folded[end].isalnum() and term[-1].isalnum()
        if not is_inside_before and not is_inside_behind:
            yield place
        place = folded.find(term, place + 1)


def _words_before(page: _Page, run: int, start: int, count: int) -> str:
    """The last words before a place, of its own block or else of the one before."""
    if not page.text[page.starts[run] : start].strip():
        run -= 1
        if run < 0:
            return ""
        start = page.ends[run]
    return " ".join(page.text[page.starts[run] : start].split()[-count:])


def _words_behind(page: _Page, run: int, end: int, count: int) -> str:
    """The first words behind a place, of its own block or else of the next."""
    if not page.text[end : page.ends[run]].strip():
        run += 1
        if run >= len(page.starts):
            return ""
        end = page.starts[run]
    return " ".join(page.text[end : page.ends[run]].split()[:count])


def _first_words(text: str, start: int, end: int, count: int) -> int:
    """Where the first words of a span end."""
    return [match.end() for match in _WORD.finditer(text, start, end)][:count][-1]


def _middle(text: str, start: int, end: int) -> int | None:
    """The blank nearest to the middle of a span; None where it is one word, such as an address."""
    middle = (start + end) // 2
    blanks = [match.start() for match in _SPACE.finditer(text, start, end)]
    return min(blanks, key=lambda blank: abs(blank - middle), default=None)


def _directive(prefix: str, terms: Sequence[str], suffix: str) -> str:
    parts = [f"{_encoded(prefix)}-"] if prefix else []
    parts += [_encoded(term) for term in terms]
    parts += [f"-{_encoded(suffix)}"] if suffix else []
    return "text=" + ",".join(parts)


def _bare(term: str) -> str:
    return term.rstrip(_LAST_MARKS) or term


def _encoded(term: str) -> str:
    """Percent-encoded, the dash too, which would part a prefix or a suffix from its term."""
    return quote(" ".join(term.split()), safe="").replace("-", "%2D")


def _folded(text: str) -> str:
    """As a browser compares: one blank for white space, and no case; not more, so that lengths add up."""
    return _SPACE.sub(" ", text).lower()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
