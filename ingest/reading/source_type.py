"""Source types: what a file's extension says about how it is to be read, and how large it may be."""

from enum import StrEnum

MAX_FILE_BYTES = 10_000_000
MAX_PAGED_BYTES = 50_000_000


class SourceType(StrEnum):
    """The formats that are read."""

    MARKDOWN = "markdown"
    PLAIN_TEXT = "plain_text"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"

    @property
    def max_bytes(self) -> int:
        """The size of the largest file of this format that is read."""
        return MAX_PAGED_BYTES if self in (SourceType.PDF, SourceType.DOCX) else MAX_FILE_BYTES


TYPES = {
    ".md": SourceType.MARKDOWN,
    ".markdown": SourceType.MARKDOWN,
    ".mdx": SourceType.MARKDOWN,
    ".txt": SourceType.PLAIN_TEXT,
    ".text": SourceType.PLAIN_TEXT,
    ".html": SourceType.HTML,
    ".htm": SourceType.HTML,
    ".pdf": SourceType.PDF,
    ".docx": SourceType.DOCX,
}
