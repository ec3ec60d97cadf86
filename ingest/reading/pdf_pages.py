"""PDF: the text of every page as paragraphs and headings, with the page that each line stands on.

A PDF knows glyphs and their places, no paragraphs. A paragraph ends where the distance to the next line grows,
its size changes, or a list item begins; a heading is a line that is set larger than the text, or bold and alone.
Lines that repeat on top or at the bottom of the pages, and page numbers, belong to the paper and drop out.
Nothing in the file is run or fetched: scripts, actions, forms and attachments are never looked at.

Source: the text functions of PDFium's public header `fpdf_text.h`.
"""

import ctypes
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.errors import DocumentWarning, DocumentWarningCode, SkipReason, TextUnreadable
from ingest.reading.blocks import BlockKind
from ingest.reading.extracted import FIELD_KEYS, Extracted, Line, Writer

MAX_PAGES = 5_000
MAX_CHARACTERS = 10_000_000
MAX_HEADING_CHARS = 160
LARGER = 1.12
"""A heading is set at least so many times as large as the text."""
MIN_PRINTABLE_SHARE = 0.8
RUNNING_SHARE = 0.4
"""A line that stands at the same place of so many of the pages, and of three at least, is no text."""

_ITEM = re.compile(r"(?:[•◦▪‣●○·–-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s")
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")
_PAGE_NUMBER = re.compile(
    r"(?:page\s+)?[-–]?\s*(?:\d{1,4}|[ivxl]{1,6})\s*[-–]?(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE
)
_HYPHENS = ("\x02", "\ufffe", "\u00ad")
_POOR_TITLE = re.compile(r"microsoft word|untitled|\.(?:docx?|indd|qxd|tex|dvi|pdf|odt|rtf)$|^\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line as it is set; `baseline`, from the foot of the page, and `size` in points."""

    text: str
    page: int
    size: float
    baseline: float
    is_bold: bool


def read_pdf(content: bytes) -> Extracted:
    """The text of a PDF. Raises TextUnreadable when it is encrypted, damaged, too large, or holds no text."""
    try:
        _forget_last_error()
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            detail = "the file asks for a password; save it without one"
            raise TextUnreadable(SkipReason.PDF_ENCRYPTED, detail) from error
        raise TextUnreadable(SkipReason.PDF_DAMAGED, "the file cannot be read as a PDF") from error
    try:
        pages = len(document)
        if pages > MAX_PAGES:
            raise TextUnreadable(SkipReason.PDF_LIMIT, f"{pages} pages; the limit is {MAX_PAGES}")
        lines, unreadable = _lines_of(document, pages)
        title = document.get_metadata_value("Title").strip()
        properties = {key: document.get_metadata_value(key).strip() for key in FIELD_KEYS}
    finally:
        document.close()
    if not any(char.isalnum() for line in lines for char in line.text):
        detail = "no page holds text; a scan must be recognised (OCR) first"
        raise TextUnreadable(SkipReason.PDF_NO_TEXT, detail)
    writer = Writer()
    _write(writer, _without_running_lines(lines, pages))
    return Extracted(
        text=writer.text(),
        blocks=writer.blocks(),
        page_starts=writer.page_starts(pages),
        fields={key: value for key, value in (*properties.items(), ("title", _good_title(title))) if value},
        fallback_title=None,
        warnings=_warnings(lines, unreadable),
    )


def _good_title(title: str) -> str:
    """The title, empty where a program made it up."""
    return "" if _POOR_TITLE.search(title) else " ".join(title.split())


def _forget_last_error() -> None:
    """The library keeps the last file's error, and does not set one for every file that it refuses."""
    with suppress(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(b"no PDF")


def _lines_of(document: pypdfium2.PdfDocument, pages: int) -> tuple[list[_Line], list[int]]:
    """All lines, and the pages that could not be read."""
    lines: list[_Line] = []
    unreadable: list[int] = []
    characters = 0
    for number in range(1, pages + 1):
        try:
            page = document.get_page(number - 1)
            text = page.get_textpage()
        except pypdfium2.PdfiumError:
            unreadable.append(number)
            continue
        characters += text.count_chars()
        if characters > MAX_CHARACTERS:
            detail = f"more than {MAX_CHARACTERS} characters of text by page {number}"
            raise TextUnreadable(SkipReason.PDF_LIMIT, detail)
        lines += _lines_on(text, number)
        text.close()
        page.close()
    if pages and len(unreadable) == pages:
        raise TextUnreadable(SkipReason.PDF_DAMAGED, "no page of the file can be read")
    return lines, unreadable


def _lines_on(text: pypdfium2.PdfTextPage, page: int) -> list[_Line]:
    lines: list[_Line] = []
    codes: list[int] = []
    measured = -1  # the first letter or digit, since the mark of a list item is set in a font of its own
    handle = text.raw
    count = text.count_chars()
    for index in range(count + 1):
        code = pdfium.FPDFText_GetUnicode(handle, index) if index < count else 10
        if code in (10, 13):
            if codes:
                lines.append(
                    _line(handle, index - len(codes) if measured < 0 else measured, _decoded(codes), page)
                )
            codes, measured = [], -1
            continue
        codes.append(code)
        if measured < 0 and chr(code).isalnum():
            measured = index
    return [line for line in lines if line.text]


def _line(handle: object, measured: int, text: str, page: int) -> _Line:
    matrix = pdfium.FS_MATRIX()
    scale = 1.0
    if pdfium.FPDFText_GetMatrix(handle, measured, matrix):
        scale = (matrix.c**2 + matrix.d**2) ** 0.5
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(handle, measured, x, y)
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(handle, measured, name, 128, flags)
    size = pdfium.FPDFText_GetFontSize(handle, measured) * scale
    is_bold = b"bold" in name.value.lower() or b"black" in name.value.lower()
    return _Line(text, page, round(size, 1), y.value, is_bold)


def _decoded(codes: Sequence[int]) -> str:
    """Code units as text on one line; a half of a character becomes the replacement character."""
    text = "".join(map(chr, codes))
    if any(0xD800 <= code <= 0xDFFF for code in codes):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return " ".join(text.replace("\0", "").split())


def _without_running_lines(lines: Sequence[_Line], pages: int) -> list[_Line]:
    by_page: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        by_page.setdefault(line.page, []).append(index)
    edges = {index for found in by_page.values() for index in (*found[:2], *found[-2:])}
    places = Counter(_place(lines[index]) for index in edges)
    limit = max(3, RUNNING_SHARE * pages)
    kept = []
    for index, line in enumerate(lines):
        is_number = pages > 1 and _PAGE_NUMBER.fullmatch(line.text) is not None
        if index not in edges or not (is_number or places[_place(line)] >= limit):
            kept.append(line)
    return kept or list(lines)


def _place(line: _Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.baseline / 4)


def _write(writer: Writer, lines: Sequence[_Line]) -> None:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body = max(sizes, key=lambda size: (sizes[size], -size))
    paragraphs = _paragraphs(lines, body)
    headings = [one for one in paragraphs if _is_heading(one, body)]
    ranks = sorted({one[0].size for one in headings if one[0].size > body}, reverse=True)[:5]
    group = 0
    for number, paragraph in enumerate(paragraphs):
        joined = _joined(paragraph)
        if _is_heading(paragraph, body):
            size = paragraph[0].size
            level = next((rank for rank, larger in enumerate(ranks, 1) if size >= larger), len(ranks) + 1)
            writer.add(BlockKind.HEADING, [joined], level=level, separator=" ")
            group = number
        elif _ITEM.match(joined[0].text):
            writer.add(BlockKind.ITEM, [joined], separator="", group=group)
        else:
            writer.add(BlockKind.PARAGRAPH, [joined], separator="")
            group = number


def _paragraphs(lines: Sequence[_Line], body: float) -> list[list[_Line]]:
    steps = [
        one.baseline - two.baseline for one, two in pairwise(lines) if one.page == two.page and one.size == body
    ]
    step = median([found for found in steps if found > 0] or [1.2 * body])
    paragraphs: list[list[_Line]] = []
    for line in lines:
        if paragraphs and not _ends_before(paragraphs[-1], line, step * 1.35, body):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return paragraphs


def _ends_before(paragraph: Sequence[_Line], line: _Line, widest: float, body: float) -> bool:
    """Whether a paragraph has ended when this line begins."""
    last = paragraph[-1]
    if abs(line.size - last.size) > 0.5 or _ITEM.match(line.text):
        return True
    is_title = last.size >= LARGER * body
    if last.is_bold != line.is_bold and not is_title:
        return (last.is_bold and len(paragraph) == 1) or (line.is_bold and bool(_SENTENCE_END.search(last.text)))
    step = last.baseline - line.baseline
    if line.page == last.page and step > 0:
        return step > max(widest, 1.6 * line.size if is_title else 0)
    # A new page or column: the sentence goes on there, unless it had ended.
    return is_title or step == 0 or bool(_SENTENCE_END.search(last.text))


def _is_heading(paragraph: Sequence[_Line], body: float) -> bool:
    text = " ".join(line.text for line in paragraph)
    if len(text) > MAX_HEADING_CHARS or not any(char.isalpha() for char in text):
        return False
    if paragraph[0].size >= LARGER * body:
        return True
    is_alone = len(paragraph) == 1 and all(line.is_bold for line in paragraph)
    return is_alone and len(text) <= MAX_HEADING_CHARS // 2 and not text.endswith((".", ",", ";"))


def _joined(paragraph: Sequence[_Line]) -> list[Line]:
    """The lines with a blank behind each; a word that was parted at the end of a line is whole again."""
    joined: list[Line] = []
    for line, following in zip(paragraph, [*paragraph[1:], None], strict=True):
        text = line.text
        if following is None:
            gap = ""
        elif text.endswith(_HYPHENS):
            goes_on = following.text[:1].islower() and text[-2:-1].isalpha()
            text, gap = text[:-1] + ("" if goes_on else "-"), ""
        else:
            gap = " "
        joined.append(Line(text + gap, line.page))
    return joined


def _warnings(lines: Sequence[_Line], unreadable: Sequence[int]) -> tuple[DocumentWarning, ...]:
    warnings = []
    if unreadable:
        shown = ", ".join(map(str, unreadable[:10]))
        detail = f"{len(unreadable)} pages cannot be read and are missing, the first: {shown}"
        warnings.append(DocumentWarning(DocumentWarningCode.PAGES_UNREADABLE, detail))
    text = "".join(line.text for line in lines)
    printable = sum(char.isprintable() and not 0xE000 <= ord(char) <= 0xF8FF and char != "\ufffd" for char in text)
    if printable < MIN_PRINTABLE_SHARE * len(text):
        detail = f"only {printable} of {len(text)} characters are printable; the fonts do not say what they show"
        warnings.append(DocumentWarning(DocumentWarningCode.LOW_TEXT, detail))
    return tuple(warnings)
