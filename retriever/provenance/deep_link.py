"""Deep links: the address of a page with a fragment that makes a browser scroll to the quote and mark it.

Source: the text fragments of "URL Fragment Text Directives" (WICG), `#:~:text=[prefix-,]start[,end][,-suffix]`.
A browser compares without regard to case and accents, at word boundaries, takes the first match, and finds a term
only inside one block of the page; the reading text stands in for the page here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from retriever.provenance.searched_page import SearchedPage, folded_text, searched_page, trimmed
from retriever.store.contents import Omissions

COMPLETE = Omissions((), np.zeros(0, np.int32))
"""Of a page that shows its reading text and nothing else."""

MAX_EXACT_CHARS = 100
"""A longer quote is named by its first and last words: pages show numbers of references in between, which the
reading text leaves out."""
EDGE_WORDS = 5
MAX_CONTEXT_WORDS = 12
MAX_BESIDE_CHARS = 500
LEAST_BESIDE_WORDS = 2
MAX_UNMARKED_CHARS = 40
"""A quote whose last words all come again in it, such as the links of each line, may be marked up to them."""
DIRECTIVE = ":~:"

_LAST_MARKS = ".;:,!?…"
"""A reference may stand before the last mark of a sentence."""
_SPACE = re.compile(r"\s+")
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_WORD = re.compile(r"\S+")


def deep_link(
    url: str | None,
    text: str,
    start_char: int,
    end_char: int,
    *,
    page: int | None = None,
    omissions: Omissions = COMPLETE,
) -> str | None:
    """The address that leads to `text[start_char:end_char]`, `text` being the whole reading text of the page.

    `omissions` are the places where the page may show more than `text` holds. With `page` (from 1) the address of
    that page of a PDF. A fragment that the address has already is kept.

    None without an address of the web, since a page may name any, `javascript:` too; the plain address where the
    span holds nothing that a browser could look for.
    """
    if url is None or not _WEB.match(url):
        return None
    base, _, fragment = url.partition("#")
    if page is not None:
        return f"{base}#page={page}"
    directive = text_directive(text, start_char, end_char, omissions=omissions)
    if directive is None:
        return url
    return f"{base}#{fragment.partition(DIRECTIVE)[0]}{DIRECTIVE}{directive}"


def text_directive(text: str, start_char: int, end_char: int, *, omissions: Omissions = COMPLETE) -> str | None:
    """The directive `text=...` for a span of a reading text, percent-encoded; None for a span without a word.

    A few words before or behind the span are marked too where only they tell it from others like it. Two
    directives, the second for browsers to fall back on, where there are no such words.
    """
    page = searched_page(text, omissions.references, omissions.contents_at)
    runs = [
        (run, max(start_char, page.starts[run]), min(end_char, page.ends[run]))
        for run in page.runs_of(start_char, end_char)
    ]
    runs = [(run, *trimmed(text, start, end)) for run, start, end in runs]
    runs = [(run, start, end) for run, start, end in runs if any(char.isalnum() for char in text[start:end])]
    if not runs:
        return None
    runs = _from_distinct(page, runs)
    (first, start, first_end), (last, last_start, end) = runs[0], runs[-1]
    middle = _middle(text, start, end) if first == last else None
    if first == last and (middle is None or end - start <= MAX_EXACT_CHARS):
        context = _context(page, _Words(first, start, end))
        lead = None if context.is_sure else _lead(page, first, start)
        if lead is None:
            return _directives([text[start:end]], context)
        opening, before = lead, _Context()
    else:
        if middle is not None:
            first_end = last_start = middle
        opening, before = _opening(page, first, start, first_end)
    after = page.place(opening.run, opening.end)
    closing, behind = _closing(page, _Words(last, last_start, end), after=after, blanks=omissions.blanks)
    context = _Context(before.prefix, behind.suffix, before.is_sure and behind.is_sure)
    return _directives([text[opening.start : opening.end], text[closing.start : closing.end]], context)


def _from_distinct(page: SearchedPage, runs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The blocks of a quote from the first that begins like no other on the page; all of them where none does.

    A heading such as "Key Points" would need the words before it, and between two blocks a page often shows what
    the reading text leaves out: a link, a picture's caption, the numbers of references. The page's title stands in
    its menus as well, and other headings in its table of contents. At most half of the quote is left unmarked.
    """
    middle = (runs[0][1] + runs[-1][2]) // 2
    for place, (run, start, end) in enumerate(runs):
        if start > middle:
            break
        is_title = run == 0 and not page.text[start:end].endswith(".")
        if not is_title and not page.may_be_listed(run) and _distinct_opening(page, run, start, end) is not None:
            return runs[place:]
    return runs


def _distinct_opening(page: SearchedPage, run: int, start: int, end: int) -> int | None:
    """Where the fewest first words end that stand nowhere before on the page, since a browser takes the first."""
    for words in range(EDGE_WORDS, MAX_CONTEXT_WORDS + 1):
        opening_end = _first_words(page.text, start, end, words)
        if page.is_first(folded_text(page.text[start:opening_end]), page.place(run, start)):
            return opening_end
        if opening_end >= end:
            break
    return None


@dataclass(frozen=True, slots=True)
class _Words:
    """A stretch of a run, from `start` to `end` in the reading text."""

    run: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Context:
    """The words around a term. Not sure is what lies beyond an omission: on the page it may not be next to it."""

    prefix: str = ""
    suffix: str = ""
    is_sure: bool = True


def _opening(page: SearchedPage, run: int, start: int, end: int) -> tuple[_Words, _Context]:
    """The first words of a long quote, or else the words before it, such that no like ones stand before them."""
    opening_end = None if page.may_be_listed(run) else _distinct_opening(page, run, start, end)
    if opening_end is not None:
        return _Words(run, start, opening_end), _Context()
    opening = _Words(run, start, _first_words(page.text, start, end, EDGE_WORDS))
    context = _context(page, opening, is_suffix_allowed=False)
    lead = None if context.is_sure else _lead(page, run, start)
    return (opening, context) if lead is None else (lead, _Context())


def _context(page: SearchedPage, words: _Words, *, is_suffix_allowed: bool = True) -> _Context:
    """The words before and behind a term that make it the only one of its kind on the page, as few as will do."""
    run, start, end = words.run, words.start, words.end
    term = folded_text(page.text[start:end])
    ours, is_listed = page.place(run, start), page.may_be_listed(run)
    if not is_listed and [*page.found(term)] == [ours]:
        return _Context()
    prefix = suffix = ""
    for is_sure in (True, False):
        for count in range(1, MAX_CONTEXT_WORDS + 1):
            prefix = page.words_before(run, start, count, is_sure=is_sure)
            if is_suffix_allowed:
                suffix = page.words_behind(run, end, count, is_sure=is_sure)
            for before, behind in ((prefix, ""), ("", suffix), (prefix, suffix)):
                if (before or behind) and page.places_in_context(term, before, behind) == [ours]:
                    return _Context(before, behind, is_sure)
        if not is_listed and page.is_first(term, ours):
            return _Context()
    return _Context(prefix, suffix, is_sure=False)


def _lead(page: SearchedPage, run: int, start: int) -> _Words | None:
    """The words before a place, few and near, that stand nowhere before on the page.

    A mark may begin with them: unlike a prefix they may be parted from the quote by what only the page shows.
    """
    floor = max(0, start - MAX_BESIDE_CHARS)
    while run >= 0 and page.ends[run] > floor:
        end = trimmed(page.text, page.starts[run], min(start, page.ends[run]))[1]
        words = [match.start() for match in _WORD.finditer(page.text, page.starts[run], end)]
        for count in range(min(EDGE_WORDS, len(words)), len(words) + 1):
            if count < LEAST_BESIDE_WORDS or words[-count] < floor or page.may_be_listed(run):
                break
            if page.is_first(folded_text(page.text[words[-count] : end]), page.place(run, words[-count])):
                return _Words(run, words[-count], end)
        run -= 1
    return None


def _trail(page: SearchedPage, run: int, end: int, *, after: int) -> _Words | None:
    """The words behind a place, few and near, that stand nowhere between `after` and there; see `_lead`."""
    ceiling = end + MAX_BESIDE_CHARS
    while run < len(page.starts) and page.starts[run] < ceiling:
        start = trimmed(page.text, max(end, page.starts[run]), page.ends[run])[0]
        words = [match.end() for match in _WORD.finditer(page.text, start, page.ends[run])]
        for count in range(LEAST_BESIDE_WORDS, len(words) + 1):
            if words[count - 1] > ceiling:
                break
            if _is_next(page, trail := _Words(run, start, words[count - 1]), after):
                return trail
        run += 1
    return None


def _closing(
    page: SearchedPage, words: _Words, *, after: int, blanks: NDArray[np.int32]
) -> tuple[_Words, _Context]:
    """The last words of a long quote such that none like them stand earlier in it, or else the words behind it."""
    run, end = words.run, words.end
    starts = [match.start() for match in _WORD.finditer(page.text, words.start, end)]
    wide = [int(blank) for blank in blanks[blanks.searchsorted(words.start) : blanks.searchsorted(end)]]
    for count in range(min(EDGE_WORDS, len(starts)), len(starts) + 1):
        if _is_next(page, closing := _Words(run, starts[-count], end), after):
            if wide and wide[-1] > closing.start:
                ends = [end] if count <= EDGE_WORDS else [end, *reversed(wide)]
                closing = _between_blanks(page, closing, ends, [words.start, *wide], after=after) or closing
            return closing, _Context()
    whole = _Words(run, starts[0], end)
    suffix = ""
    for is_sure in (True, False):
        for count in range(1, MAX_CONTEXT_WORDS + 1):
            suffix = page.words_behind(run, end, count, is_sure=is_sure)
            places = page.places_in_context(folded_text(page.text[whole.start : end]), "", suffix)
            if next((place for place in places if place >= after), None) == page.place(run, whole.start):
                return whole, _Context(suffix=suffix, is_sure=is_sure)
        if is_sure and (trail := _trail(page, run, end, after=after)) is not None:
            return trail, _Context()
    return whole, _Context(suffix=suffix, is_sure=False)


def _between_blanks(
    page: SearchedPage, words: _Words, ends: Sequence[int], wide: Sequence[int], *, after: int
) -> _Words | None:
    """Last words that no blank parts which may be wider on the page, up to the first of `ends` that has such."""
    for end in ends:
        floor = max(blank for blank in wide if blank < end)
        starts = [match.start() for match in _WORD.finditer(page.text, floor, end)][-EDGE_WORDS:]
        if words.end - end > MAX_UNMARKED_CHARS:
            break
        if len(starts) >= LEAST_BESIDE_WORDS:
            found = _Words(words.run, starts[0], end)
            if _is_next(page, found, after):
                return found
    return None


def _is_next(page: SearchedPage, words: _Words, after: int) -> bool:
    """Whether a browser that looks from `after` on for these words, without their last marks, comes to them."""
    term = folded_text(_bare(page.text[words.start : words.end]))
    return next(page.found(term, after), -1) == page.place(words.run, words.start)


def _first_words(text: str, start: int, end: int, count: int) -> int:
    """Where the first words of a span end."""
    return [match.end() for match in _WORD.finditer(text, start, end)][:count][-1]


def _middle(text: str, start: int, end: int) -> int | None:
    """The blank nearest to the middle of a span; None where it is one word, such as an address."""
    middle = (start + end) // 2
    blanks = [match.start() for match in _SPACE.finditer(text, start, end)]
    return min(blanks, key=lambda blank: abs(blank - middle), default=None)


def _directives(terms: Sequence[str], context: _Context) -> str:
    """The directive for terms in their context and, where that is not sure, a second one for the terms alone."""
    alone = [*map(_encoded, terms[:-1]), _encoded(terms[-1] if len(terms) == 1 else _bare(terms[-1]))]
    if context == _Context():
        return "text=" + ",".join(alone)
    parts = [f"{_encoded(context.prefix)}-"] if context.prefix else []
    parts += [*map(_encoded, terms)] if context.suffix else alone
    parts += [f"-{_encoded(context.suffix)}"] if context.suffix else []
    sure = "text=" + ",".join(parts)
    return sure if context.is_sure else f"{sure}&text=" + ",".join(alone)


def _bare(term: str) -> str:
    return term.rstrip(_LAST_MARKS) or term


def _encoded(term: str) -> str:
    """Percent-encoded, the dash too, which would part a prefix or a suffix from its term."""
    return quote(" ".join(term.split()), safe="").replace("-", "%2D")
