"""Tables: the rows and cells of a pipe table, found in the lines of a paragraph."""

import re
from collections.abc import Sequence

from ingest.reading.blocks import Slice

_DELIMITER_ROW = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_CELL_END = re.compile(r"\\.|\|", re.DOTALL)


def find_table(source: str, lines: Sequence[Slice]) -> int | None:
    """The index of the header row among the lines of a paragraph; None when these hold no table.

    The row below it is the one of dashes; every line from the header on is a row.
    """
    for index in range(1, len(lines)):
        header, delimiter = lines[index - 1], lines[index]
        if "|" not in source[header.start : header.end] or "|" not in source[delimiter.start : delimiter.end]:
            continue
        if _DELIMITER_ROW.fullmatch(source, delimiter.start, delimiter.end):
            return index - 1
    return None


def is_delimiter_row(source: str, row: Slice) -> bool:
    """Whether a row below the header is one more row of dashes, as tables made of several ones have them."""
    text = source[row.start : row.end]
    return "--" in text and _DELIMITER_ROW.fullmatch(text) is not None


def split_cells(source: str, row: Slice) -> list[Slice]:
    """The cells of a row: what stands between its bars, an escaped one not counted."""
    text = source[row.start : row.end]
    start = row.start + len(text) - len(text.lstrip())
    end = row.start + len(text.rstrip())
    if source.startswith("|", start, end):
        start += 1
    cells: list[Slice] = []
    for match in _CELL_END.finditer(source, start, end):
        if match[0] == "|":
            cells.append(Slice(start, match.start()))
            start = match.end()
    if start < end:
        cells.append(Slice(start, end))
    return cells
