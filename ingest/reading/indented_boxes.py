"""Indented boxes: notes and tabs of MkDocs, each a line that names it and an indented body below.

CommonMark would take the body for code, or for more of the line above it. A line without a body is text.

Source: https://python-markdown.github.io/extensions/admonition,
https://facelessuser.github.io/pymdown-extensions/extensions/details, .../extensions/tabbed
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.reading.blocks import Slice

_SIGN = re.compile(r"^[ \t]*(?:!!!|\?\?\?|===[+!]*[ \t]+\")", re.MULTILINE)
_OPENING = re.compile(
    r"(?:(?:!!!|\?\?\?\+?)(?:[ \t]*(?P<kind>[A-Za-z][\w-]*)(?:[ \t]+[\w-]+)*)?|===[+!]*)"
    r"(?:[ \t]+\"(?P<title>[^\"\r\n]*)\")?[ \t]*"
)
_LINE = re.compile(r"^(?P<margin>[ \t]*)(?P<text>[^\s][^\r\n]*)", re.MULTILINE)
_CODE_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_STEP = 4
"""Columns by which a body is indented."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The line from `start` to `end` that opens a box, and the span of it that is shown, which may be empty."""

    start: int
    shown: tuple[int, int]
    end: int


@dataclass(frozen=True, slots=True)
class IndentedBoxes:
    """The lines that open boxes, and the margins of the lines within them, both in order."""

    openings: tuple[Opening, ...] = ()
    margins: tuple[Slice, ...] = ()


def indented_boxes(source: str, start: int, *, code: Sequence[Slice]) -> IndentedBoxes:
    """The boxes from `start` on; `code` are the page's blocks of code in order. Takes time linear in the page."""
    if _SIGN.search(source, start) is None:
        return IndentedBoxes()
    starts = [span.start for span in code]
    openings: list[Opening] = []
    margins: list[Slice] = []
    bodies: list[int] = []  # the columns at which those of the open boxes begin
    waiting: tuple[int, Opening] | None = None  # an opening whose body would begin at that column
    fence: str | None = None
    for line in _LINE.finditer(source, start):
        column = len(line["margin"].expandtabs(_STEP))
        if waiting is not None and column >= waiting[0]:
            openings.append(waiting[1])
            bodies.append(waiting[0])
        waiting = None
        while bodies and column < bodies[-1]:
            bodies.pop()
            fence = None
        if bodies:
            margins.append(Slice(line.start(), line.start() + _width(line["margin"], _STEP * len(bodies))))
            fence = _fence_after(line["text"], fence)
        if fence is None and (found := _OPENING.fullmatch(source, *line.span("text"))):
            place = bisect_right(starts, line.end()) - 1
            is_code = not bodies and place >= 0 and code[place].end > line.start("text")
            group = "title" if found["title"] is not None else "kind"
            if found[group] is not None and not is_code:
                waiting = column + _STEP, Opening(found.start(), found.span(group), line.end())
    return IndentedBoxes(tuple(openings), tuple(margins))


def _width(margin: str, columns: int) -> int:
    """How many characters of a margin make so many columns."""
    column = 0
    for count, char in enumerate(margin):
        if column >= columns:
            return count
        column += _STEP - column % _STEP if char == "\t" else 1
    return len(margin)


def _fence_after(text: str, fence: str | None) -> str | None:
    """The fence of code that is open behind a line, of which `fence` is open before it."""
    found = _CODE_FENCE.match(text)
    if found is None:
        return fence
    if fence is None:
        return found["fence"]
    return None if found["fence"].startswith(fence) and not found["info"].strip() else fence
