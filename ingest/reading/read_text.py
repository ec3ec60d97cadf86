"""Read: the bytes of one file to its metadata and reading text, or the reason why not; in this process.

`ingest.processes.read` is what an ingest calls: it lets a process of its own do this where the file may be a
burden.
"""

import hashlib
import re
from dataclasses import dataclass, replace

from ingest.errors import DocumentWarning, SkipReason, TextUnreadable
from ingest.reading.decode import decode, decode_html, is_blank
from ingest.reading.extracted import Extracted
from ingest.reading.fields import Entry, read_fields
from ingest.reading.front_matter import read_front_matter
from ingest.reading.reading_text import Reading, make_reading_text, reading_text_of
from ingest.reading.signatures import refuse_wrong_type
from ingest.reading.source_type import SourceType
from retriever.document import Document, Metadata, ReadingText

MAX_FALLBACK_TITLE_CHARS = 120

_GENERAL_NAMES = frozenset(
    (
        "copy",
        "doc",
        "document",
        "draft",
        "file",
        "final",
        "index",
        "new",
        "note",
        "notes",
        "page",
        "readme",
        "text",
        "untitled",
    )
)
"""Words of names that files have until somebody names them."""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What one file says.

    `sha256` is the digest of its bytes, `body_sha256` the one of the text below the front matter in UTF-8.
    """

    metadata: Metadata
    reading_text: ReadingText
    sha256: str
    body_sha256: str
    warnings: tuple[DocumentWarning, ...]

    def document(self, document_id: str, source_path: str, *, prefix_title: str | None = None) -> Document:
        """The document that this file is; `prefix_title` where that of its passages is not its title."""
        return Document(
            document_id=document_id,
            source_path=source_path,
            sha256=self.sha256,
            body_sha256=self.body_sha256,
            metadata=self.metadata,
            prefix_title=self.metadata.title if prefix_title is None else prefix_title,
            sections=self.reading_text.sections,
            page_starts=self.reading_text.page_starts,
        )


def read_text(content: bytes, sha256: str, *, source_type: SourceType, stem: str) -> ReadDocument:
    """The metadata and the reading text of a file's bytes; the same bytes give the same result.

    `stem` is the file's name: the title of Markdown without heading, where it tells one. Raises DocumentSkipped
    when the file cannot be taken in.
    """
    refuse_wrong_type(content, source_type)
    # The parsers are loaded where they are called: a process that reads text alone never has them.
    if source_type is SourceType.HTML:
        from ingest.reading.html_page import read_html

        # A mark before the first tag would be text to the parser, and the page's head a part of its body.
        return _read_extracted(read_html(decode_html(content).lstrip("\ufeff")), sha256, stem=stem)
    if source_type is SourceType.PDF:
        from ingest.reading.pdf_pages import read_pdf

        return _read_extracted(read_pdf(content), sha256, stem=stem)
    if source_type is SourceType.DOCX:
        from ingest.reading.docx_page import read_docx

        return _read_extracted(read_docx(content), sha256, stem=stem)
    source = decode(content)
    front_matter = read_front_matter(source)
    body = source[front_matter.body_start :]
    if is_blank(body):
        raise TextUnreadable(SkipReason.NO_BODY, "there is front matter and nothing below it")
    reading = make_reading_text(source, front_matter.body_start, source_type)
    first_line = _first_line(reading.reading_text.text)
    name = title_of_name(stem) if source_type is SourceType.MARKDOWN else None
    title = _refuse_blank(reading) or name or first_line or stem
    return ReadDocument(
        metadata=front_matter.metadata(fallback_title=title),
        reading_text=reading.reading_text,
        sha256=sha256,
        body_sha256=hashlib.sha256(body.encode()).hexdigest(),
        warnings=(*front_matter.warnings, *reading.warnings),
    )


def _read_extracted(extracted: Extracted, sha256: str, *, stem: str) -> ReadDocument:
    reading = reading_text_of(extracted)
    title = _refuse_blank(reading) or extracted.fallback_title or _first_line(reading.reading_text.text) or stem
    own_title, untitled, warnings = read_fields({key: Entry(value, 1) for key, value in extracted.fields.items()})
    return ReadDocument(
        metadata=replace(untitled, title=own_title or title),
        reading_text=reading.reading_text,
        sha256=sha256,
        body_sha256=hashlib.sha256(extracted.text.encode()).hexdigest(),
        warnings=(*(replace(one, line=None) for one in warnings), *reading.warnings),
    )


def _refuse_blank(reading: Reading) -> str | None:
    """The title of the page by its headings. Raises TextUnreadable where there is nothing to read."""
    if is_blank(reading.reading_text.text):
        raise TextUnreadable(SkipReason.EMPTY, "the body holds markup, links or images and no text to read")
    return reading.reading_text.title


def title_of_name(stem: str) -> str | None:
    """The title that the name of a file is, `my-note_2024` as "my note 2024"; None where it tells nothing."""
    title = stem if " " in stem else re.sub(r"[-_]+", " ", stem)
    words = re.findall(r"(?<![^\W_])[^\W\d_]{2,}(?![^\W_])", title)
    is_general = all(word.lower() in _GENERAL_NAMES for word in words)
    return None if is_general else " ".join(title.split())


def _first_line(text: str) -> str:
    """The first line, up to the end of its first sentence, shortened at a word to 120 characters."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    sentence = re.match(r".*?[.!?](?=\s)", line)
    title = sentence[0] if sentence else line
    if len(title) <= MAX_FALLBACK_TITLE_CHARS:
        return title
    shortened = title[: MAX_FALLBACK_TITLE_CHARS - 1]
    return f"{shortened.rpartition(' ')[0] or shortened}…"
