"""Decode: bytes to text, strictly; what cannot be read with certainty is refused, never guessed."""

import codecs
import re

from ingest.errors import SkipReason, TextUnreadable

# UTF-32 first: its little-endian mark begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{3,20})", re.IGNORECASE)
_CHARSET_WITHIN = 1_024
# A browser reads a page that declares ISO 8859-1 as Windows-1252.
_DECLARED = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in (2, 5, 7, 9, 15)},
    **{f"windows-{page}": f"cp{page}" for page in range(1250, 1259)},
    "shift_jis": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5hkscs",
    "koi8-r": "koi8_r",
}
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


def decode_html(content: bytes) -> str:
    """The text of an HTML page: as `decode`, or in the encoding that the page declares, where that is not UTF-8.

    What is valid UTF-8 is read as such whatever the page declares: no other text looks like it by chance.
    """
    try:
        return decode(content)
    except TextUnreadable as refused:
        declared = _CHARSET.search(content, 0, _CHARSET_WITHIN)
        name = _DECLARED.get(declared[1].decode("ascii").lower()) if declared else None
        if refused.reason is not SkipReason.ENCODING_INVALID or name is None:
            raise
        try:
            return content.decode(name)
        except UnicodeDecodeError as error:
            detail = f"not {name}, which the page declares, at byte {error.start}; save the file as UTF-8"
            raise TextUnreadable(SkipReason.ENCODING_INVALID, detail) from error


def is_blank(text: str) -> bool:
    """Whether a text holds nothing but white space and characters without width."""
    return all(char.isspace() or char in _BLANK for char in text)
