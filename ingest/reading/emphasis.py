"""Emphasis: which asterisks and underscores are marks, and which are characters of the text.

Source: the delimiter rules of the CommonMark specification 0.31, section 6.2 and its appendix on the stack
of delimiters, https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.reading.blocks import UNSEEN, Slice


@dataclass(slots=True)
class _Run:
    """A run of one mark; those from `start` to `end` are not used yet."""

    mark: str
    start: int
    end: int
    length: int
    can_open: bool
    can_close: bool


def emphasis_marks(text: str, runs: Iterable[Slice]) -> list[Slice]:
    """The spans among the runs of `*` and `_` that are marks, in time linear in the number of runs."""
    used: list[Slice] = []
    openers: list[_Run] = []
    # Below these heights of the stack no opener was found before: without them the search is quadratic.
    bottoms: dict[tuple[str, bool, int], int] = {}
    all_runs = [_run(text, span) for span in runs]
    for run in all_runs:
        kind = (run.mark, run.can_open, run.length % 3)
        while run.can_close and run.start < run.end:
            bottom = min(bottoms.get(kind, 0), len(openers))
            index = _opener(openers, run, bottom)
            if index is None:
                bottoms[kind] = len(openers)
                break
            opener = openers[index]
            width = 2 if min(opener.end - opener.start, run.end - run.start) >= 2 else 1
            used += [Slice(opener.end - width, opener.end), Slice(run.start, run.start + width)]
            opener.end -= width
            run.start += width
            del openers[index + (opener.start < opener.end) :]
        if run.can_open and run.start < run.end:
            openers.append(run)
    return used + _loose_marks(text, all_runs)


def _loose_marks(text: str, runs: Iterable[_Run]) -> list[Slice]:
    """Pairs of `**` that the rules leave over, as in `**Exercise.**The`, and empty ones.

    Here this departs from the specification: two asterisks side by side are never meant for a reader's eye,
    while a single one may point to a note. Between two digits they are a power.
    """
    left = [run for run in runs if run.mark == "*" and run.end - run.start >= 2 and not _is_power(text, run)]
    empty = [run for run in left if run.end - run.start >= 4]
    pairable = [run for run in left if run.end - run.start < 4]
    paired = pairable[: len(pairable) // 2 * 2]
    return [Slice(run.start, run.end) for run in (*empty, *paired)]


def _is_power(text: str, run: _Run) -> bool:
    return text[max(0, run.start - 1) : run.start].isalnum() and text[run.end : run.end + 1].isdigit()


def _opener(openers: list[_Run], closer: _Run, bottom: int) -> int | None:
    for index in range(len(openers) - 1, bottom - 1, -1):
        opener = openers[index]
        if opener.mark != closer.mark:
            continue
        is_odd_match = (opener.can_close or closer.can_open) and (opener.length + closer.length) % 3 == 0
        if not is_odd_match or (opener.length % 3 == 0 and closer.length % 3 == 0):
            return index
    return None


def _run(text: str, span: Slice) -> _Run:
    before = text[span.start - 1] if span.start else " "
    after = text[span.end] if span.end < len(text) else " "
    follows_blank, follows_sign = before.isspace(), _is_sign(before)
    precedes_blank, precedes_sign = after.isspace(), _is_sign(after)
    opens = not precedes_blank and (not precedes_sign or follows_blank or follows_sign)
    closes = not follows_blank and (not follows_sign or precedes_blank or precedes_sign)
    mark = text[span.start]
    if mark == "_":
        # Within a word an underscore is a letter like any other.
        opens, closes = opens and (not closes or follows_sign), closes and (not opens or precedes_sign)
    return _Run(mark, span.start, span.end, span.end - span.start, opens, closes)


def _is_sign(char: str) -> bool:
    return char == UNSEEN or unicodedata.category(char)[0] in "PS"
