"""Citation marks: brackets with nothing in them but numbers that point into the page itself."""

import re
from collections.abc import Iterator

from ingest.reading.blocks import Slice

_MARK = r"\[\d{1,4}[a-z]?\]\(#[^()\s]*\)"
_MARKS = rf"{_MARK}(?:[\s,;–—-]{{0,3}}{_MARK})*[,;]?"
_CITATION_MARK = re.compile(rf"\[ ?{_MARKS} ?\]|\( ?{_MARKS} ?\)")
"""It cites an entry of the list at the page's end."""


def citation_marks(text: str) -> Iterator[Slice]:
    """Where they stand in a stretch of Markdown, in order, with the blanks before them that a stop follows."""
    if "](#" not in text:
        return
    for match in _CITATION_MARK.finditer(text):
        start, end = match.span()
        if text[end : end + 1] in tuple(".,;:)"):
            # "as shown [[3](#r3)]." must not become "as shown ."
            while start and text[start - 1].isspace():
                start -= 1
        yield Slice(start, end)
