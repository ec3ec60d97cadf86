"""Deep links: the address of a page with a fragment that makes a browser scroll to the quote and mark it.

Source: the text fragments of "URL Fragment Text Directives" (WICG), `#:~:text=[prefix-,]start[,end][,-suffix]`.
A browser compares without regard to case and accents, at word boundaries, takes the first match, and finds a term
only inside one block of the page; the reading text stands in for the page here.
"""

import re
from collections.abc import Sequence
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
from retriever.provenance.searched_page import SearchedPage, searched_page, trimmed

COMPLETE = Omissions((), np.zeros(0, np.int32), np.zeros(0, np.int32))
"""Of a page that shows its reading text and nothing else."""

MAX_EXACT_CHARS = 100
"""A longer quote is named by its first and last words: pages show numbers of references in between, which the
reading text leaves out."""
DIRECTIVE = ":~:"

_SPACE = re.compile(r"\s+")
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)


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
    runs = _from_distinct(page, runs, omissions)
    (first, start, first_end), (last, last_start, end) = runs[0], runs[-1]
    middle = _middle(text, start, end) if first == last else None
    if first == last and (middle is None or end - start <= MAX_EXACT_CHARS):
        context = context_of(page, Words(first, start, end))
        lead = None if context.is_sure else lead_of(page, first, start)
        if lead is None:
            return _directives([text[start:end]], context)
        opening, before = lead, Context()
    else:
        if middle is not None:
            first_end = last_start = middle
        opening, before = opening_of(page, Words(first, start, first_end), omissions)
    after = page.place(opening.run, opening.end)
    closing, behind = closing_of(page, Words(last, last_start, end), after=after, omissions=omissions)
    context = Context(before.prefix, behind.suffix, before.is_sure and behind.is_sure)
    return _directives([text[opening.start : opening.end], text[closing.start : closing.end]], context)


def _from_distinct(
    page: SearchedPage, runs: list[tuple[int, int, int]], omissions: Omissions
) -> list[tuple[int, int, int]]:
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
        if (
            not is_title
            and not page.may_be_listed(run)
            and distinct_opening(page, run, start, end, omissions) is not None
        ):
            return runs[place:]
    return runs


def _middle(text: str, start: int, end: int) -> int | None:
    """The blank nearest to the middle of a span; None where it is one word, such as an address."""
    middle = (start + end) // 2
    blanks = [match.start() for match in _SPACE.finditer(text, start, end)]
    return min(blanks, key=lambda blank: abs(blank - middle), default=None)


def _directives(terms: Sequence[str], context: Context) -> str:
    """The directive for terms in their context and, where that is not sure, a second one for the terms alone."""
    alone = [*map(_encoded, terms[:-1]), _encoded(terms[-1] if len(terms) == 1 else without_last_marks(terms[-1]))]
    if context == Context():
        return "text=" + ",".join(alone)
    parts = [f"{_encoded(context.prefix)}-"] if context.prefix else []
    parts += [*map(_encoded, terms)] if context.suffix else alone
    parts += [f"-{_encoded(context.suffix)}"] if context.suffix else []
    sure = "text=" + ",".join(parts)
    return sure if context.is_sure else f"{sure}&text=" + ",".join(alone)


def _encoded(term: str) -> str:
    """Percent-encoded, the dash too, which would part a prefix or a suffix from its term."""
    return quote(" ".join(term.split()), safe="").replace("-", "%2D")
