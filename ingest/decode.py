"""Decode: bytes to text, strictly; what cannot be read with certainty is refused, never guessed."""

import codecs

from ingest.errors import SkipReason, TextUnreadable

# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BLANK = "\ufeff\u200b\u200c\u200d\u2060\u00ad\u180e\u200e\u200f"


def decode(content: bytes) -> str:
    """The text of a file; a byte order mark stays its first character, so that offsets count it.

    UTF-8, or UTF-16 and UTF-32 where a mark says so. Raises TextUnreadable for anything else, for NUL
    characters and for a file without a visible character.
    """
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        detail = f"not {encoding.upper()} at byte {error.start}; save the file as UTF-8"
        raise TextUnreadable(SkipReason.ENCODING_INVALID, detail) from error
    if "\0" in text:
        detail = f"a NUL character at character {text.index(chr(0))}; this is no text file"
        raise TextUnreadable(SkipReason.BINARY_CONTENT, detail)
    if is_blank(text):
        raise TextUnreadable(SkipReason.EMPTY, "the file holds no visible character")
    return text


def is_blank(text: str) -> bool:
    """Whether a text holds nothing but white space and characters without width."""
    return all(char.isspace() or char in _BLANK for char in text)
