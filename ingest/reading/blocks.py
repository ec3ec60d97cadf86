"""Blocks: the paragraphs, headings, items, rows and code lines of a page, made of slices of the source.

Every reader of a format gives a list of blocks; `assemble` joins them to one reading text. A block's parts
are slices of the source and white space between them, nothing else: so every visible character of the
reading text is known to stand in the file, and where.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from retriever.document import ReadingText, Section, SourceMap


class Slice(NamedTuple):
    """A half-open span of the source, in code points."""

    start: int
    end: int


Part: TypeAlias = Slice | str
"""A slice of the source, or white space that stands between two of them."""


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """One line, or one paragraph, of the reading text.

    `level` is a heading's level from 1; `indent` the blanks before the block; `group` the list or table it
    belongs to: blocks of one group stand on lines of their own, all others a blank line apart. `links` says
    what the block consists of when it is nothing but links: their targets.
    """

    kind: BlockKind
    parts: tuple[Part, ...]
    level: int = 0
    indent: int = 0
    group: int | None = None
    links: tuple[str, ...] = ()

    def length(self) -> int:
        """The number of code points of the block, without its indent."""
        return sum(len(part) if isinstance(part, str) else part.end - part.start for part in self.parts)

    def text(self, source: str) -> str:
        """The block as it will stand in the reading text, without its indent."""
        return text_of(self.parts, source)


HIDDEN = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
)
"""Characters that show nothing or reorder what stands around them, as a class of a regular expression.

The joiners U+200C and U+200D are not among them: some scripts spell with them, and so do emoji.
"""

UNSEEN = "\x01"
"""One of them, which stands for each character of a mark that is not shown."""

_LINE_BREAKS = "\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029"
_FLOW_BREAK = re.compile(rf"[\s{HIDDEN}]{{2,}}|[^\S ]|[{HIDDEN}]")
_CODE_TOKEN = re.compile(rf"(?P<line>\r\n|[{_LINE_BREAKS}])|[{HIDDEN}]+|(?P<text>[^{_LINE_BREAKS}{HIDDEN}]+)")


def text_of(parts: Sequence[Part], source: str) -> str:
    """The parts as text."""
    return "".join(part if isinstance(part, str) else source[part.start : part.end] for part in parts)


def flow(source: str, kept: Iterable[Part]) -> tuple[Part, ...]:
    """The kept slices as running text: a run of white space becomes one blank, hidden characters drop out.

    A part that is a string asks for white space at its place, a blank or a line break. White space at both
    ends drops out.
    """
    parts: list[Part] = []
    gap = ""
    for piece in _pieces(source, kept):
        if isinstance(piece, str):
            gap = "\n" if "\n" in (gap, piece) else " "
            continue
        previous = parts[-1] if parts else None
        if not gap and isinstance(previous, Slice) and previous.end == piece.start:
            parts[-1] = Slice(previous.start, piece.end)
            continue
        if gap and parts:
            parts.append(gap)
        parts.append(piece)
        gap = ""
    return tuple(parts)


def _pieces(source: str, kept: Iterable[Part]) -> Iterator[Part]:
    """The kept slices, cut where white space or a hidden character stands that may not remain as it is."""
    for part in kept:
        if isinstance(part, str):
            yield part
            continue
        start = part.start
        for match in _FLOW_BREAK.finditer(source, part.start, part.end):
            yield from _trimmed(source, start, match.start())
            if any(char.isspace() for char in match[0]):
                yield " "
            start = match.end()
        yield from _trimmed(source, start, part.end)


def _trimmed(source: str, start: int, end: int) -> Iterator[Part]:
    if start < end and source[start] == " ":
        yield " "
        start += 1
    ends_blank = start < end and source[end - 1] == " "
    if start < end - ends_blank:
        yield Slice(start, end - ends_blank)
    if ends_blank:
        yield " "


def code_lines(source: str, kept: Iterable[Slice], *, margin: int = 0) -> tuple[Part, ...]:
    """The kept slices line by line, blanks within a line as they are; outer blank lines drop out.

    Up to `margin` blanks at the beginning of each line drop out as well, save where a slice begins with the
    line: what stood before it was the margin.
    """
    parts: list[Part] = []
    breaks = 1
    for index, part in enumerate(kept):
        for match in _CODE_TOKEN.finditer(source, part.start, part.end):
            if match["line"]:
                breaks += 1
            elif match["text"] and (text := match["text"].rstrip()):
                start = match.start()
                if breaks:
                    is_cut = index > 0 and start == part.start
                    start += 0 if is_cut else min(margin, len(text) - len(text.lstrip(" ")))
                    parts += ["\n" * min(breaks, 2)] if parts else []
                parts.append(Slice(start, match.start() + len(text)))
                breaks = 0
    return tuple(parts)


def drop_bracket(blocks: list[Block], index: int, position: int) -> None:
    """Take the bracket at this source position out of a block.

    A marker that is left alone goes to the next block of the list, and drops out without one.
    """
    block = blocks[index]
    parts: list[Part] = []
    for part in block.parts:
        if isinstance(part, Slice) and part.start <= position < part.end:
            parts += [
                piece
                for piece in (Slice(part.start, position), Slice(position + 1, part.end))
                if piece.start < piece.end
            ]
        else:
            parts.append(part)
    is_marker_alone = block.kind is BlockKind.ITEM and isinstance(parts[-1], str)
    if is_marker_alone:
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if following is not None and following.group == block.group:
            blocks[index + 1] = replace(
                following, kind=block.kind, parts=(*parts, *following.parts), indent=block.indent
            )
        parts = []
    blocks[index] = replace(block, parts=tuple(parts))


def assemble(source: str, blocks: Sequence[Block], *, max_title_level: int) -> ReadingText:
    """The reading text of a page, with its sections and the way back to the source.

    Its title is the first heading of at most `max_title_level`.
    """
    texts: list[str] = []
    reading_starts: list[int] = []
    source_starts: list[int] = []
    lengths: list[int] = []
    block_starts: list[int] = []
    length = 0
    for previous, block in zip([None, *blocks], blocks, strict=False):
        separator = _separator(previous, block)
        block_starts.append(length)
        for part in (separator, *block.parts):
            piece = part if isinstance(part, str) else source[part.start : part.end]
            if isinstance(part, Slice):
                reading_starts.append(length)
                source_starts.append(part.start)
                lengths.append(part.end - part.start)
            texts.append(piece)
            length += len(piece)
    source_map = SourceMap(tuple(reading_starts), tuple(source_starts), tuple(lengths))
    sections = _sections(source, blocks, block_starts, length)
    titles = (block for block in blocks if block.kind is BlockKind.HEADING and block.level <= max_title_level)
    title = next((block.text(source) for block in titles), None)
    return ReadingText("".join(texts), sections, source_map, title)


def _separator(previous: Block | None, block: Block) -> str:
    if previous is None:
        return ""
    is_same_group = block.group is not None and block.group == previous.group
    return ("\n" if is_same_group else "\n\n") + " " * block.indent


def _sections(
    source: str, blocks: Sequence[Block], block_starts: Sequence[int], length: int
) -> tuple[Section, ...]:
    """The tiles of the text, cut at the headings that have text of their own below them.

    A heading without any joins the next section, and at the end of the page the one before. A tile begins
    at the blank lines before its heading, so that nothing lies between two tiles.
    """
    tiles: list[Section] = []
    path: list[tuple[int, str]] = []
    start = 0
    headings: tuple[str, ...] = ()
    has_body = False
    for block, block_start in zip(blocks, block_starts, strict=True):
        if block.kind is not BlockKind.HEADING:
            has_body = True
            continue
        if has_body:
            tiles.append(Section(start, block_start, headings))
            start, has_body = block_start, False
        while path and path[-1][0] >= block.level:
            path.pop()
        path.append((block.level, block.text(source)))
        headings = tuple(text for _, text in path)
    if has_body or not tiles:
        tiles.append(Section(start, length, headings))
    else:
        tiles[-1] = Section(tiles[-1].start_char, length, tiles[-1].headings)
    return tuple(tiles)
