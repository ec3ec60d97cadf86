"""Nesting: the levels of a list whose page lost them on the way to its file, told by the form of its items.

A page that was scraped often holds the items of an inner list as siblings of the item that introduces them. An
item that ends with a colon introduces what follows; how far is told by the first of these signs that sets it and
its siblings apart from the item below it:

| sign | an inner list ends before the next item |
|---|---|
| bold | that begins with bold words, as the item that introduces it does |
| case | that begins with a capital, or without one, as that item does |
| label | that begins with a name and its colon or full stop, as that item does |
| full stop | that is a whole sentence, or introduces others: the inner ones are names without a full stop |

Numbers tell levels as well: in 1, 2, 3, 1, 2, 4 the third item has an inner list. Without a sign a list stays
flat, and where two levels may go on with the same number.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ingest.reading.blocks import Block, BlockKind

INDENT = 2
_LEAST_WORDS = 4
"""Of a sentence; what ends with a full stop and has fewer may be a name."""

_ITEM = re.compile(r"(?P<mark>[-*+•◦▪‣●○·–]|(?P<number>\d{1,3})[.)])\s+(?P<said>\S.*)", re.DOTALL)
_WORD = re.compile(r"[^\W\d_](?:(?=\s)|[^\W\d_A-Z])")
_BOLD = re.compile(r"\*\*|__|<(?:b|strong)\b", re.IGNORECASE)
_LABEL = re.compile(r"[A-Z0-9][^.:;]{0,70}(?<!\bvs)(?:\.|:)\s+\S")
_STOPS = re.compile(r"[.!?](?:\s?\[[^\[\]]*\])?[\"'”’)¹²³⁴⁵]*\Z")
_GOES_ON = re.compile(r"[,;]?\s(?:or|and)\Z|[,;]\Z")


@dataclass(frozen=True, slots=True)
class _Item:
    """What the form of an item tells. `capital` is None where it tells nothing: a number, letters as in "DNA"."""

    number: int | None
    introduces: bool
    bold: bool
    capital: bool | None
    label: bool
    stops: bool
    goes_on: bool
    words: int


def nested(blocks: Sequence[Block], source: str) -> list[Block]:
    """The blocks, those of inner lists that stand at the level of the outer ones set in by `INDENT` each level."""
    found: list[Block] = []
    for group, members in groupby(blocks, key=lambda block: block.group):
        run = list(members)
        is_flat = group is not None and all(block.kind is BlockKind.ITEM and not block.indent for block in run)
        found += _set_in(run, source) if is_flat and len(run) > 1 else run
    return found


def _set_in(run: Sequence[Block], source: str) -> list[Block]:
    read = [_read(block, source) for block in run]
    items = [item for item in read if item is not None]
    if len(items) < len(run):
        return list(run)
    if all(item.number is not None for item in items):
        levels = _levels_by_number([item.number or 0 for item in items])
    elif any(item.number is not None for item in items):
        return list(run)
    else:
        levels = [0] * len(items)
        _levels_by_form(items, levels)
    return [replace(block, indent=INDENT * level) for block, level in zip(run, levels, strict=True)]


def _read(block: Block, source: str) -> _Item | None:
    found = _ITEM.fullmatch(block.text(source))
    if found is None:
        return None
    said = found["said"].rstrip()
    starts = [part for part in block.parts if not isinstance(part, str)]
    # The mark of a list is a slice of its own where marks of emphasis can stand behind it.
    is_bold = len(starts) > 1 and _BOLD.search(source, starts[0].end, starts[1].start) is not None
    return _Item(
        number=int(found["number"]) if found["number"] else None,
        introduces=said.endswith(":"),
        bold=is_bold,
        capital=said[0].isupper() if _WORD.match(said) else None,
        label=_LABEL.match(said) is not None,
        stops=_STOPS.search(said) is not None,
        goes_on=_GOES_ON.search(said) is not None,
        words=len(said.split()),
    )


def _levels_by_number(numbers: Sequence[int]) -> list[int]:
    """The level of each number: 1 opens a level below another item, the next of an open level goes on with it.

    All 0 where the numbers do not fit into levels of two or more items, or fit into several.
    """
    flat = [0] * len(numbers)
    last_of: list[int] = []
    levels: list[int] = []
    lengths: list[int] = []
    for number in numbers:
        if sum(last + 1 == number for last in last_of) > 1:
            return flat
        while last_of and number != 1 and last_of[-1] + 1 != number:
            last_of.pop()
            if lengths.pop() < 2:
                return flat
        if number != 1 and not last_of:
            return flat
        if number == 1:
            last_of.append(1)
            lengths.append(1)
        else:
            last_of[-1] = number
            lengths[-1] += 1
        levels.append(len(last_of) - 1)
    return levels if min(lengths) > 1 else flat


def _levels_by_form(items: Sequence[_Item], levels: list[int]) -> None:
    """Raises the levels of the items of inner lists, level by level."""
    waiting = [(0, len(items))]
    while waiting:
        start, end = waiting.pop()
        siblings: list[_Item] = []
        place = start
        while place < end:
            inner_end = place + 1
            if items[place].introduces and inner_end < end:
                inner_end += _inner(items[place], items[inner_end:end], siblings)
            siblings.append(items[place])
            if inner_end > place + 1:
                for inner in range(place + 1, inner_end):
                    levels[inner] += 1
                waiting.append((place + 1, inner_end))
            place = inner_end


def _inner(outer: _Item, below: Sequence[_Item], siblings: Sequence[_Item]) -> int:
    """How many of the items below one belong to it; 0 where nothing tells. `siblings` stand above at its level."""
    count = _by_sign(outer, below, siblings)
    if count and below[count - 1].goes_on and count < len(below):
        # "a; or" has one more behind it.
        return 0 if below[count].introduces else count + 1
    return count


def _by_sign(outer: _Item, below: Sequence[_Item], siblings: Sequence[_Item]) -> int:
    first = below[0]
    if outer.bold and not first.bold:
        return _until(below, lambda item: item.bold)
    if outer.capital is not None and first.capital is (not outer.capital):
        count = _until(below, lambda item: item.capital is outer.capital)
        behind = below[count:]
        # "HIV infection" among names in small letters has a capital of its own.
        is_mixed = any(
            item.capital is first.capital for item in behind[: _until(behind, lambda item: item.introduces)]
        )
        if not is_mixed and (count > 1 or first.capital is False):
            return count
    if outer.label and not first.label and all(item.label for item in siblings):
        return _until(below, lambda item: item.label)
    if not first.stops and not first.introduces:
        count = _until(below, lambda item: item.introduces or (item.stops and item.words >= _LEAST_WORDS))
        if count < len(below) or (siblings and all(item.stops or item.introduces for item in siblings)):
            return count
    return 0


def _until(items: Sequence[_Item], ends: Callable[[_Item], bool]) -> int:
    """How many items stand before the first of a kind, or all of them."""
    return next((place for place, item in enumerate(items) if ends(item)), len(items))
