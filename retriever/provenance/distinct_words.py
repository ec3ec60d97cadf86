"""Words that a browser finds where they stand and nowhere before: what a deep link's fragment is made of.

Of like words in another section, in a table of contents or further up in the quote it takes the first; and what
only the page shows, the number of a reference or a wider blank, may part words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retriever.omissions import Omissions
from retriever.provenance.searched_page import SearchedPage, folded_text, trimmed

EDGE_WORDS = 5
MAX_CONTEXT_WORDS = 12
MAX_BESIDE_CHARS = 500
LEAST_BESIDE_WORDS = 2
LEAST_CLOSING_CHARS = 4
MAX_UNMARKED_CHARS = 40
"""A quote whose last words all come again in it, such as the links of each line, may be marked up to them."""
_LAST_MARKS = ".;:,!?…"
"""A reference may stand before the last mark of a sentence."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Words:
    """A stretch of a run, from `start` to `end` in the reading text."""

    run: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Context:
    """The words around a term. Not sure is what lies beyond an omission: on the page it may not be next to it."""

    prefix: str = ""
    suffix: str = ""
    is_sure: bool = True


def opening_of(page: SearchedPage, quote: Words, omissions: Omissions) -> tuple[Words, Context]:
    """The first words of a long quote, or else the words before it, such that no like ones stand before them."""
    run, start, end = quote.run, quote.start, quote.end
    opening_end = distinct_opening(page, run, start, end, omissions)
    if opening_end is not None:
        return Words(run, start, opening_end), Context()
    opening = Words(run, start, _first_words(page.text, start, end, EDGE_WORDS))
    context = context_of(page, opening, is_suffix_allowed=False)
    lead = None if context.is_sure else lead_of(page, run, start)
    return (opening, context) if lead is None else (lead, Context())


def distinct_opening(page: SearchedPage, run: int, start: int, end: int, omissions: Omissions) -> int | None:
    """Where the fewest first words end that stand nowhere before on the page, since a browser takes the first.

    A few words more where a blank ends them that may be none on the page, but not beyond one that may be wider.
    """
    found = None
    for words in range(EDGE_WORDS, MAX_CONTEXT_WORDS + 1):
        opening_end = _first_words(page.text, start, end, words)
        is_whole = opening_end >= end
        if page.is_first(folded_text(page.text[start:opening_end]), page.place(run, start)):
            if found is not None and _has_between(omissions.wide, found, opening_end):
                return found
            if is_whole or not _has(omissions.blanks, opening_end) or _has(omissions.wide, opening_end):
                return opening_end
            found = opening_end if found is None else found
        if is_whole:
            break
    return found


def context_of(
    page: SearchedPage, words: Words, *, is_suffix_allowed: bool = True, is_suffix_first: bool = False
) -> Context:
    """The words before and behind a term that make it the only one of its kind on the page, as few as will do."""
    run, start, end = words.run, words.start, words.end
    term = folded_text(page.text[start:end])
    ours = page.place(run, start)
    if [*page.found(term)] == [ours]:
        return Context()
    prefix = suffix = ""
    for is_sure in (True, False):
        for count in range(1, MAX_CONTEXT_WORDS + 1):
            prefix = page.words_before(run, start, count, is_sure=is_sure)
            if is_suffix_allowed:
                suffix = page.words_behind(run, end, count, is_sure=is_sure)
            one_side = (("", suffix), (prefix, "")) if is_suffix_first else ((prefix, ""), ("", suffix))
            for before, behind in (*one_side, (prefix, suffix)):
                if (before or behind) and page.places_in_context(term, before, behind) == [ours]:
                    return Context(before, behind, is_sure)
        if page.is_first(term, ours):
            return Context()
    return Context(prefix, suffix, is_sure=False)


def lead_of(page: SearchedPage, run: int, start: int) -> Words | None:
    """The words before a place, few and near, that stand nowhere before on the page.

    A mark may begin with them: unlike a prefix they may be parted from the quote by what only the page shows.
    """
    floor = max(0, start - MAX_BESIDE_CHARS)
    while run >= 0 and page.ends[run] > floor:
        end = trimmed(page.text, page.starts[run], min(start, page.ends[run]))[1]
        words = [match.start() for match in _WORD.finditer(page.text, page.starts[run], end)]
        for count in range(min(EDGE_WORDS, len(words)), len(words) + 1):
            if count < LEAST_BESIDE_WORDS or words[-count] < floor:
                break
            if page.is_first(folded_text(page.text[words[-count] : end]), page.place(run, words[-count])):
                return Words(run, words[-count], end)
        run -= 1
    return None


def closing_of(page: SearchedPage, words: Words, *, after: int, omissions: Omissions) -> tuple[Words, Context]:
    """The last words of a long quote such that none like them stand earlier in it, or else the words behind it."""
    run, end = words.run, words.end
    starts = [match.start() for match in _WORD.finditer(page.text, words.start, end)]
    if (distinct := _distinct_closing(page, words, starts, after=after, omissions=omissions)) is not None:
        return distinct, Context()
    whole = Words(run, starts[0], end)
    suffix = ""
    for is_sure in (True, False):
        for count in range(1, MAX_CONTEXT_WORDS + 1):
            suffix = page.words_behind(run, end, count, is_sure=is_sure)
            places = page.places_in_context(folded_text(page.text[whole.start : end]), "", suffix)
            if next((place for place in places if place >= after), None) == page.place(run, whole.start):
                return whole, Context(suffix=suffix, is_sure=is_sure)
        if is_sure and (trail := _trail(page, run, end, after=after)) is not None:
            return trail, Context()
    return whole, Context(suffix=suffix, is_sure=False)


def _trail(page: SearchedPage, run: int, end: int, *, after: int) -> Words | None:
    """The words behind a place, few and near, that stand nowhere between `after` and there; see `_lead`."""
    ceiling = end + MAX_BESIDE_CHARS
    while run < len(page.starts) and page.starts[run] < ceiling:
        start = trimmed(page.text, max(end, page.starts[run]), page.ends[run])[0]
        words = [match.end() for match in _WORD.finditer(page.text, start, page.ends[run])]
        for count in range(LEAST_BESIDE_WORDS, len(words) + 1):
            if words[count - 1] > ceiling:
                break
            if _is_next(page, trail := Words(run, start, words[count - 1]), after):
                return trail
        run += 1
    return None


def _distinct_closing(
    page: SearchedPage, words: Words, starts: Sequence[int], *, after: int, omissions: Omissions
) -> Words | None:
    """The last words, few, that stand nowhere earlier in a quote.

    Others where a blank begins or parts them that may be none on the page, or wider there.
    """
    wide = omissions.wide[omissions.wide.searchsorted(words.start) : omissions.wide.searchsorted(words.end)]
    found = None
    for count in range(min(EDGE_WORDS, len(starts)), len(starts) + 1):
        closing = Words(words.run, starts[-count], words.end)
        if not _is_next(page, closing, after):
            continue
        if len(wide) and wide[-1] >= closing.start - 1:
            ends = [words.end] if count <= EDGE_WORDS else [words.end, *wide[::-1].tolist()]
            return _between_blanks(page, closing, ends, [words.start, *wide.tolist()], after=after) or closing
        if closing.start == words.start or not _has(omissions.blanks, closing.start - 1):
            return closing
        found = found or closing
    return found


def _between_blanks(
    page: SearchedPage, words: Words, ends: Sequence[int], wide: Sequence[int], *, after: int
) -> Words | None:
    """Last words that no blank of `wide` parts or, if possible, begins, up to the first of `ends` with such."""
    for end in ends:
        if words.end - end > MAX_UNMARKED_CHARS:
            break
        floor = max(blank for blank in wide if blank < end)
        starts = [match.start() for match in _WORD.finditer(page.text, floor, end)]
        within = starts if floor == wide[0] else starts[1:]
        for some, least in ((within, 1), (starts, LEAST_BESIDE_WORDS)):
            if len(some) >= least:
                found = Words(words.run, some[-EDGE_WORDS:][0], end)
                if found.end - found.start >= LEAST_CLOSING_CHARS and _is_next(page, found, after):
                    return found
    return None


def _is_next(page: SearchedPage, words: Words, after: int) -> bool:
    """Whether a browser that looks from `after` on for these words, without their last marks, comes to them."""
    term = folded_text(without_last_marks(page.text[words.start : words.end]))
    return next(page.found(term, after), -1) == page.place(words.run, words.start)


def _first_words(text: str, start: int, end: int, count: int) -> int:
    """Where the first words of a span end."""
    return [match.end() for match in _WORD.finditer(text, start, end)][:count][-1]


def _has_between(places: NDArray[np.int32], start: int, end: int) -> bool:
    """Whether sorted places hold one from `start` up to `end`, without it."""
    return bool(places.searchsorted(start) < places.searchsorted(end))


def _has(places: NDArray[np.int32], place: int) -> bool:
    """Whether sorted places hold a place."""
    return bool(np.any(places[places.searchsorted(place) :][:1] == place))


def without_last_marks(term: str) -> str:
    return term.rstrip(_LAST_MARKS) or term
