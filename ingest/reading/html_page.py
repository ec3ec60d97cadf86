"""HTML pages: the text that a reader sees, block by block; nothing that the page refers to is fetched.

Scripts, styles, comments, forms, pictures, frames and what belongs to the site around the page drop out, and so
does what the page itself hides (the attributes `hidden` and `aria-hidden`, and inline styles; style sheets are
not read). The parser builds the tree that a browser would build, so that unclosed tags mean what they mean there.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.errors import DocumentWarning, DocumentWarningCode, SkipReason, TextUnreadable
from ingest.reading.blocks import BlockKind
from ingest.reading.extracted import Extracted, Line, Writer
from ingest.reading.hidden import is_hidden
from ingest.reading.html_fields import html_fields
from ingest.reading.page_frame import MAIN_SHARE, is_frame, is_main, main_parts
from ingest.reading.picture_controls import may_be_control

MAX_DEPTH = 5_000
"""The parser takes a time that grows with the square of the depth; no page that a person wrote nests like this."""

_UNSEEN = re.compile(
    "script|style|template|noframes|svg|iframe|frame|frameset|object|embed|audio|video|canvas|map|head|nav|"
    "button|select|textarea|input|datalist|option|optgroup|dialog|title"
)
# The parser takes no scripts to run and would show what stands in for them, in the head at least.
_NO_SCRIPT = re.compile(r"<(/?)noscript(?=[\s/>])", re.IGNORECASE)
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|dir|div|dl|dt|fieldset|figcaption|figure|footer|"
    "form|header|hgroup|hr|html|legend|li|main|menu|ol|p|pre|search|section|summary|table|tbody|tfoot|thead|ul"
)
_HEADING = re.compile(r"h[1-6]")
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
# Elements that HTML closes by itself, or that have no end: they do not nest by being left open.
_DEPTH_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NO_DEPTH = re.compile(
    rb"p|li|td|tr|th|dd|dt|option|optgroup|tbody|thead|tfoot|colgroup|col|br|hr|img|input|meta|link|area|base|embed|"
    rb"source|track|wbr|param|rp|rt",
    re.IGNORECASE,
)


def read_html(text: str) -> Extracted:
    """The text of a decoded page. Raises TextUnreadable for a page that nests too deeply to be parsed in time."""
    _refuse_depth(text)
    tree = LexborHTMLParser(_NO_SCRIPT.sub(r"<\1template", text))
    reader = _Reader()
    if tree.body is not None:
        reader.read(tree.body)
    hidden_characters = reader.hidden_characters
    if parts := main_parts(reader.mains, reader.titles):
        inner = _Reader()
        for part in parts:
            inner.read(part)
        if inner.writer.characters >= MAIN_SHARE * reader.writer.characters:
            reader = inner
    warnings = []
    if hidden_characters:
        detail = f"{hidden_characters} characters that the page hides from its readers are not taken in"
        warnings.append(DocumentWarning(DocumentWarningCode.HIDDEN_TEXT_REMOVED, detail))
    title = tree.css_first("head > title")
    return Extracted(
        text=reader.writer.text(),
        blocks=reader.writer.blocks(),
        page_starts=(),
        fields=html_fields(tree),
        fallback_title=" ".join(title.text().split()) or None if title else None,
        warnings=tuple(warnings),
    )


def _refuse_depth(text: str) -> None:
    depth = 0
    for closing, name in _DEPTH_TAG.findall(text.encode()):
        if not _NO_DEPTH.fullmatch(name):
            depth += -1 if closing else 1
            if depth > MAX_DEPTH:
                detail = f"elements are nested, or left open, more than {MAX_DEPTH} deep"
                raise TextUnreadable(SkipReason.PARSE_LIMIT, detail)


@dataclass(slots=True)
class _Row:
    """A row of a table while it is read."""

    group: int
    cells: list[list[Line]] = field(default_factory=list)


class _Reader:
    """Walks the tree once, without recursion, and writes a block whenever one ends."""

    def __init__(self) -> None:
        self.writer = Writer()
        self.hidden_characters = 0
        self.mains: list[LexborNode] = []
        self.titles: list[LexborNode] = []
        self._lines: list[list[str]] = [[]]
        self._linked: list[str] = []
        self._unlinked = False
        self._link_depth = 0
        self._level = 0
        self._preformatted = 0
        self._lists: list[tuple[str, int, int]] = []  # name, group, items so far
        self._marker: str | None = None
        self._row: _Row | None = None
        self._rows_outside: list[_Row | None] = []
        self._groups = 0

    def read(self, body: LexborNode) -> None:
        """Writes everything below a node."""
        waiting: list[tuple[LexborNode, bool]] = [(body, False)]
        while waiting:
            node, is_end = waiting.pop()
            if is_end:
                self._leave(node.tag or "")
                continue
            if node.is_text_node:
                self._text(node.text_content or "")
                continue
            if not node.is_element_node or self._is_unseen(node):
                continue
            self._enter(node)
            waiting.append((node, True))
            children: list[tuple[LexborNode, bool]] = []
            child = node.child
            while child is not None:
                children.append((child, False))
                child = child.next
            waiting += reversed(children)
        self._flush()

    def _is_unseen(self, node: LexborNode) -> bool:
        name = node.tag or ""
        attributes = node.attributes
        if _UNSEEN.fullmatch(name) and not (name == "dialog" and "open" in attributes):
            return True
        if is_hidden(attributes):
            self.hidden_characters += len("".join((node.text() or "").split()))
            return True
        if is_frame(node, attributes):
            return True
        return name == "a" and _is_picture_control(node)

    def _enter(self, node: LexborNode) -> None:
        name = node.tag or ""
        if is_main(node, node.attributes):
            self.mains.append(node)
        if name == "br":
            self._lines.append([])
        elif name == "a" and node.attributes.get("href"):
            self._link_depth += 1
            self._linked.append(node.attributes.get("href") or "")
        elif name in ("td", "th"):
            self._end_cell()
        elif name == "tr":
            self._flush()
            self._row = _Row(self._lists[0][1] if self._lists else self._groups)
        elif name == "table":
            self._open_table()
        elif _HEADING.fullmatch(name):
            self._flush()
            self._level = int(name[1])
            if name == "h1":
                self.titles.append(node)
        elif name in ("sup", "sub"):
            self._part_digits(node)
        elif _BLOCK.fullmatch(name):
            self._block_edge()
            self._open_block(name)

    def _leave(self, name: str) -> None:
        if name == "a" and self._link_depth:
            self._link_depth -= 1
        elif name == "tr":
            self._flush()
            self._row = None
        elif name == "table":
            self._flush()
            self._row = self._rows_outside.pop() if self._rows_outside else None
        elif _HEADING.fullmatch(name):
            self._flush()
            self._level = 0
        elif _BLOCK.fullmatch(name):
            self._block_edge()
            if name in _LISTS and self._lists:
                self._lists.pop()
            if name == "li":
                self._marker = None
            self._preformatted -= name == "pre"

    def _open_block(self, name: str) -> None:
        if name in _LISTS:
            self._groups += 1
            outermost = self._lists[0][1] if self._lists else self._groups
            self._lists.append((name, outermost, 0))
        elif name == "li" and self._row is None:
            if self._lists:
                kind, group, items = self._lists[-1]
                self._lists[-1] = (kind, group, items + 1)
                self._marker = f"{items + 1}. " if kind == "ol" else "- "
            else:
                self._marker = "- "
        elif name == "pre":
            self._preformatted += 1

    def _open_table(self) -> None:
        self._flush()
        self._rows_outside.append(self._row)
        self._row = None
        self._groups += 1

    def _text(self, text: str) -> None:
        self._lines[-1].append(text)
        if not text.isspace() and not self._link_depth:
            self._unlinked = True

    def _part_digits(self, node: LexborNode) -> None:
        """Without its raised exponent, 10<sup>9</sup> must not become 109."""
        before = "".join(self._lines[-1])[-1:]
        after = (node.text() or "")[:1]
        if before.isdigit() and after.isdigit():
            self._lines[-1].append(" ")

    def _block_edge(self) -> None:
        """A block begins or ends: within a cell that is a blank, elsewhere the end of what was written."""
        if self._row is None:
            self._flush()
        else:
            self._lines[-1].append(" ")

    def _end_cell(self) -> None:
        if self._row is not None:
            cell = self._taken()
            if self._row.cells or cell:
                self._row.cells.append(cell)

    def _flush(self) -> None:
        """Writes what was gathered as one block."""
        links = () if self._unlinked else tuple(dict.fromkeys(self._linked))
        if self._row is not None:
            self._row.cells.append(self._taken())
            if any(self._row.cells):
                self.writer.add(BlockKind.ROW, self._row.cells, group=self._row.group, separator=" ")
            self._row.cells = []
        elif lines := self._taken():
            self._write(lines, links)
        self._linked, self._unlinked = [], False

    def _write(self, lines: list[Line], links: tuple[str, ...]) -> None:
        if self._level:
            self.writer.add(BlockKind.HEADING, [lines], level=self._level, separator=" ")
        elif self._preformatted:
            self.writer.add(BlockKind.CODE, [lines])
        elif self._lists or self._marker:
            indent = 2 * max(0, len(self._lists) - 1)
            kind, group = BlockKind.PARAGRAPH, self._lists[0][1] if self._lists else None
            if self._marker:
                kind, lines = BlockKind.ITEM, [Line(self._marker + lines[0].text), *lines[1:]]
                self._marker = None
            self.writer.add(kind, [lines], indent=indent, group=group, links=links)
        else:
            self.writer.add(BlockKind.PARAGRAPH, [lines], links=links)

    def _taken(self) -> list[Line]:
        """The lines gathered so far that show something; nothing is left."""
        texts = ["".join(line) for line in self._lines]
        self._lines = [[]]
        if not self._preformatted:
            texts = [" ".join(text.split()) for text in texts]
            return [Line(text) for text in texts if text]
        return [Line(text) for text in texts] if any(text.strip() for text in texts) else []


def _is_picture_control(link: LexborNode) -> bool:
    """Whether a link of few words to a picture's file stands around a picture, or right beside one."""
    if not may_be_control(link.attributes.get("href") or "", link.text() or ""):
        return False
    return link.css_first("img") is not None or any(
        beside is not None and beside.tag in ("img", "picture") for beside in (_before(link), _behind(link))
    )


def _before(node: LexborNode) -> LexborNode | None:
    """The node before one, blanks passed over."""
    beside = node.prev
    return beside.prev if beside is not None and _is_blank(beside) else beside


def _behind(node: LexborNode) -> LexborNode | None:
    """The node behind one, blanks passed over."""
    beside = node.next
    return beside.next if beside is not None and _is_blank(beside) else beside


def _is_blank(node: LexborNode) -> bool:
    return bool(node.is_text_node and not (node.text_content or "").strip())
