"""Deep links: the address of a page with a fragment that makes a browser scroll to the quote and mark it.

Source: the text fragments of "URL Fragment Text Directives" (WICG), `#:~:text=[prefix-,]start[,end][,-suffix]`.
A browser compares without regard to case, at word boundaries, takes the first match, and finds a term only inside
one block of the page; the reading text stands in for the page here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from retriever.provenance.searched_page import SearchedPage, folded_text, searched_page, trimmed

MAX_EXACT_CHARS = 100
"""A longer quote is named by its first and last words: pages show numbers of references in between, which the
reading text leaves out."""
EDGE_WORDS = 5
MAX_CONTEXT_WORDS = 12
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
    omitted_at: tuple[int, ...] = (),
) -> str | None:
    """The address that leads to `text[start_char:end_char]`, `text` being the whole reading text of the page.

    `omitted_at` are the places of `text`, in order, where the page may show more than `text` holds
    (`contents.omissions`). With `page` (from 1) the address of that page of a PDF. A fragment that the address has
    already is kept. None without an address of the web (`http`, `https`), since a page may name any, `javascript:`
    too; the plain address where the span holds nothing that a browser could look for.
    """
    if url is None or not _WEB.match(url):
        return None
    base, _, fragment = url.partition("#")
    if page is not None:
        return f"{base}#page={page}"
    directive = text_directive(text, start_char, end_char, omitted_at=omitted_at)
    if directive is None:
        return url
    return f"{base}#{fragment.partition(DIRECTIVE)[0]}{DIRECTIVE}{directive}"


def text_directive(text: str, start_char: int, end_char: int, *, omitted_at: tuple[int, ...] = ()) -> str | None:
    """The directive `text=...` for a span of a reading text, percent-encoded; None for a span without a word.

    Two of them, the second for browsers to fall back on, where nothing but words beyond an omission tells the
    quote from others like it on the page.
    """
    page = searched_page(text, omitted_at)
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
        context = _context(page, first, start, end)
        return _directives([text[start:end]], context)
    if middle is not None:
        first_end = last_start = middle
    before, opening_end = _Context(), _distinct_opening(page, first, start, first_end)
    if opening_end is None:
        opening_end = _first_words(text, start, first_end, EDGE_WORDS)
        before = _context(page, first, start, opening_end, is_suffix_allowed=False)
    closing_start, behind = _closing(page, last, last_start, end, after=page.place(first, opening_end))
    context = _Context(before.prefix, behind.suffix, before.is_sure and behind.is_sure)
    return _directives([text[start:opening_end], text[closing_start:end]], context)


def _from_distinct(page: SearchedPage, runs: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
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


def _distinct_opening(page: SearchedPage, run: int, start: int, end: int) -> int | None:
    """Where the fewest first words end that stand nowhere before on the page, since a browser takes the first."""
    for words in range(EDGE_WORDS, MAX_CONTEXT_WORDS + 1):
        opening_end = _first_words(page.text, start, end, words)
        if next(page.found(folded_text(page.text[start:opening_end])), -1) == page.place(run, start):
            return opening_end
        if opening_end >= end:
            break
    return None


@dataclass(frozen=True, slots=True)
class _Context:
    """The words around a term. Not sure is what lies beyond an omission: on the page it may not be next to it."""

    prefix: str = ""
    suffix: str = ""
    is_sure: bool = True


def _context(page: SearchedPage, run: int, start: int, end: int, *, is_suffix_allowed: bool = True) -> _Context:
    """The words before and behind a term that make it the only one of its kind on the page, as few as will do."""
    term = folded_text(page.text[start:end])
    ours = page.place(run, start)
    if [*page.found(term)] == [ours]:
        return _Context()
    prefix = suffix = ""
    for is_sure in (True, False):
        for words in range(1, MAX_CONTEXT_WORDS + 1):
            prefix = page.words_before(run, start, words, is_sure=is_sure)
            if is_suffix_allowed:
                suffix = page.words_behind(run, end, words, is_sure=is_sure)
            for before, behind in ((prefix, ""), ("", suffix), (prefix, suffix)):
                if (before or behind) and page.places_in_context(term, before, behind) == [ours]:
                    return _Context(before, behind, is_sure)
    return _Context(prefix, suffix, is_sure=False)


def _closing(page: SearchedPage, run: int, floor: int, end: int, *, after: int) -> tuple[int, _Context]:
    """Where the last words of a long quote begin, so that none like them stand earlier in it; and what follows."""
    words = [match.start() for match in _WORD.finditer(page.text, floor, end)]
    target = page.place(run, end)
    for count in range(min(EDGE_WORDS, len(words)), len(words) + 1):
        term = folded_text(page.text[words[-count] : end])
        if next(page.found(term, after), -1) + len(term) == target:
            return words[-count], _Context()
    suffix = ""
    for is_sure in (True, False):
        for count in range(1, MAX_CONTEXT_WORDS + 1):
            suffix = page.words_behind(run, end, count, is_sure=is_sure)
            places = page.places_in_context(folded_text(page.text[words[0] : end]), "", suffix)
            if next((place for place in places if place >= after), None) == page.place(run, words[0]):
                return words[0], _Context(suffix=suffix, is_sure=is_sure)
    return words[0], _Context(suffix=suffix, is_sure=False)


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
