"""The deep links into the pages of one generation. To make one takes as long as a part of the search."""

from collections.abc import Iterable
from itertools import takewhile
from typing import NamedTuple

from retriever.document import Section
from retriever.index import Index
from retriever.method_cache import remembering
from retriever.provenance.deep_link import deep_link
from retriever.provenance.searched_page import Outline

REMEMBERED = 8_192
"""Links, each of some 300 bytes: people come back to the same passages."""


class _Span(NamedTuple):
    document_id: str
    start_char: int
    end_char: int


class PageLinks:
    """Makes deep links and remembers the last `REMEMBERED`. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._made = remembering(self._make, most=REMEMBERED)

    def link(self, document_id: str, start_char: int, end_char: int) -> str | None:
        """The address that marks a span of a document's reading text; None without an address of the web.

        Raises KeyError for a document that the generation does not hold.
        """
        return self._made(_Span(document_id, start_char, end_char))

    def _make(self, span: _Span) -> str | None:
        document = self._index.document(span.document_id)
        if document is None:
            raise KeyError(span.document_id)
        return deep_link(
            document.metadata.url,
            self._index.reading_text(span.document_id),
            span.start_char,
            span.end_char,
            page=document.page_of(span.start_char),
            omissions=self._index.omissions(span.document_id),
            outline=_outline(document.sections),
        )


def _outline(sections: Iterable[Section]) -> Outline:
    """The headings of a page in its order: of each section those that the one before does not have."""
    found: list[tuple[int, str]] = []
    path: tuple[str, ...] = ()
    for section in sections:
        known = sum(
            1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(path, section.headings, strict=False))
        )
        path = section.headings
        found += enumerate(path[known:], start=known)
    return tuple(found)
