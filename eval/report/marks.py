"""Passage texts with the gold spans marked, for people to see why a passage is a hit or is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.datasets.dataset import GoldSpan, Span
from eval.datasets.source_tokens import SourceTokens
from eval.measures.spans import SHARE_INSIDE, inside, merged
from eval.results import PassageLine


@dataclass(frozen=True, slots=True)
class MarkedPassage:
    """One passage as a report shows it: pieces of text, each gold or not."""

    rank: int
    document: str
    headings: tuple[str, ...]
    pieces: tuple[tuple[str, bool], ...]
    relevant: bool
    hit: bool


def marked(
    passages: Sequence[PassageLine],
    gold: Sequence[GoldSpan],
    judged: Mapping[str, int],
    tokens: SourceTokens | None,
) -> list[MarkedPassage]:
    """The passages with their gold characters; without `tokens` nothing inside a text can be marked."""
    ranges = merged(gold)
    longest = max((end - start for spans in ranges.values() for start, end in spans), default=0)
    found = []
    for rank, passage in enumerate(passages, start=1):
        span = Span(passage.document, passage.start_char, passage.end_char)
        overlap = inside(span, ranges)
        needed = min(passage.end_char - passage.start_char, longest) * SHARE_INSIDE
        pieces: tuple[tuple[str, bool], ...] = ((passage.text, False),)
        if tokens is not None and overlap:
            pieces = tuple(tokens.pieces(span, ranges.get(passage.document, []))) or pieces
        found.append(
            MarkedPassage(
                rank=rank,
                document=passage.document,
                headings=passage.headings,
                pieces=pieces,
                relevant=judged.get(passage.document, 0) > 0,
                hit=0 < needed <= overlap,
            )
        )
    return found
