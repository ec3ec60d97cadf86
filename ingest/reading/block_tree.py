"""Block tree: the syntax tree of the blocks of a Markdown page, without the marks that are not shown.

Tables and front matter are masked before the grammar reads a page: it loses text around rows with empty cells,
and a page may begin with a rule of dashes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import tree_sitter_markdown
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from ingest.reading.blocks import Slice
from ingest.reading.dialects import Marks, may_hold_marks, unseen_marks, without_marks
from ingest.reading.indented_boxes import indented_boxes

_CODE = "[(fenced_code_block) (indented_code_block)] @found"
_RUNNING = "(inline) @found"


@dataclass(frozen=True, slots=True)
class ShownTree:
    """The source, as long as it was, without marks that are not shown, and the root of the tree of its body.

    A byte of the tree is a code point of the body. The title of a box is a heading whose mark is `UNSEEN`.
    `margins` are the spans before the lines of indented boxes, in order.
    """

    source: str
    root: Node
    margins: tuple[Slice, ...]


def shown_tree(source: str, body_start: int) -> ShownTree:
    """The tree of the body that begins at code point `body_start`. Takes time linear in the page."""
    root = _tree(_masked(source, body_start))
    boxes = indented_boxes(source, body_start, code=spans_of(root, body_start, _CODE))
    if boxes.margins:
        root = _tree(_outdented(_masked(source, body_start), body_start, boxes.margins))
    elif not may_hold_marks(source, body_start):
        return ShownTree(source, root, ())
    code, running = (spans_of(root, body_start, query) for query in (_CODE, _RUNNING))
    marks = unseen_marks(source, body_start, boxes.openings, code=code, running=running)
    if marks.spans:
        source = without_marks(source, marks)
        masked = _outdented(_masked(source, body_start), body_start, boxes.margins)
        root = _tree(_with_titles(masked, body_start, marks))
    return ShownTree(source, root, boxes.margins)


def spans_of(root: Node, body_start: int, query: str) -> list[Slice]:
    """The spans of the source that a query of the tree calls `@found`."""
    nodes = QueryCursor(Query(_block_language(), query)).captures(root).get("found", ())
    return [Slice(body_start + node.start_byte, body_start + node.end_byte) for node in nodes]


def _tree(masked: bytes) -> Node:
    return Parser(_block_language()).parse(masked).root_node


def _with_titles(masked: bytes, body_start: int, marks: Marks) -> bytes:
    """The masked body with the titles of boxes as headings, so that each is a block of its own."""
    titled = bytearray(masked)
    for position in marks.titles:
        titled[position - body_start : position - body_start + 2] = b"# "
    return bytes(titled)


def _outdented(masked: bytes, body_start: int, margins: Sequence[Slice]) -> bytes:
    """The masked body with each margin on the line above: what stands behind one begins its line, and its place
    stays the same.
    """
    outdented = bytearray(masked)
    for margin in margins:
        start, end = margin.start - body_start, margin.end - body_start
        line_break = b"\r\n" if masked[start - 2 : start] == b"\r\n" else masked[start - 1 : start]
        outdented[start - len(line_break) : end] = b" " * (end - start) + line_break
    return bytes(outdented)


@cache
def _block_language() -> Language:
    return Language(tree_sitter_markdown.language())


def _masked(source: str, body_start: int) -> bytes:
    """The body with one byte for each code point, tables hidden, and a line break at its end.

    A question mark has no meaning for the structure of blocks, so it may stand for anything else.
    """
    masked = source[body_start:].encode("ascii", "replace").replace(b"|", b"?")
    masked = re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", b"?", masked)
    if masked.startswith((b"---", b"+++")):
        masked = (b"***" if masked.startswith(b"---") else b"???") + masked[3:]
    return masked + b"\n"
