"""Deep links: the address of a page with a fragment that makes a browser scroll to the quote and mark it.

Source: the text fragments of "URL Fragment Text Directives" (WICG), `#:~:text=[prefix-,]start[,end][,-suffix]`.
A browser compares without regard to case and accents, at word boundaries, takes the first match, and finds a term
only inside one block of the page; the reading text stands in for the page here.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

import numpy as np

from retriever.omissions import Omissions
from retriever.provenance.distinct_words import (
    Context,
    Words,
    closing_of,
    context_of,
    distinct_opening,
    lead_of,
    opening_of,
    without_last_marks,
)
from retriever.provenance.searched_page import (
    NO_OUTLINE,
    Outline,
    SearchedPage,
    folded_text,
    searched_page,
    trimmed,
)

COMPLETE = Omissions((), np.zeros(0, np.int32), np.zeros(0, np.int32))
"""Of a page that shows its reading text and nothing else."""

MAX_EXACT_CHARS = 100
"""A longer quote is named by its first and last words: pages show numbers of references in between, which the
reading text leaves out."""
DIRECTIVE = ":~:"
MAX_LEAD_BLOCKS = 8
MAX_LEAD_CHARS = 300
"""First blocks that stand elsewhere too are left unmarked where they are more or longer: addresses have limits."""

LISTED_LEVEL = 1
"""Of a page's headings those down to here, its title being at 0, stand in most tables of contents."""

_SPACE = re.compile(r"\s+")
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)

_Run = tuple[int, int, int]
"""A run of the searched page, and what of it a span takes."""


class _Made(NamedTuple):
    """Directives for a span; sure where the page marks the span alone, as far as we know it."""

    directive: str
    is_sure: bool = False


def deep_link(
    url: str | None,
    text: str,
    start_char: int,
    end_char: int,
    *,
    page: int | None = None,
    omissions: Omissions = COMPLETE,
    outline: Outline = NO_OUTLINE,
) -> str | None:
    """The address that leads to `text[start_char:end_char]`, `text` being the whole reading text of the page.

    `omissions` are the places where the page may show more than `text` holds, and `outline` are its headings,
    which it may show as a table of contents too. With `page` (from 1) the address of that page of a PDF. A
    fragment that the address has already is kept.

    None without an address of the web, since a page may name any, `javascript:` too; the plain address where the
    span holds nothing that a browser could look for.
    """
    if url is None or not _WEB.match(url):
        return None
    base, _, fragment = url.partition("#")
    if page is not None:
        return f"{base}#page={page}"
    directive = text_directive(text, start_char, end_char, omissions=omissions, outline=outline)
    if directive is None:
        return url
    return f"{base}#{fragment.partition(DIRECTIVE)[0]}{DIRECTIVE}{directive}"


def text_directive(
    text: str, start_char: int, end_char: int, *, omissions: Omissions = COMPLETE, outline: Outline = NO_OUTLINE
) -> str | None:
    """The directives `text=...` for a span of a reading text, percent-encoded; None for a span without a word.

    One directive marks the span from its first block that begins like no other on the page; blocks before it have
    directives of their own, and so have last words that come again in the span. A few words before or behind the
    span are marked too where only they tell it from others like it. Where there are none, a second directive names
    the span without them.
    """
    # Where nothing tells a quote from a table of contents of all headings, the page shows none or a shorter one.
    shorter = tuple((level, heading) for level, heading in outline if level <= LISTED_LEVEL)
    made = _Made("")
    for listed in dict.fromkeys((outline, shorter, NO_OUTLINE)):
        made = _made(searched_page(text, omissions.references, listed), start_char, end_char, omissions)
        if made.is_sure:
            break
    return made.directive or None


def _made(page: SearchedPage, start_char: int, end_char: int, omissions: Omissions) -> _Made:
    """The directives for a span of a page."""
    text = page.text
    runs = [
        (run, max(start_char, page.starts[run]), min(end_char, page.ends[run]))
        for run in page.runs_of(start_char, end_char)
    ]
    runs = [(run, *trimmed(text, start, end)) for run, start, end in runs]
    runs = [(run, start, end) for run, start, end in runs if any(char.isalnum() for char in text[start:end])]
    if not runs:
        return _Made("", is_sure=True)
    distinct = _first_distinct(page, runs, omissions) or 0
    lead = [_alone_in_context(page, Words(*one)) for one in runs[max(0, distinct - MAX_LEAD_BLOCKS) : distinct]]
    blocks = _of_blocks(page, runs[distinct:], omissions)
    return _Made("&".join([*filter(None, lead), blocks.directive]), blocks.is_sure)


def _of_blocks(page: SearchedPage, runs: Sequence[_Run], omissions: Omissions) -> _Made:
    """The directive for blocks in a row."""
    (first, start, first_end), (last, last_start, end) = runs[0], runs[-1]
    middle = _middle(page.text, start, end) if first == last else None
    if first == last and (middle is None or end - start <= MAX_EXACT_CHARS):
        context = context_of(page, Words(first, start, end))
        lead = None if context.is_sure else lead_of(page, first, start)
        if lead is None:
            return _Made(_directives([page.text[start:end]], context), context.is_sure)
        opening, before = lead, Context()
    else:
        if middle is not None:
            first_end = last_start = middle
        opening, before = opening_of(page, Words(first, start, first_end), omissions)
    if opening.start < start and first == last and end - start <= MAX_LEAD_CHARS:
        # The words behind may tell a quote that is given whole.
        context = context_of(page, Words(first, start, end))
        if context.is_sure:
            return _Made(_directives([page.text[start:end]], context), is_sure=True)
    after = page.place(opening.run, opening.end)
    closing, behind = closing_of(page, Words(last, last_start, end), after=after, omissions=omissions)
    context = Context(before.prefix, behind.suffix, before.is_sure and behind.is_sure)
    terms = [page.text[opening.start : opening.end], page.text[closing.start : closing.end]]
    directive = _directives(terms, context)
    rest = Words(last, *trimmed(page.text, closing.end, end)) if closing.end < end else None
    tail = _alone_in_context(page, rest) if rest and rest.start < rest.end else None
    return _Made(f"{directive}&{tail}" if tail else directive, context.is_sure and opening.start == start)


def _first_distinct(page: SearchedPage, runs: Sequence[_Run], omissions: Omissions) -> int | None:
    """Which block of a quote begins first like no other on the page; None where none up to its middle does.

    From there on one directive marks it. A heading such as "Key Points" would need the words before it, and
    between two blocks a page often shows what the reading text leaves out: a link, a picture's caption, the
    numbers of references. The page's title stands in its menus as well.
    """
    middle = (runs[0][1] + runs[-1][2]) // 2
    for place, (run, start, end) in enumerate(runs):
        if start > middle:
            break
        is_title = run == 0 and not page.text[start:end].endswith(".")
        if not is_title and distinct_opening(page, run, start, end, omissions) is not None:
            return place
    return None


def _alone_in_context(page: SearchedPage, block: Words) -> str | None:
    """The directive for a stretch that others resemble, told by the words next to it; None where they do not.

    Where the page shows other words next to it nothing is marked: the rest of the quote has its own directive.
    """
    term = page.text[block.start : block.end]
    if len(term) > MAX_LEAD_CHARS:
        return None
    context = context_of(page, block, is_suffix_first=True)
    places = page.places_in_context(folded_text(term), context.prefix, context.suffix)
    if places[:1] != [page.place(block.run, block.start)]:
        return None
    return _directive([term], context)


def _middle(text: str, start: int, end: int) -> int | None:
    """The blank nearest to the middle of a span; None where it is one word, such as an address."""
    middle = (start + end) // 2
    blanks = [match.start() for match in _SPACE.finditer(text, start, end)]
    return min(blanks, key=lambda blank: abs(blank - middle), default=None)


def _directives(terms: Sequence[str], context: Context) -> str:
    """The directive for terms in their context and, where that is not sure, a second one for the terms alone."""
    sure = _directive(terms, context)
    is_alone = context.is_sure or not (context.prefix or context.suffix)
    return sure if is_alone else f"{sure}&{_directive(terms, Context())}"


def _directive(terms: Sequence[str], context: Context) -> str:
    last = terms[-1] if len(terms) == 1 or context.suffix else without_last_marks(terms[-1])
    parts = [f"{_encoded(context.prefix)}-"] if context.prefix else []
    parts += [*map(_encoded, terms[:-1]), _encoded(last)]
    parts += [f"-{_encoded(context.suffix)}"] if context.suffix else []
    return "text=" + ",".join(parts)


def _encoded(term: str) -> str:
    """Percent-encoded, the dash too, which would part a prefix or a suffix from its term."""
    return quote(" ".join(term.split()), safe="").replace("-", "%2D")
