"""Markdown: the blocks of a page, read from the syntax tree of its block structure.

Source: the node names are those of the block grammar of tree-sitter-markdown 0.5. Tables are read here: the
grammar loses text around rows with empty cells.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from ingest.reading.block_tree import ShownTree, shown_tree, spans_of
from ingest.reading.blocks import UNSEEN, Block, BlockKind, Part, Slice, code_lines, drop_bracket, flow, text_of
from ingest.reading.html_text import html_blocks
from ingest.reading.inline import Inline, label_of, read_inline
from ingest.reading.lines import is_short_entry, lines_without, merged, paragraph_spans, spans_without
from ingest.reading.noise import MAX_HEADING_CHARS
from ingest.reading.table import find_table, is_delimiter_row, split_cells

_HEADING_MARK = re.compile(r"(?:atx|setext)_h(\d)_(?:marker|underline)")


@dataclass(frozen=True, slots=True)
class MarkdownBlocks:
    """The blocks of a page in order, and what is odd about it."""

    blocks: tuple[Block, ...]
    unclosed_fence_at: int | None


@dataclass(frozen=True, slots=True)
class _Marker:
    """A mark that the next block begins with, and the white space after it; `indent` is that of its list."""

    mark: Slice
    indent: int
    gap: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands: its indent, and the outermost list that it belongs to."""

    indent: int = 0
    group: int | None = None


def read_markdown(source: str, body_start: int) -> MarkdownBlocks:
    """The blocks of the body of a page that begins at code point `body_start`, noise included.
    Takes time linear in the page.
    """
    tree = shown_tree(source, body_start)
    reader = _Reader(tree, body_start)
    reader.read(tree.root)
    return MarkdownBlocks(tuple(reader.blocks), reader.unclosed_fence_at)


def _labels(source: str, body_start: int, root: Node) -> frozenset[str]:
    if "]:" not in source:
        return frozenset()
    labels = spans_of(root, body_start, "(link_reference_definition (link_label) @found)")
    return frozenset(label_of(source[label.start : label.end]) for label in labels)


class _Reader:
    def __init__(self, tree: ShownTree, offset: int) -> None:
        self.blocks: list[Block] = []
        self.unclosed_fence_at: int | None = None
        self._source = tree.source
        self._offset = offset
        self._labels = _labels(tree.source, offset, tree.root)
        self._margins = tree.margins
        self._markers: list[_Marker] = []
        self._quote: _Marker | None = None
        self._open_bracket: tuple[int, int] | None = None

    def read(self, root: Node) -> None:
        # An explicit stack: a page may nest deeper than Python's.
        waiting: list[tuple[Node, _Place]] = [(root, _Place())]
        while waiting:
            node, place = waiting.pop()
            waiting.extend(reversed(self._visit(node, place)))

    def _visit(self, node: Node, place: _Place) -> Sequence[tuple[Node, _Place]]:
        """Read one node; the nodes below it that are still to be read, each with its place."""
        match node.type:
            case "document" | "section":
                return [(child, place) for child in node.named_children]
            case "list":
                inner = place if place.group is not None else _Place(place.indent, 2 * node.start_byte)
                return [(child, inner) for child in node.named_children]
            case "list_item":
                self._open_item(node, place)
                return [(child, _Place(place.indent + 2, place.group)) for child in node.named_children]
            case "block_quote":
                self._open_quote(node, is_in_list=place.group is not None)
                return [(child, place) for child in node.named_children]
            case "paragraph":
                for inline in _children(node, "inline"):
                    self._paragraph(inline, place)
            case "atx_heading" | "setext_heading":
                self._heading(node, place)
            case "fenced_code_block" | "indented_code_block":
                self._code(node, place)
            case "html_block":
                self._html(node, place)
            case "ERROR":
                self._raw(node, place)
        return []

    def _open_item(self, node: Node, place: _Place) -> None:
        self._markers = [marker for marker in self._markers if marker.indent < place.indent]
        marks = [child for child in node.named_children if "_marker_" in child.type]
        spans = [self._trimmed(mark.start_byte, mark.end_byte) for mark in marks]
        is_empty = all(child in marks or child.type == "block_continuation" for child in node.named_children)
        if is_empty and self._source[spans[0].start].isdigit():
            # A number alone on its line, such as a year that the line above was broken before.
            self._emit(BlockKind.PARAGRAPH, tuple(spans), place)
            return
        self._markers += [_Marker(span, place.indent, " ") for span in spans]

    def _open_quote(self, node: Node, *, is_in_list: bool) -> None:
        """A quote mark drops out, unless it is a "greater than": `>75 years` must not become `75 years`."""
        mark = self._trimmed(node.start_byte, node.start_byte + 1)
        after = self._source[mark.end : mark.end + 2]
        if after[:1].isdigit() or (is_in_list and after[:1] == " " and after[1:].isdigit()):
            self._quote = _Marker(mark, 0, "" if after[:1].isdigit() else " ")

    def _paragraph(self, inline: Node, place: _Place) -> None:
        span, unseen = self._span(inline), self._continuations(inline)
        lines = lines_without(self._source, span, unseen) if "|" in self._source[span.start : span.end] else []
        header = find_table(self._source, lines)
        if header is None:
            self._running_text(span, unseen, place)
            return
        if header > 0:
            self._running_text(Slice(span.start, lines[header - 1].end), unseen, place)
        group = 2 * inline.start_byte + 1
        for line in lines[header:]:
            if not is_delimiter_row(self._source, line):
                self._row(line, _Place(place.indent, group))

    def _running_text(self, span: Slice, unseen: Sequence[Slice], place: _Place) -> None:
        lines = lines_without(self._source, span, unseen)
        if len(lines) > 1 and all(is_short_entry(self._source[line.start : line.end]) for line in lines):
            place = _Place(place.indent, 2 * span.start + 1) if place.group is None else place
            for line in lines:
                self._emit(BlockKind.PARAGRAPH, self._inline(line, ()).parts, place)
            return
        text = self._inline(span, [skip for skip in unseen if skip.end <= span.end])
        self._emit(BlockKind.PARAGRAPH, text.parts, place, links=text.links)
        if text.ends_link and self._open_bracket is not None:
            drop_bracket(self.blocks, *self._open_bracket)
            self._open_bracket = None
        if text.open_bracket is not None:
            self._open_bracket = len(self.blocks) - 1, text.open_bracket

    def _row(self, line: Slice, place: _Place) -> None:
        parts: list[Part] = []
        gap = ""
        for cell in split_cells(self._source, line):
            shown = self._inline(cell, ()).parts
            if shown:
                parts += [gap] if gap else []
                parts += [part if isinstance(part, Slice) else " " for part in shown]
                gap = ""
            gap += "\t"
        self._emit(BlockKind.ROW, tuple(parts), place)

    def _heading(self, node: Node, place: _Place) -> None:
        marks = [match for child in node.children if (match := _HEADING_MARK.fullmatch(child.type))]
        level = int(marks[0][1]) if marks else 1
        paragraphs = _children(node, "paragraph")
        inlines = [inline for parent in (node, *paragraphs) for inline in _children(parent, "inline")]
        if not inlines:
            self.blocks.append(Block(BlockKind.HEADING, (), level=level))
            return
        span = self._span(inlines[0])
        closing = re.search(r"(?:^|[ \t])#+[ \t]*$", self._source[span.start : span.end])
        if closing and node.type == "atx_heading":
            span = Slice(span.start, span.start + closing.start())
        text = self._inline(span, self._continuations(inlines[0]))
        is_long = len(text_of(text.parts, self._source)) > MAX_HEADING_CHARS
        if (node.type == "setext_heading" and is_long) or self._is_title_of_box(node):
            # A rule of dashes right below a paragraph: a heading by the letter only.
            self._emit(BlockKind.PARAGRAPH, text.parts, place, links=text.links)
        elif text.parts:
            parts = tuple(part if isinstance(part, Slice) else " " for part in text.parts)
            self._markers, self._quote = [], None
            self.blocks.append(Block(BlockKind.HEADING, parts, level=level))

    def _is_title_of_box(self, node: Node) -> bool:
        mark = node.children[0]
        return node.type == "atx_heading" and UNSEEN in self._source[slice(*self._span(mark))]

    def _code(self, node: Node, place: _Place) -> None:
        content = _children(node, "code_fence_content") if node.type == "fenced_code_block" else [node]
        if node.type == "fenced_code_block" and len(_children(node, "fenced_code_block_delimiter")) < 2:
            self.unclosed_fence_at = self.unclosed_fence_at or node.start_byte + self._offset
        for part in content:
            kept = list(spans_without(self._span(part), self._continuations(part)))
            margin = 4 if node.type == "indented_code_block" else 0
            self._emit(BlockKind.CODE, code_lines(self._source, kept, margin=margin), place)

    def _html(self, node: Node, place: _Place) -> None:
        span = self._span(node)
        for block in html_blocks(self._source, span.start, span.end):
            parts = flow(self._source, block.parts)
            if block.level and parts:
                flat = tuple(part if isinstance(part, Slice) else " " for part in parts)
                self.blocks.append(Block(BlockKind.HEADING, flat, level=block.level))
            else:
                self._emit(BlockKind.PARAGRAPH, parts, place)

    def _raw(self, node: Node, place: _Place) -> None:
        """What the grammar gave up on is read as paragraphs: no character of it may get lost."""
        for paragraph in paragraph_spans(self._source, self._span(node)):
            self._running_text(paragraph, (), place)

    def _emit(
        self, kind: BlockKind, parts: tuple[Part, ...], place: _Place, *, links: tuple[str, ...] = ()
    ) -> None:
        if not parts:
            return
        markers = [marker for marker in self._markers if place.group is not None and marker.indent < place.indent]
        indent = min([place.indent, *(marker.indent for marker in markers)])
        lead: list[Part] = []
        marks = (*markers, *([self._quote] if self._quote else []))
        for marker in sorted(marks, key=lambda marker: marker.mark.start):
            lead += [marker.mark, marker.gap] if marker.gap else [marker.mark]
        self._markers, self._quote = [], None
        kind = BlockKind.ITEM if markers and kind is BlockKind.PARAGRAPH else kind
        self.blocks.append(Block(kind, (*lead, *parts), indent=indent, group=place.group, links=links))

    def _inline(self, span: Slice, unseen: Sequence[Slice]) -> Inline:
        return read_inline(self._source, span, labels=self._labels, unseen=unseen)

    def _span(self, node: Node) -> Slice:
        # One more byte than the page has was given to the parser: its last line break.
        last = len(self._source)
        return Slice(min(node.start_byte + self._offset, last), min(node.end_byte + self._offset, last))

    def _trimmed(self, start_byte: int, end_byte: int) -> Slice:
        start, end = start_byte + self._offset, min(end_byte + self._offset, len(self._source))
        text = self._source[start:end]
        return Slice(start + len(text) - len(text.lstrip()), start + len(text.rstrip()))

    def _continuations(self, node: Node) -> list[Slice]:
        """The spans within a node that belong to the blocks around it, save a `>` right before a number."""
        spans = [self._span(child) for child in _children(node, "block_continuation")]
        kept = [
            Slice(span.start, span.end - 1) if self._is_greater_than(span) else span
            for span in spans
            if span.start < span.end
        ]
        if not self._margins:
            return kept
        whole = self._span(node)
        first, last = (bisect_left(self._margins, (place,)) for place in whole)
        return merged([*kept, *self._margins[first:last]])

    def _is_greater_than(self, span: Slice) -> bool:
        return self._source[span.end - 1] == ">" and self._source[span.end : span.end + 1].isdigit()


def _children(node: Node, kind: str) -> list[Node]:
    return [child for child in node.children if child.type == kind]
