"""Lines: the lines of a text and the runs of them between blank ones, as spans, in linear time."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ingest.reading.blocks import Slice

MAX_ENTRY_CHARS = 40

_LINE = re.compile(r"[^\r\n]+")
_BREAK = re.compile(r"\r\n|\n|\r")


def line_spans(source: str, span: Slice) -> Iterator[Slice]:
    """The lines of a span that hold a visible character, without their line breaks."""
    for match in _LINE.finditer(source, span.start, span.end):
        if not match[0].isspace():
            yield Slice(match.start(), match.end())


def paragraph_spans(source: str, span: Slice) -> Iterator[Slice]:
    """The runs of lines between blank ones, in order, without their last line break."""
    start: int | None = None
    end = span.start
    for line in line_spans(source, span):
        # A blank line lies between two others when there is more than one line break.
        if start is not None and len(_BREAK.findall(source, end, line.start)) > 1:
            yield Slice(start, end)
            start = None
        start = line.start if start is None else start
        end = line.end
    if start is not None:
        yield Slice(start, end)


def merged(spans: Iterable[Slice]) -> list[Slice]:
    """The spans in order, those that touch or overlap as one, without empty ones."""
    apart: list[Slice] = []
    for span in sorted(spans):
        if apart and span.start <= apart[-1].end:
            apart[-1] = Slice(apart[-1].start, max(apart[-1].end, span.end))
        elif span.start < span.end:
            apart.append(span)
    return apart


def spans_without(span: Slice, unseen: Sequence[Slice]) -> Iterator[Slice]:
    """What is left of a span between the spans within it that are not seen."""
    start = span.start
    for skip in unseen:
        yield Slice(start, skip.start)
        start = skip.end
    yield Slice(start, span.end)


def is_short_entry(line: str) -> bool:
    """Whether a line reads as an entry of a list without marks, such as one name a line."""
    text = line.strip()
    begins_anew = text[:1].isupper() or text[:1].isdigit()
    return len(text) <= MAX_ENTRY_CHARS and begins_anew and not set(text) & set("[]*_`<.;,")


def lines_without(source: str, span: Slice, unseen: Sequence[Slice]) -> list[Slice]:
    """The lines of a span, each without what stands before it for the blocks around."""
    ends = {skip.start: skip.end for skip in unseen}
    lines = []
    for match in re.finditer(r"[^\r\n]+", source[span.start : span.end]):
        start = span.start + match.start()
        lines.append(Slice(ends.get(start, start), span.start + match.end()))
    return lines
