"""Noise: blocks that scraping leaves behind and no reader wants, found by a few rules and never by a word.

| rule | what drops out | what stays |
|---|---|---|
| exact line | a block that is, to the letter, one of `EXACT_LINES` | a block that only contains one |
| navigation link | a block that is one link and says one of `NAVIGATION` | the same words in running text |
| contents | a list of links into the page itself, and "On This Page" above it | a list with text of its own |
| doubled title | the first of two leading titles that say the same but for a suffix | two different titles |
| echo | a paragraph that repeats, to the letter, the heading right above it | any other repetition |
| split heading | nothing: a heading mark alone takes the short paragraph below as its text | a long paragraph |

Every rule looks at whole blocks of the body alone: front matter never changes the reading text.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from ingest.reading.blocks import Block, BlockKind

EXACT_LINES = frozenset({"placeholder slot", "skip to main content", "skip to content", "credit: istock"})
NAVIGATION = frozenset(
    {
        "go to patient version",
        "go to health professional version",
        "enlarge",
        "enlarge image",
        "view and print infographic",
    }
)
CONTENTS_TITLES = frozenset({"on this page", "on this page:"})

MAX_HEADING_CHARS = 200


def without_noise(blocks: Sequence[Block], source: str) -> list[Block]:
    """The blocks of a page without what only its web site needed."""
    kept = _join_split_headings(blocks, source)
    kept = [block for block in kept if not _is_exact_noise(block, source)]
    kept = _without_contents(kept, source)
    kept = _without_doubled_title(kept, source)
    return [block for index, block in enumerate(kept) if not (index and _is_echo(kept[index - 1], block, source))]


def _folded(block: Block, source: str) -> str:
    return " ".join(block.text(source).split()).casefold()


def _join_split_headings(blocks: Sequence[Block], source: str) -> list[Block]:
    joined: list[Block] = []
    waiting: Block | None = None
    for block in blocks:
        if waiting is not None and block.kind is BlockKind.PARAGRAPH and _is_exact_noise(block, source):
            continue
        if waiting is not None and block.kind is BlockKind.PARAGRAPH and _may_be_heading(block, source):
            block = replace(block, kind=BlockKind.HEADING, level=waiting.level, indent=0, group=None)
        waiting = block if block.kind is BlockKind.HEADING and not block.parts else None
        if block.parts:
            joined.append(block)
    return joined


def _may_be_heading(block: Block, source: str) -> bool:
    text = block.text(source)
    return len(text) <= MAX_HEADING_CHARS and "\n" not in text


def _is_exact_noise(block: Block, source: str) -> bool:
    if block.kind is BlockKind.HEADING or block.length() > MAX_HEADING_CHARS:
        return False
    folded = _folded(block, source)
    return folded in EXACT_LINES or (bool(block.links) and folded in NAVIGATION)


def _without_contents(blocks: Sequence[Block], source: str) -> list[Block]:
    kept: list[Block] = []
    for group, members in groupby(blocks, key=lambda block: block.group):
        run = list(members)
        if group is not None and len(run) > 1 and all(_points_into_page(block) for block in run):
            if kept and _folded(kept[-1], source) in CONTENTS_TITLES:
                kept.pop()
            continue
        kept.extend(run)
    return kept


def _points_into_page(block: Block) -> bool:
    return bool(block.links) and all(target.startswith("#") for target in block.links)


def _is_echo(above: Block, block: Block, source: str) -> bool:
    is_below_heading = above.kind is BlockKind.HEADING and block.kind is BlockKind.PARAGRAPH
    return is_below_heading and above.length() == block.length() and above.text(source) == block.text(source)


def _without_doubled_title(blocks: list[Block], source: str) -> list[Block]:
    if len(blocks) < 2 or not all(block.kind is BlockKind.HEADING and block.level == 1 for block in blocks[:2]):
        return blocks
    first, second = (_folded(block, source) for block in blocks[:2])
    return blocks[1:] if _say_the_same(first, second) else blocks


def _say_the_same(first: str, second: str) -> bool:
    stems = _without_suffix(first), _without_suffix(second)
    return any(b.startswith(a) for a, b in ((stems[0], second), (stems[1], first)))


def _without_suffix(title: str) -> str:
    """A title without the name of its site or its edition: what follows the last dash or bar, if it is short."""
    return re.sub(r"\s*(?:\s[|-]|[–—])\s*[^|–—]{1,40}$", "", title) or title
