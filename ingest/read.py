"""Read: one file of the collection to its metadata and reading text, or the reason why not."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.decode import decode, is_blank
from ingest.errors import DocumentWarning, SkipReason, TextUnreadable
from ingest.files import MAX_FILE_BYTES, Candidate, SourceBytes, SourceType, read_source
from ingest.front_matter import read_front_matter
from ingest.reading_text import READING_VERSION, make_reading_text
from retriever.document import Metadata, ReadingText

__all__ = ["READING_VERSION", "ReadDocument", "read_content", "read_document", "read_text"]

MAX_FALLBACK_TITLE_CHARS = 120


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


def read_document(candidate: Candidate, *, max_bytes: int = MAX_FILE_BYTES) -> ReadDocument:
    """The metadata and the reading text of a file; the same bytes give the same result.

    Raises DocumentSkipped when the file cannot be taken in.
    """
    return read_content(candidate, read_source(candidate.path, max_bytes=max_bytes))


def read_content(candidate: Candidate, source: SourceBytes) -> ReadDocument:
    """The same where the file's bytes were read already."""
    stem = PurePosixPath(candidate.source_path).stem
    return read_text(source.content, source.sha256, source_type=candidate.source_type, stem=stem)


def read_text(content: bytes, sha256: str, *, source_type: SourceType, stem: str) -> ReadDocument:
    """The same for bytes that are already there; `stem` is the title of a page that has no words for one."""
    source = decode(content)
    front_matter = read_front_matter(source)
    body = source[front_matter.body_start :]
    if is_blank(body):
        raise TextUnreadable(SkipReason.NO_BODY, "there is front matter and nothing below it")
    reading = make_reading_text(source, front_matter.body_start, source_type)
    if is_blank(reading.reading_text.text):
        raise TextUnreadable(SkipReason.EMPTY, "the body holds markup, links or images and no text to read")
    fallback_title = reading.reading_text.title or _first_line(reading.reading_text.text) or stem
    return ReadDocument(
        metadata=front_matter.metadata(fallback_title=fallback_title),
        reading_text=reading.reading_text,
        sha256=sha256,
        body_sha256=hashlib.sha256(body.encode()).hexdigest(),
        warnings=(*front_matter.warnings, *reading.warnings),
    )


def _first_line(text: str) -> str:
    """The first line, up to the end of its first sentence, shortened at a word to 120 characters."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    sentence = re.match(r".*?[.!?](?=\s)", line)
    title = sentence[0] if sentence else line
    if len(title) <= MAX_FALLBACK_TITLE_CHARS:
        return title
    shortened = title[: MAX_FALLBACK_TITLE_CHARS - 1]
    return f"{shortened.rpartition(' ')[0] or shortened}…"
