"""Fields: front matter values, all of them strings, to typed metadata; a bad one is left out and named."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit

from ingest.errors import DocumentWarning, DocumentWarningCode, FrontMatterInvalid, SkipReason, excerpt
from ingest.reading.decode import is_blank
from retriever.document import Metadata, ReviewFrequency

T = TypeVar("T")
Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"

MAX_TITLE_CHARS = 500
MAX_STRING_CHARS = 1_000
MAX_URL_CHARS = 2_000
MAX_LIST_MEMBERS = 1_000
MAX_KEY_CHARS = 100

_ALIASES = {
    "sourceType": "source_type",
    "audienceLevel": "audience_level",
    "lastReviewed": "last_reviewed",
    "reviewFrequency": "review_frequency",
    "cancerTypes": "cancer_types",
}
"""The names that front matter is written with, where they differ from the field's own."""

_HELD_BACK = {"draft": {"true", "yes", "on"}, "published": {"false", "no", "off"}}
"""What site generators do not put on the site: no answer may come from it either, whatever its status."""

_FREQUENCIES = {
    "monthly": ReviewFrequency.MONTHLY,
    "quarterly": ReviewFrequency.QUARTERLY,
    "semiannual": ReviewFrequency.SEMI_ANNUAL,
    "semiannually": ReviewFrequency.SEMI_ANNUAL,
    "annual": ReviewFrequency.ANNUAL,
    "annually": ReviewFrequency.ANNUAL,
    "yearly": ReviewFrequency.ANNUAL,
    "asneeded": ReviewFrequency.AS_NEEDED,
}

# Control characters, line breaks, and the marks that turn the direction of text around them.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:?\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of the front matter and the line of the file on which its key stands."""

    value: Value
    line: int


class _FieldInvalid(Exception):
    """A value is not what its field wants; `expected` says what that is."""

    def __init__(self, expected: str, code: DocumentWarningCode = DocumentWarningCode.FIELD_INVALID) -> None:
        super().__init__(expected)
        self.expected = expected
        self.code = code


def field_name(key: str) -> str:
    """The field that a key of the front matter stands for; the key itself when it has no other name."""
    return _ALIASES.get(key, key)


def read_fields(entries: Mapping[str, Entry]) -> tuple[str | None, Metadata, tuple[DocumentWarning, ...]]:
    """The title, if there is one, all other metadata under an empty title, and what was left out.

    Raises FrontMatterInvalid for a status that cannot be read.
    """
    reader = _Reader({field_name(key): entry for key, entry in entries.items()})
    title = reader.string("title", max_chars=MAX_TITLE_CHARS)
    if title is not None and is_blank(title):
        title = None  # characters without width: nobody could see what a citation names
    metadata = Metadata(
        title="",
        url=reader.url("url"),
        source=reader.string("source"),
        source_type=reader.string("source_type"),
        citation=reader.string("citation"),
        license=reader.string("license"),
        language=reader.string("language"),
        audience_level=reader.string("audience_level"),
        status=reader.status(),
        version=reader.string("version"),
        last_reviewed=reader.date("last_reviewed"),
        review_frequency=reader.frequency("review_frequency"),
        tags=reader.strings("tags"),
        cancer_types=reader.strings("cancer_types"),
        extra=reader.extra(),
    )
    return title, metadata, tuple(sorted(reader.warnings, key=lambda warning: warning.line or 0))


class _Reader:
    """Takes one field after the other out of the entries; what is left in the end is extra."""

    def __init__(self, entries: dict[str, Entry]) -> None:
        self.warnings: list[DocumentWarning] = []
        self._entries = entries

    def string(self, field: str, *, max_chars: int = MAX_STRING_CHARS) -> str | None:
        return self._read(field, lambda value: _string(value, max_chars))

    def strings(self, field: str) -> tuple[str, ...]:
        return self._read(field, _strings) or ()

    def url(self, field: str) -> str | None:
        return self._read(field, _url)

    def date(self, field: str) -> date | None:
        return self._read(field, _date)

    def frequency(self, field: str) -> ReviewFrequency | None:
        return self._read(field, _frequency)

    def status(self) -> str | None:
        entry = self._entries.pop("status", None) or Entry(None, 1)
        try:
            status = None if entry.value is None else _string(entry.value, MAX_STRING_CHARS)
        except _FieldInvalid as error:
            raise FrontMatterInvalid(SkipReason.STATUS_INVALID, _complaint("status", entry, error)) from error
        if self._is_held_back():
            return "draft"
        return status.casefold() if status else None

    def _is_held_back(self) -> bool:
        """Whether a site generator would not publish the page: `draft: true`, or `published: false`."""
        values = ((held, self._entries.get(key)) for key, held in _HELD_BACK.items())
        return any(
            entry is not None and isinstance(entry.value, str) and entry.value.strip().casefold() in held
            for held, entry in values
        )

    def extra(self) -> dict[str, object]:
        return {
            key: value for key in list(self._entries) if (value := self._read(key, _extra_of(key))) is not None
        }

    def _read(self, field: str, parse: Callable[[Value], T | None]) -> T | None:
        entry = self._entries.pop(field, None)
        if entry is None or entry.value is None:
            return None
        try:
            return parse(entry.value)
        except _FieldInvalid as error:
            self.warnings.append(DocumentWarning(error.code, _complaint(field, entry, error), entry.line))
            return None


def _complaint(field: str, entry: Entry, error: _FieldInvalid) -> str:
    match entry.value:
        case str() as text:
            got = excerpt(text)
        case list():
            got = "a list"
        case _:
            got = "a mapping"
    name = field if field.isascii() and field.isprintable() and len(field) <= 40 else excerpt(field)
    return f"line {entry.line}: {name}: expected {error.expected}, got {got}"


def _string(value: Value, max_chars: int) -> str | None:
    expected = f"one line of at most {max_chars} characters"
    if not isinstance(value, str):
        raise _FieldInvalid(expected)
    text = value.strip()
    if len(text) > max_chars or _UNPRINTABLE.search(text):
        raise _FieldInvalid(expected)
    return text or None


def _strings(value: Value) -> tuple[str, ...]:
    expected = f"a list of at most {MAX_LIST_MEMBERS} strings"
    members = value if isinstance(value, list) else [value]
    if len(members) > MAX_LIST_MEMBERS or not all(isinstance(member, str) for member in members):
        raise _FieldInvalid(expected)
    strings = (_string(member, MAX_STRING_CHARS) for member in members)
    return tuple(dict.fromkeys(string for string in strings if string))


def _url(value: Value) -> str | None:
    invalid = _FieldInvalid(
        f"an absolute http or https address of at most {MAX_URL_CHARS} characters, "
        "without user name, blanks or control characters",
        DocumentWarningCode.URL_INVALID,
    )
    if not isinstance(value, str):
        raise invalid
    url = value.strip(" ")
    if not url:
        return None
    if len(url) > MAX_URL_CHARS or _UNPRINTABLE.search(url) or re.search(r'[\s<>"\\]', url):
        raise invalid
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise invalid from error
    # A host in letters that only look like others is not told apart by a reader: such names have an ASCII form.
    if parts.scheme not in {"http", "https"} or not host or not host.isascii() or "@" in parts.netloc:
        raise invalid
    return url


def _date(value: Value) -> date | None:
    invalid = _FieldInvalid(
        "a date as YYYY-MM-DD between the years 1900 and 2999 (ISO 8601)", DocumentWarningCode.DATE_INVALID
    )
    if not isinstance(value, str):
        raise invalid
    if not value.strip():
        return None
    match = _ISO_DATE.fullmatch(value.strip())
    try:
        day = date.fromisoformat(match[1]) if match and match[1].isascii() else None
    except ValueError as error:
        raise invalid from error
    if day is None or not 1900 <= day.year <= 2999:
        raise invalid
    return day


def _frequency(value: Value) -> ReviewFrequency | None:
    known = ", ".join(ReviewFrequency)
    if not isinstance(value, str):
        raise _FieldInvalid(f"one of {known}")
    if not value.strip():
        return None
    frequency = _FREQUENCIES.get(re.sub(r"[\s_-]+", "", value.casefold()))
    if frequency is None:
        raise _FieldInvalid(f"one of {known}")
    return frequency


def _extra_of(key: str) -> Callable[[Value], object]:
    def parse(value: Value) -> object:
        if len(key) > MAX_KEY_CHARS or _UNPRINTABLE.search(key):
            raise _FieldInvalid(f"a key of at most {MAX_KEY_CHARS} printable characters")
        _check_printable(value)
        return value

    return parse


def _check_printable(value: Value) -> None:
    """Raise for a string, at any depth, that holds more than printable characters and line breaks."""
    match value:
        case str() as text if _UNPRINTABLE.search(re.sub(r"[\t\r\n]", " ", text)):
            raise _FieldInvalid("text without control characters")
        case list() as members:
            for member in members:
                _check_printable(member)
        case dict() as mapping:
            for key, member in mapping.items():
                _check_printable(key)
                _check_printable(member)
