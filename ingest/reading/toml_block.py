"""TOML block: the front matter between two lines `+++`, as Hugo and Zola write it, as strings under their keys."""

import re
import tomllib
import unicodedata
from datetime import date, datetime, time

from ingest.errors import FrontMatterInvalid, SkipReason
from ingest.reading.fields import Entry, Value

MAX_DEPTH = 16
_FIRST_LINE = 2
_KEY = re.compile(r"^[ \t]*[\"']?([^\s\"'=#\[\]]+)[\"']?[ \t]*=", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*\[\[?[ \t]*[\"']?([^\s\"'.\]]+)", re.MULTILINE)


def read_toml(block: str) -> dict[str, Entry]:
    """The top-level keys of a block, each with the line of the file on which it stands first.

    Raises FrontMatterInvalid for what is no TOML, and for nesting that no page has.
    """
    try:
        # The library knows one form of a line break beside \\n alone.
        mapping = tomllib.loads(block.replace("\r\n", "\n").replace("\r", "\n"))
    except tomllib.TOMLDecodeError as error:
        # The library's own words quote the file.
        detail = "line 1: this is no TOML; look for a missing quote, or write YAML between lines of three dashes"
        raise FrontMatterInvalid(SkipReason.TOML_INVALID, detail) from error
    except RecursionError as error:
        raise _too_deep() from error
    lines: dict[str, int] = {}
    for match in (*_KEY.finditer(block), *_TABLE.finditer(block)):
        lines.setdefault(match[1], _FIRST_LINE + block.count("\n", 0, match.start()))
    return {key: Entry(_strings(value, MAX_DEPTH - 1), lines.get(key, 1)) for key, value in mapping.items()}


def _strings(value: object, levels: int) -> Value:
    """The value with every scalar as a string, the way front matter in YAML is read."""
    if levels < 0:
        raise _too_deep()
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case bool():
            return str(value).lower()
        case list():
            return [_strings(member, levels - 1) for member in value]
        case dict():
            return {key: _strings(member, levels - 1) for key, member in value.items()}
        case date() | datetime() | time():
            return value.isoformat()
        case _:
            return str(value)


def _too_deep() -> FrontMatterInvalid:
    return FrontMatterInvalid(SkipReason.FRONT_MATTER_TOO_DEEP, f"line 1: more than {MAX_DEPTH} levels of nesting")
