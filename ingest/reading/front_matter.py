"""Front matter: the block of YAML or TOML on top of a file, cut off, read without trust, handed on by field.

YAML can build objects, refer to itself and nest without end. Nothing here is composed by the library: its
event parser (the one in Python, since the one in C overflows its stack on deep nesting) is read event by
event, every scalar stays the string that stands in the file, and aliases, tags and merge keys are refused.
"""

import re
import unicodedata
from dataclasses import dataclass, field, replace

import yaml

from ingest.errors import DocumentWarning, FrontMatterInvalid, SkipReason, excerpt
from ingest.reading.fields import Entry, Value, field_name, read_fields
from ingest.reading.toml_block import read_toml
from retriever.document import Metadata

MAX_FRONT_MATTER_BYTES = 64_000
MAX_DEPTH = 16
_FIRST_LINE = 2
"""The line of the file on which the block begins: the library counts from 0 and does not see the dashes."""

_OPENING = re.compile(r"---[ \t]*(?:\r\n|\n|\r)")
_CLOSING = re.compile(r"(?:^|(?<=[\r\n]))(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")
_TOML = re.compile(r"\+\+\+[ \t]*(?:\r\n|\n|\r)(.*?)(?:(?<=[\r\n])\+\+\+[ \t]*(?:\r\n|\n|\r|\Z))", re.DOTALL)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands above the body; `body_start` is the code point at which the body begins.

    A title that the front matter does not give comes from the body later: `untitled.title` is empty.
    """

    title: str | None
    untitled: Metadata
    body_start: int
    warnings: tuple[DocumentWarning, ...]

    def metadata(self, *, fallback_title: str) -> Metadata:
        """The metadata under the front matter's own title, else under `fallback_title`."""
        return replace(self.untitled, title=self.title or fallback_title)


def read_front_matter(source: str) -> FrontMatter:
    """The front matter of a decoded file: YAML from a line `---` to the next, or TOML from `+++` to `+++`.

    A bad field is left out with a warning. Raises FrontMatterInvalid when the block as a whole is broken,
    or its status is not readable: a page that may be withdrawn is not taken in by accident.
    """
    start = 1 if source.startswith("\ufeff") else 0
    if toml := _TOML.match(source, start):
        return _front_matter(read_toml(_within_limit(toml[1])), toml.end())
    opening = _OPENING.match(source, start)
    if opening is None:
        return FrontMatter(None, Metadata(title=""), start, ())
    closing = _CLOSING.search(source, opening.end())
    if closing is None:
        detail = "line 1: the front matter has no end; close it with a line of three dashes"
        raise FrontMatterInvalid(SkipReason.FRONT_MATTER_UNCLOSED, detail)
    return _front_matter(_mapping(_within_limit(source[opening.end() : closing.start()])), closing.end())


def _within_limit(block: str) -> str:
    size = len(block.encode())
    if size > MAX_FRONT_MATTER_BYTES:
        detail = f"line 1: {size} bytes of front matter; the limit is {MAX_FRONT_MATTER_BYTES}"
        raise FrontMatterInvalid(SkipReason.FRONT_MATTER_TOO_LARGE, detail)
    return block


def _front_matter(entries: dict[str, Entry], body_start: int) -> FrontMatter:
    title, untitled, warnings = read_fields(entries)
    return FrontMatter(title, untitled, body_start, warnings)


def _mapping(block: str) -> dict[str, Entry]:
    """The top-level mapping of a block, each value with the line of the file on which its key stands."""
    try:
        return _compose(block)
    except yaml.MarkedYAMLError as error:
        line = _FIRST_LINE + (error.problem_mark.line if error.problem_mark else 0)
        # The library's own words quote the file: its kind of complaint is enough, with the line.
        detail = f"line {line}: this is no YAML; look for a missing quote, colon or indent"
        raise FrontMatterInvalid(SkipReason.YAML_INVALID, detail) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # An escape beyond the last code point is a ValueError of chr(), not an error of the library.
        detail = "line 1: the front matter holds a character that YAML does not allow"
        raise FrontMatterInvalid(SkipReason.YAML_INVALID, detail) from error


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet; `key` waits for its value, `names` are the fields so far."""

    collection: list[Value] | dict[str, Value]
    key: str | None = None
    key_line: int = 0
    names: set[str] = field(default_factory=set)


def _compose(block: str) -> dict[str, Entry]:
    collections: list[_Open] = []
    lines: dict[str, int] = {}
    root: Value = None
    documents = 0
    for event in yaml.parse(block, Loader=yaml.SafeLoader):
        line = _line(event)
        _refuse_references(event, line)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            continue
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(collections) == MAX_DEPTH:
                detail = f"line {line}: more than {MAX_DEPTH} levels of nesting"
                raise FrontMatterInvalid(SkipReason.FRONT_MATTER_TOO_DEEP, detail)
            collections.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else []))
            continue
        value: Value
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            value = collections.pop().collection
        else:
            continue
        if collections:
            _attach(collections[-1], value, event, line)
            if len(collections) == 1 and (key := collections[0].key) is not None:
                lines[key] = collections[0].key_line
        else:
            root = value
    if not isinstance(root, dict) or documents != 1:
        detail = "line 2: the front matter is no mapping; write one `key: value` a line"
        raise FrontMatterInvalid(SkipReason.FRONT_MATTER_NOT_MAPPING, detail)
    return {key: Entry(value, lines[key]) for key, value in root.items()}


def _refuse_references(event: yaml.Event, line: int) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        detail = f"line {line}: anchors and aliases are not read; write the value out"
        raise FrontMatterInvalid(SkipReason.YAML_ALIAS, detail)
    if getattr(event, "tag", None) is not None:
        detail = f"line {line}: tags are not read; write the value alone"
        raise FrontMatterInvalid(SkipReason.YAML_TAG, detail)


def _scalar(event: yaml.ScalarEvent, line: int) -> str | None:
    """The scalar as it stands, in Unicode's composed form; only a bare null is None."""
    text: str = event.value
    if any("\ud800" <= char <= "\udfff" for char in text):
        detail = f"line {line}: an escape that is half of a character; write the character itself"
        raise FrontMatterInvalid(SkipReason.INVALID_UNICODE, detail)
    is_plain = event.style is None
    return None if is_plain and text in _NULLS else unicodedata.normalize("NFC", text)


def _attach(parent: _Open, value: Value, event: yaml.Event, line: int) -> None:
    """Give a value to the collection that it stands in: as a member, as a key, or as the waiting key's value."""
    if isinstance(parent.collection, list):
        parent.collection.append(value)
        return
    if parent.key is not None:
        parent.collection[parent.key] = value
        parent.key = None
        return
    if not isinstance(value, str):
        raise FrontMatterInvalid(SkipReason.YAML_INVALID, f"line {line}: a key is no plain word")
    if value == "<<" and isinstance(event, yaml.ScalarEvent) and event.style is None:
        detail = f"line {line}: merge keys are not read; write the values out"
        raise FrontMatterInvalid(SkipReason.YAML_ALIAS, detail)
    name = field_name(value)
    if name in parent.names:
        detail = f"line {line}: the key {excerpt(value)} stands twice; keep one of them"
        raise FrontMatterInvalid(SkipReason.YAML_DUPLICATE_KEY, detail)
    parent.names.add(name)
    parent.key, parent.key_line = value, line


def _line(event: yaml.Event) -> int:
    return _FIRST_LINE + (event.start_mark.line if event.start_mark else 0)
