"""Block tree: the syntax tree of the blocks of a Markdown page, without the marks that are not shown.

Tables and front matter are masked before the grammar reads a page: it loses text around rows with empty cells,
and a page may begin with a rule of dashes.
"""

import re
from functools import cache

import tree_sitter_markdown
from tree_sitter import Language, Node, Parser, Query, QueryCursor

from ingest.reading.blocks import Slice
from ingest.reading.dialects import Marks, may_hold_marks, unseen_marks, without_marks

_CODE = "[(fenced_code_block) (indented_code_block)] @found"
_RUNNING = "(inline) @found"


def shown_tree(source: str, body_start: int) -> tuple[str, Node]:
    """The source, as long as it was, without marks that are not shown, and the root of the tree of its body.

    A byte of the tree is a code point of the body, which begins at `body_start`. The title of a box is a heading
    whose mark is `UNSEEN`. Takes time linear in the page.
    """
    root = _tree(_masked(source, body_start))
    if not may_hold_marks(source, body_start):
        return source, root
    code, running = (spans_of(root, body_start, query) for query in (_CODE, _RUNNING))
    marks = unseen_marks(source, body_start, code=code, running=running)
    if not marks.spans:
        return source, root
    shown = without_marks(source, marks)
    return shown, _tree(_with_titles(_masked(shown, body_start), body_start, marks))


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
