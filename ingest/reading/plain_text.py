"""Plain text: paragraphs, lists and cautious headings of a file that has no markup."""

import re
from collections.abc import Sequence
from itertools import groupby

from ingest.reading.blocks import Block, BlockKind, Part, Slice, flow
from ingest.reading.lines import line_spans, paragraph_spans

MAX_HEADING_CHARS = 80
MAX_HEADINGS_IN_A_ROW = 2
"""More short lines in a row than that are a list, an address or a poem."""

WRAPPED_LINE_CHARS = (60, 100)
"""Lines of this many characters, shortest and longest, are those of a paragraph wrapped by a program."""

TITLE_LEVEL = 1
HEADING_LEVEL = 2

_ITEM = re.compile(r"[ \t]*(?:[•◦▪‣●○·*+–-]|o(?=[ \t]{2})|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+\S")
_NO_HEADING_END = tuple(".,;:")


def read_plain_text(source: str, body_start: int) -> list[Block]:
    """The blocks of a body that begins at code point `body_start`.

    A heading is a short line alone between blank lines that begins with a capital or a digit, ends without a
    full stop, comma, semicolon or colon, and has text below it. On top of the page it is the page's title.
    """
    paragraphs = list(paragraph_spans(source, Slice(body_start, len(source))))
    blocks: list[Block] = []
    for paragraph, level in zip(paragraphs, _heading_levels(source, paragraphs), strict=True):
        if level:
            blocks.append(Block(BlockKind.HEADING, flow(source, [paragraph]), level=level))
        else:
            blocks.extend(_read_paragraph(source, paragraph))
    return [block for block in blocks if block.parts]


def _heading_levels(source: str, paragraphs: Sequence[Slice]) -> list[int]:
    """For each paragraph its level as a heading, 0 for text."""
    levels = [0] * len(paragraphs)
    runs = groupby(range(len(paragraphs)), key=lambda index: _looks_like_heading(source, paragraphs[index]))
    for is_short, members in runs:
        run = list(members)
        # A short line at the very end of the page heads nothing.
        if not is_short or run[-1] == len(paragraphs) - 1:
            continue
        is_stack = len(run) <= MAX_HEADINGS_IN_A_ROW + (run[0] == 0)
        for index in run if is_stack else run[-1:]:
            levels[index] = TITLE_LEVEL if index == 0 else HEADING_LEVEL
    return levels


def _looks_like_heading(source: str, paragraph: Slice) -> bool:
    text = source[paragraph.start : paragraph.end].strip()
    return (
        len(text) <= MAX_HEADING_CHARS
        and "\n" not in text
        and "\r" not in text
        and (text[:1].isupper() or text[:1].isdigit())
        and not text.endswith(_NO_HEADING_END)
        and _ITEM.match(text) is None
    )


def _read_paragraph(source: str, paragraph: Slice) -> list[Block]:
    lines = list(line_spans(source, paragraph))
    groups = _grouped(source, lines)
    blocks: list[Block] = []
    indents: list[int] = []
    for group in groups:
        first = source[group[0].start : group[0].end]
        if _ITEM.match(first) is None:
            blocks.append(
                Block(BlockKind.PARAGRAPH, _joined(source, group, _separator(group)), group=paragraph.start)
            )
            continue
        width = len(first) - len(first.lstrip())
        while indents and indents[-1] >= width:
            indents.pop()
        blocks.append(
            Block(BlockKind.ITEM, _joined(source, group, " "), indent=2 * len(indents), group=paragraph.start)
        )
        indents.append(width)
    return blocks


def _grouped(source: str, lines: Sequence[Slice]) -> list[list[Slice]]:
    """The lines of a paragraph by item: a line that is no item goes on with the item above it."""
    groups: list[list[Slice]] = []
    for line in lines:
        if not groups or _ITEM.match(source, line.start, line.end):
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _separator(lines: Sequence[Slice]) -> str:
    """A blank where a program broke the lines, a line break where a person did."""
    shortest, longest = WRAPPED_LINE_CHARS
    widths = [line.end - line.start for line in lines]
    is_wrapped = all(shortest <= width <= longest for width in widths[:-1]) and widths[-1] <= longest
    return " " if is_wrapped else "\n"


def _joined(source: str, lines: Sequence[Slice], separator: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    for line in lines:
        parts += [separator, line]
    return flow(source, parts)
