"""Reading text: what a person reads of a page, whatever its format, with the way back to the source."""

import re
from dataclasses import dataclass, replace

from ingest.errors import DocumentWarning, DocumentWarningCode
from ingest.reading.blocks import HIDDEN, assemble
from ingest.reading.extracted import Extracted
from ingest.reading.markdown import read_markdown
from ingest.reading.nesting import nested
from ingest.reading.noise import without_noise
from ingest.reading.plain_text import TITLE_LEVEL, read_plain_text
from ingest.reading.source_type import SourceType
from retriever.document import ReadingText

READING_VERSION = 7
"""Raise it when the same file gives another reading text or other fields to search than before: unchanged
files are then read again, and what was embedded is kept."""

MIN_LETTERS = 40
MIN_LETTER_SHARE = 0.4
MAX_WORD_CHARS = 100
"""The encoder knows no word longer than this: all of them share one vector."""

_LETTERS = re.compile(r"[^\W\d_]+")
_PERSONAL = re.compile(
    r"\b(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b|\b(?:MRN|medical record (?:no\.?|number))[:#\s]*\d{5,12}\b",
    re.I,
)
"""A social security number or the number of a patient's record; telephone numbers belong to pages."""
_PERSONAL_SIGNS = re.compile(r"-\d\d-\d{4}")
"""Nearly no page has one of these, or the words for a record, and they are found many times faster."""
_MIXED_SCRIPT = re.compile("[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
"""Latin and Cyrillic in one word: two letters that look alike. Greek ones are common in names of substances."""
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LOST = "\ufffd"
"""Stands for a byte that a program could not decode: the "µ" of a dose, or all of a file that is no text."""
_HIDDEN = re.compile(f"[{HIDDEN}]")


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading text and what is odd about it."""

    reading_text: ReadingText
    warnings: tuple[DocumentWarning, ...]


def make_reading_text(source: str, body_start: int, source_type: SourceType) -> Reading:
    """The reading text of the body that begins at code point `body_start` of a decoded file.

    It depends on the body alone, and may be empty.
    """
    warnings: list[DocumentWarning] = []
    if source_type is SourceType.MARKDOWN:
        page = read_markdown(source, body_start)
        blocks = without_noise(page.blocks, source)
        if page.unclosed_fence_at is not None:
            line = _line_of(source, page.unclosed_fence_at)
            detail = f"line {line}: a code fence is never closed; all below it is read as code"
            warnings.append(DocumentWarning(DocumentWarningCode.UNCLOSED_FENCE, detail, line))
    else:
        blocks = read_plain_text(source, body_start)
    # Without markup only the line on top of the page is surely its title.
    max_title_level = 6 if source_type is SourceType.MARKDOWN else TITLE_LEVEL
    reading_text = assemble(source, nested(blocks, source), max_title_level=max_title_level)
    return Reading(reading_text, (*warnings, *_oddities(source, body_start, reading_text.text)))


def reading_text_of(extracted: Extracted) -> Reading:
    """The reading text of what a parser took out of an HTML page or a PDF; the extracted text is its source."""
    blocks = without_noise(extracted.blocks, extracted.text)
    reading_text = assemble(extracted.text, blocks, max_title_level=6)
    pages = tuple(reading_text.source_map.reading_position(start) for start in extracted.page_starts)
    oddities = _oddities(extracted.text, 0, reading_text.text)
    said = {warning.code for warning in extracted.warnings}
    warnings = (*extracted.warnings, *(warning for warning in oddities if warning.code not in said))
    return Reading(replace(reading_text, page_starts=pages), warnings)


def _oddities(source: str, body_start: int, text: str) -> list[DocumentWarning]:
    warnings: list[DocumentWarning] = []
    hidden = sum(1 for _ in _HIDDEN.finditer(source, body_start))
    if hidden:
        detail = f"{hidden} control characters or characters without width are not part of the reading text"
        warnings.append(DocumentWarning(DocumentWarningCode.CONTROL_CHARACTERS_REMOVED, detail))
    if found := _personal_number(text):
        detail = (
            f"a number at character {found.start()} reads as one of a person's; look whether it may be published"
        )
        warnings.append(DocumentWarning(DocumentWarningCode.PERSONAL_DATA, detail))
    if _CYRILLIC.search(text) and (found := _MIXED_SCRIPT.search(text)):
        detail = f"a word at character {found.start()} mixes Latin and Cyrillic letters; it will not be found"
        warnings.append(DocumentWarning(DocumentWarningCode.MIXED_SCRIPT, detail))
    if lost := text.count(_LOST):
        detail = (
            f"whatever made this page could not decode {lost} characters, the first at character "
            f"{text.index(_LOST)}; make it again from the original"
        )
        warnings.append(DocumentWarning(DocumentWarningCode.CHARACTERS_LOST, detail))
    words = text.split()
    visible = sum(map(len, words))
    letters = sum(map(len, _LETTERS.findall(text)))
    long = sum(len(word) for word in words if len(word) > MAX_WORD_CHARS)
    if letters < MIN_LETTERS or letters < MIN_LETTER_SHARE * visible or 2 * long > visible:
        told = f"only {letters} letters"
        if letters >= MIN_LETTERS:
            told = f"{letters} letters among {visible} visible characters"
        detail = f"{told}; check whether this is a page to be read"
        warnings.append(DocumentWarning(DocumentWarningCode.LOW_TEXT, detail))
    return warnings


def _personal_number(text: str) -> re.Match[str] | None:
    lower = text.lower()
    # "medi" is left out: an i has other lower cases than its own.
    if _PERSONAL_SIGNS.search(text) or "mrn" in lower or "cal record n" in lower:
        return _PERSONAL.search(text)
    return None


def _line_of(source: str, position: int) -> int:
    return 1 + len(re.findall(r"\r\n|\n|\r", source[:position]))
