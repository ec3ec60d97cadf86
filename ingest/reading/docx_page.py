"""DOCX: the text of a Word document, with headings, lists and tables.

What Word shows when the file is opened is read: tracked insertions are, deletions and hidden text are not, nor are
comments, footnotes, and what is printed around each page. Nothing in the file is run or fetched: macros, fields,
links and embedded objects are never looked at. Entities cannot be declared, so that none can grow.

Source: ECMA-376 part 1, WordprocessingML, sections 17.3 (text), 17.4 (tables) and 17.9 (numbering).
"""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ingest.errors import DocumentWarning, DocumentWarningCode, SkipReason, TextUnreadable
from ingest.reading.blocks import BlockKind
from ingest.reading.docx_styles import ListStyles, ParagraphStyles, attribute, local_name
from ingest.reading.extracted import Extracted, Line, Writer

MAX_PART_BYTES = 64_000_000
"""A part that unpacks to more than this is not read; a book of a million words has a tenth."""

_UNSEEN = frozenset(
    {"del", "moveFrom", "instrText", "delText", "Fallback", "pict", "object", "footnoteReference", "rPr", "pPr"}
)
_ENTITIES = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_docx(content: bytes) -> Extracted:
    """The text of a Word document. Raises TextUnreadable when it is damaged, encrypted, or too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            body = _part(archive, "word/document.xml")
            if body is None:
                raise TextUnreadable(SkipReason.WRONG_TYPE, "the file is no Word document, whatever its name says")
            styles = ParagraphStyles(_part(archive, "word/styles.xml"))
            lists = ListStyles(_part(archive, "word/numbering.xml"))
            properties = _part(archive, "docProps/core.xml")
    except (zipfile.BadZipFile, zlib.error, struct.error, ElementTree.ParseError, EOFError, ValueError) as error:
        # The library tells of a damaged directory by errors of its own, of struct, and by ValueError.
        raise TextUnreadable(SkipReason.DOCX_DAMAGED, "the file cannot be read as a Word document") from error
    reader = _Reader(styles, lists)
    reader.read(body)
    warnings = []
    if reader.hidden_characters:
        detail = f"{reader.hidden_characters} characters that the document hides are not taken in"
        warnings.append(DocumentWarning(DocumentWarningCode.HIDDEN_TEXT_REMOVED, detail))
    return Extracted(
        text=reader.writer.text(),
        blocks=reader.writer.blocks(),
        page_starts=(),
        fields={},
        fallback_title=_title(properties),
        warnings=tuple(warnings),
    )


def _part(archive: zipfile.ZipFile, name: str) -> Element | None:
    """The root of one part; None where the file has none of this name."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        detail = "the file is encrypted, or packed as Word does not do it; save it again as .docx"
        raise TextUnreadable(SkipReason.DOCX_DAMAGED, detail)
    with archive.open(info) as part:
        # What the directory of the archive says of the size is not believed.
        unpacked = part.read(MAX_PART_BYTES + 1)
    if len(unpacked) > MAX_PART_BYTES:
        detail = f"the document unpacks to more than {MAX_PART_BYTES} bytes"
        raise TextUnreadable(SkipReason.PARSE_LIMIT, detail)
    if _ENTITIES.search(unpacked) or b"\0" in unpacked:
        # Word writes UTF-8; in UTF-16 the declaration of an entity could not be seen here.
        raise TextUnreadable(SkipReason.DOCX_DAMAGED, "the document holds what Word does not write")
    return ElementTree.fromstring(unpacked)  # noqa: S314 - without a DOCTYPE there are no entities


def _title(properties: Element | None) -> str | None:
    titles = properties.iter("{http://purl.org/dc/elements/1.1/}title") if properties is not None else iter(())
    return next((" ".join(title.text.split()) or None for title in titles if title.text), None)


class _Reader:
    """Walks the body once and writes a block for each paragraph and each row of a table."""

    def __init__(self, styles: ParagraphStyles, lists: ListStyles) -> None:
        self.writer = Writer()
        self.hidden_characters = 0
        self._styles = styles
        self._lists = lists
        self._counts: Counter[tuple[str, int]] = Counter()
        self._group = 0
        self._list: str | None = None

    def read(self, body: Element) -> None:
        """Writes all paragraphs and tables below an element, in order."""
        waiting = [body]
        while waiting:
            element = waiting.pop()
            name = local_name(element)
            if name == "p":
                self._paragraph(element)
                waiting += reversed(list(_below(element, "txbxContent")))
            elif name == "tbl":
                self._table(element)
            elif name not in _UNSEEN:
                waiting += reversed(list(element))

    def _paragraph(self, element: Element) -> None:
        lines = self._lines(element)
        if not lines:
            return
        style = self._styles.of(element)
        if style.heading_level:
            self._list = None
            self.writer.add(BlockKind.HEADING, [lines], level=style.heading_level, separator=" ")
        elif style.list_id is not None:
            self._item(style.list_id, style.list_level, lines)
        else:
            self._list = None
            self.writer.add(BlockKind.PARAGRAPH, [lines])

    def _item(self, list_id: str, level: int, lines: list[Line]) -> None:
        if self._list != list_id:
            self._group += 1
        self._list = list_id
        self._counts[list_id, level] += 1
        for deeper in range(level + 1, 10):
            self._counts[list_id, deeper] = 0
        is_numbered = self._lists.is_numbered(list_id, level)
        mark = f"{self._counts[list_id, level]}. " if is_numbered else "- "
        marked = [Line(mark + lines[0].text), *lines[1:]]
        self.writer.add(BlockKind.ITEM, [marked], indent=2 * level, group=self._group)

    def _table(self, table: Element) -> None:
        self._list = None
        self._group += 1
        for row in _below(table, "tr"):
            cells = [
                [line for paragraph in _below(cell, "p") for line in self._lines(paragraph)]
                for cell in _below(row, "tc")
            ]
            if any(cells):
                self.writer.add(BlockKind.ROW, cells, group=self._group, separator=" ")

    def _lines(self, paragraph: Element) -> list[Line]:
        """The lines of a paragraph that show something."""
        pieces: list[str] = []
        waiting = [paragraph]
        while waiting:
            element = waiting.pop()
            name = local_name(element)
            if name == "r" and _is_hidden(element):
                self.hidden_characters += sum(len(text.text or "") for text in _below(element, "t"))
            elif name == "t":
                pieces.append(element.text or "")
            elif name in _SIGNS:
                pieces.append(_SIGNS[name])
            elif name not in _UNSEEN and name != "txbxContent":
                waiting += reversed(list(element))
        texts = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
        return [Line(text) for text in texts if text]


def _is_hidden(run: Element) -> bool:
    properties = next((child for child in run if local_name(child) == "rPr"), ())
    return any(local_name(one) == "vanish" and attribute(one, "val") not in ("0", "false") for one in properties)


def _below(element: Element, name: str) -> Iterator[Element]:
    """The nearest elements of this name below one, in order."""
    waiting = list(reversed(element))
    while waiting:
        child = waiting.pop()
        if local_name(child) == name:
            yield child
        elif local_name(child) not in _UNSEEN:
            waiting += reversed(child)
