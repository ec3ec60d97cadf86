"""A document: one source file, its typed metadata, and the map from its reading text back to the file."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class ReviewFrequency(StrEnum):
    """How often a page promises to be reviewed."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMI_ANNUAL = "semi-annual"
    ANNUAL = "annual"
    AS_NEEDED = "as_needed"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says of itself in its front matter; what is not known is None, never invented.

    `title` is always there: the front matter's, else the first heading, else the first line, else the
    file's name. `extra` keeps the keys that have no field of their own, their scalars as strings.
    """

    title: str
    url: str | None = None
    source: str | None = None
    source_type: str | None = None
    citation: str | None = None
    license: str | None = None
    language: str | None = None
    audience_level: str | None = None
    status: str | None = None
    version: str | None = None
    last_reviewed: date | None = None
    review_frequency: ReviewFrequency | None = None
    tags: tuple[str, ...] = ()
    cancer_types: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the reading text under one heading path; sections tile the text without a gap.

    `headings` holds the path from the outermost heading to this section's own; it is empty before the
    first heading. The section's own heading line is part of its span.
    """

    start_char: int
    end_char: int
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Where the characters of a reading text stood in the source file.

    Slice i of the source begins at `source_starts[i]`, is `lengths[i]` code points long and stands in the
    reading text from `reading_starts[i]`. Slices are in order and do not overlap, in both texts. What lies
    between two slices of the reading text is a separator that we put there: white space only.
    """

    reading_starts: tuple[int, ...]
    source_starts: tuple[int, ...]
    lengths: tuple[int, ...]

    def source_span(self, start_char: int, end_char: int) -> tuple[int, int]:
        """The smallest span of the source file that holds all characters of a span of the reading text.

        Both are half-open and count code points. Raises ValueError for a span without any character
        that comes from the source.
        """
        first = bisect_right(self.reading_starts, start_char) - 1
        if first < 0 or start_char >= self.reading_starts[first] + self.lengths[first]:
            first += 1
        last = bisect_left(self.reading_starts, end_char) - 1
        if not 0 <= first <= last < len(self.lengths):
            raise ValueError("the span holds no character of the source")
        inside_first = max(0, start_char - self.reading_starts[first])
        inside_last = min(self.lengths[last], end_char - self.reading_starts[last])
        return self.source_starts[first] + inside_first, self.source_starts[last] + inside_last

    def reading_position(self, source_char: int) -> int:
        """Where the first character that stands at or behind a place of the source begins in the reading text."""
        place = bisect_right(self.source_starts, source_char) - 1
        if place >= 0 and source_char < self.source_starts[place] + self.lengths[place]:
            return self.reading_starts[place] + source_char - self.source_starts[place]
        if place + 1 < len(self.reading_starts):
            return self.reading_starts[place + 1]
        return self.reading_starts[-1] + self.lengths[-1] if self.lengths else 0


@dataclass(frozen=True, slots=True)
class ReadingText:
    """The plain text that a person reads, made only of slices of the source and white space between them."""

    text: str
    sections: tuple[Section, ...]
    source_map: SourceMap
    title: str | None
    """The page's first heading, if it has one."""
    page_starts: tuple[int, ...] = ()
    """Where each page of a paged file begins, in code points; files without pages have none."""


@dataclass(frozen=True, slots=True)
class Document:
    """One source file as the index knows it; its reading text is kept beside it.

    `sha256` is the digest of the file's bytes, `body_sha256` of the text below the front matter.
    `prefix_title` is the title under which the passages were embedded (see docs/decisions). Page n of a paged
    file begins at `page_starts[n - 1]` of the reading text.
    """

    document_id: str
    source_path: str
    sha256: str
    body_sha256: str
    metadata: Metadata
    prefix_title: str
    sections: tuple[Section, ...]
    page_starts: tuple[int, ...] = ()  # indexes that were written before there were pages have no such field

    @property
    def is_read_as_it_stands(self) -> bool:
        """Whether its text is made of slices of the file; that of HTML, PDF and Word is taken out of it first."""
        return not self.source_path.lower().endswith((".html", ".htm", ".pdf", ".docx"))

    def page_of(self, start_char: int) -> int | None:
        """The page, from 1, on which a place of the reading text stands; None in a file without pages."""
        return max(1, bisect_right(self.page_starts, start_char)) if self.page_starts else None
