"""Signatures: the first bytes of a file against what its name says that it is."""

import re

from ingest.errors import SkipReason, TextUnreadable
from ingest.reading.source_type import SourceType

_PDF_HEADER_WITHIN = 1_024
_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KINDS = (
    (b"%PDF-", "a PDF"),
    (_ZIP, "a zip archive, such as an office document"),
    (_OLD_OFFICE, "an old office document"),
    (b"\x1f\x8b", "compressed data"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\x89PNG\r\n\x1a\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "rich text"),
)
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)


def refuse_wrong_type(content: bytes, source_type: SourceType) -> None:
    """Raises TextUnreadable where a file is empty, or surely of another kind than its name says."""
    if not content:
        raise TextUnreadable(SkipReason.EMPTY, "the file holds no byte")
    if source_type is SourceType.PDF:
        if b"%PDF-" not in content[:_PDF_HEADER_WITHIN]:
            raise TextUnreadable(SkipReason.WRONG_TYPE, "the file is no PDF, whatever its name says")
        return
    if source_type is SourceType.DOCX:
        if content.startswith(_OLD_OFFICE):
            detail = "the file asks for a password, or is of the old type .doc; save it as .docx without one"
            raise TextUnreadable(SkipReason.DOCX_DAMAGED, detail)
        if not content.startswith(_ZIP):
            raise TextUnreadable(SkipReason.WRONG_TYPE, "the file is no Word document, whatever its name says")
        return
    for mark, kind in _KINDS:
        if content.startswith(mark):
            raise TextUnreadable(SkipReason.WRONG_TYPE, f"the file is {kind}, whatever its name says")
    if source_type is not SourceType.HTML and _HTML.match(content[:_PDF_HEADER_WITHIN]):
        detail = "the file is an HTML page, whatever its name says; give it the extension .html"
        raise TextUnreadable(SkipReason.WRONG_TYPE, detail)
