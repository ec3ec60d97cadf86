"""Every error of ingest: the permanent, per-document faults that reading can find, in one tree, and the refusal.

DocumentSkipped             this document cannot be taken in; record it and go on with the next
├── FileUnreadable          the file could not be opened, or is not one that may be read
├── TextUnreadable          the bytes are no text, or hold none
└── FrontMatterInvalid      the block of metadata is broken, so nothing it says can be trusted

IngestRefused               publishing would lose too much; what is served is served on
ParserUnavailable           the process that reads HTML, PDF and Word cannot be started

Anything else that goes wrong (a full disk, a missing model) is not the document's fault and stops the run.
A reason is a stable identifier for programs, the detail a sentence for people. Neither holds more of a
file's text than forty characters, escaped.
"""

from dataclasses import dataclass
from enum import StrEnum

from ingest.report import FileReport
from retriever.errors import FootnotedError


class SkipReason(StrEnum):
    """Why a file is not part of the collection."""

    # Found while the folders are walked.
    DUPLICATE_DOCUMENT_ID = "duplicate_document_id"
    UNSUPPORTED_TYPE = "unsupported_type"
    HIDDEN = "hidden"
    ABOUT_THE_COLLECTION = "about_the_collection"
    NOT_REGULAR_FILE = "not_regular_file"
    # Found while the file is opened.
    TOO_LARGE = "too_large"
    CHANGED_DURING_READ = "changed_during_read"
    VANISHED = "vanished"
    PERMISSION_DENIED = "permission_denied"
    READ_FAILED = "read_failed"
    # Found in its bytes.
    ENCODING_INVALID = "encoding_invalid"
    BINARY_CONTENT = "binary_content"
    EMPTY = "empty"
    NO_BODY = "no_body"
    WRONG_TYPE = "wrong_type"
    PDF_ENCRYPTED = "pdf_encrypted"
    PDF_DAMAGED = "pdf_damaged"
    PDF_NO_TEXT = "pdf_no_text"
    PDF_LIMIT = "pdf_limit"
    DOCX_DAMAGED = "docx_damaged"
    PARSE_LIMIT = "parse_limit"
    PARSE_FAILED = "parse_failed"
    # Found in its front matter.
    FRONT_MATTER_UNCLOSED = "front_matter_unclosed"
    FRONT_MATTER_TOO_LARGE = "front_matter_too_large"
    FRONT_MATTER_TOO_DEEP = "front_matter_too_deep"
    FRONT_MATTER_NOT_MAPPING = "front_matter_not_mapping"
    YAML_INVALID = "yaml_invalid"
    YAML_TAG = "yaml_tag"
    YAML_ALIAS = "yaml_alias"
    YAML_DUPLICATE_KEY = "yaml_duplicate_key"
    TOML_INVALID = "toml_invalid"
    INVALID_UNICODE = "invalid_unicode"
    STATUS_INVALID = "status_invalid"


class DocumentWarningCode(StrEnum):
    """What is odd about a document that is taken in all the same."""

    DATE_INVALID = "date_invalid"
    URL_INVALID = "url_invalid"
    FIELD_INVALID = "field_invalid"
    CONTROL_CHARACTERS_REMOVED = "control_characters_removed"
    UNCLOSED_FENCE = "unclosed_fence"
    LOW_TEXT = "low_text"
    HIDDEN_TEXT_REMOVED = "hidden_text_removed"
    PAGES_UNREADABLE = "pages_unreadable"
    PERSONAL_DATA = "personal_data"
    MIXED_SCRIPT = "mixed_script"
    CHARACTERS_LOST = "characters_lost"
    # Found once all files are read.
    SAME_ADDRESS = "same_address"


@dataclass(frozen=True, slots=True)
class DocumentWarning:
    """One oddity of one document; `line` counts lines of the source file from 1."""

    code: DocumentWarningCode
    detail: str
    line: int | None = None


class DocumentSkipped(Exception):
    """This document cannot be taken in, today or tomorrow, unless somebody changes the file."""

    def __init__(self, reason: SkipReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class FileUnreadable(DocumentSkipped):
    """The file could not be opened, or is not one that may be read."""


class TextUnreadable(DocumentSkipped):
    """The bytes are no text, or hold none."""


class FrontMatterInvalid(DocumentSkipped):
    """The front matter is broken, so that nothing it says can be trusted."""


def excerpt(value: str) -> str:
    """At most forty characters of a value as ASCII, escaped, fit for a log line or a JSON string."""
    shown = ascii(value[:40])
    return shown if len(value) <= 40 else f"{shown}..."


class IngestRefused(FootnotedError):
    """There is nothing to publish, or so much less than is served that it looks like a mistake.

    `files` says what became of every file.
    """

    def __init__(self, message: str, *, files: tuple[FileReport, ...]) -> None:
        super().__init__(message)
        self.files = files


class ParserUnavailable(FootnotedError):
    """The process that reads HTML, PDF, Word and very large files cannot be started."""
