"""Extracted text: what a parser took out of a file that is not text itself; it stands in for the source.

A reading text is made of slices of its source. An HTML page and a PDF have no source in which a person could
count characters, so the text that the parser gives is the source, and its blocks are slices of that text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.errors import DocumentWarning
from ingest.reading.blocks import Block, BlockKind, Part, Slice, code_lines, flow

FIELD_KEYS = (
    "url", "source", "citation", "license", "language", "audienceLevel", "status", "version", "lastReviewed",
    "reviewFrequency",
)  # fmt: skip
"""What a file may say of itself under the names of the front matter: in `meta` elements, in a PDF's properties."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a file, its blocks as slices of it, and what the file says of itself.

    `fields` holds metadata by field name, not yet checked; `fallback_title` serves where the page has no heading.
    Page n of a paged file begins at `page_starts[n - 1]`, in code points of `text`; other files have none.
    """

    text: str
    blocks: tuple[Block, ...]
    page_starts: tuple[int, ...]
    fields: Mapping[str, str]
    fallback_title: str | None
    warnings: tuple[DocumentWarning, ...]


class Line(NamedTuple):
    """One line of a block; `page` is the page that it stands on, None in a file without pages."""

    text: str
    page: int | None = None


class _Written(NamedTuple):
    """A block whose parts are not yet trimmed: `cells` are lines of `text`."""

    block: Block
    cells: list[list[Slice]]
    separator: str


class Writer:
    """Writes the text of a file block by block, and remembers where each block and each page stand in it."""

    def __init__(self) -> None:
        self.characters = 0
        self._texts: list[str] = []
        self._written: list[_Written] = []
        self._page_starts: list[int] = []

    def add(
        self,
        kind: BlockKind,
        cells: Sequence[Sequence[Line]],
        *,
        level: int = 0,
        indent: int = 0,
        group: int | None = None,
        links: tuple[str, ...] = (),
        separator: str = "\n",
    ) -> None:
        """One block: its cells (one, but for the row of a table) and their lines.

        `separator` stands between the lines of a cell: a line break or a blank, or nothing.
        """
        block = Block(kind, (), level=level, indent=indent, group=group, links=links)
        self._written.append(_Written(block, [[self._line(line) for line in cell] for cell in cells], separator))

    def text(self) -> str:
        """All that was written."""
        return "".join(self._texts)

    def blocks(self) -> tuple[Block, ...]:
        """The blocks that show something, in order."""
        text = self.text()
        found = []
        for block, cells, separator in self._written:
            parts: list[Part] = []
            gap = ""
            for cell in cells:
                shown = _parts_of(text, block.kind, cell, separator)
                parts += [gap, *shown] if gap and parts and shown else shown
                gap = "\t" if shown else gap + "\t"
            if parts:
                found.append(
                    Block(
                        block.kind, tuple(parts), level=block.level, indent=block.indent, group=block.group,
                        links=block.links,
                    )
                )  # fmt: skip
        return tuple(found)

    def page_starts(self, pages: int) -> tuple[int, ...]:
        """Where each of so many pages begins; a page without text begins where the next one does."""
        return (*self._page_starts, *[self.characters] * (pages - len(self._page_starts)))

    def _line(self, line: Line) -> Slice:
        if line.page is not None:
            self._page_starts += [self.characters] * (line.page - len(self._page_starts))
        start = self.characters
        self._texts += [line.text, "\n"]
        self.characters += len(line.text) + 1
        return Slice(start, start + len(line.text))


def _parts_of(text: str, kind: BlockKind, lines: Sequence[Slice], separator: str) -> list[Part]:
    if kind is BlockKind.CODE:
        return list(code_lines(text, lines))
    kept: list[Part] = []
    for line in lines:
        kept += [separator, line] if kept and separator else [line]
    return list(flow(text, kept))
