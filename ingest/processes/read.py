"""Reading a file of the collection: here where that is cheap, in the parser process where it may be a burden.

This is the seam between an ingest and the formats: `read_content` takes the bytes of one file and gives its
metadata and reading text. It may be called from several threads and from several processes at a time; each
process has at most one parser process for each set of limits, started when the first file needs it.
"""

from pathlib import PurePosixPath

from ingest.files import Candidate
from ingest.processes.parser_process import DEFAULT_LIMITS, ParseLimits, parser_process
from ingest.reading.read_text import ReadDocument, read_text
from ingest.reading.reading_text import READING_VERSION
from ingest.reading.source_type import SourceType
from ingest.source_bytes import SourceBytes, read_source

__all__ = ["READING_VERSION", "ReadDocument", "read_content", "read_document", "read_text"]

LARGE_TEXT_BYTES = 1_000_000
"""Text of this size and above is read in the parser process: it may hold hundreds of thousands of links."""


def read_document(candidate: Candidate, *, limits: ParseLimits = DEFAULT_LIMITS) -> ReadDocument:
    """The metadata and the reading text of a file; the same bytes give the same result.

    Raises DocumentSkipped when the file cannot be taken in.
    """
    return read_content(candidate, read_source(candidate.path, max_bytes=candidate.source_type.max_bytes), limits)


def read_content(candidate: Candidate, source: SourceBytes, limits: ParseLimits = DEFAULT_LIMITS) -> ReadDocument:
    """The same where the file's bytes were read already."""
    stem = PurePosixPath(candidate.source_path).stem
    is_text = candidate.source_type in (SourceType.MARKDOWN, SourceType.PLAIN_TEXT)
    read = read_text if is_text and len(source.content) < LARGE_TEXT_BYTES else parser_process(limits).read
    return read(source.content, source.sha256, source_type=candidate.source_type, stem=stem)
