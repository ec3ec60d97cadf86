"""Passages against gold spans of the source file, so that every splitter is scored on the same truth."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from eval.datasets.dataset import GoldSpan, Span

HIT_CUTOFFS = (1, 3, 5, 10)
TOKEN_BUDGET = 1_000
SHARE_INSIDE = 0.5

TokenPlaces = Callable[[str], NDArray[np.int64]]
"""Where each token of a document begins in its source file, ascending; empty for an unknown document."""


def merged(gold: Sequence[GoldSpan]) -> Mapping[str, list[tuple[int, int]]]:
    """The gold spans of each document, overlapping and touching ones joined, in order."""
    joined: dict[str, list[tuple[int, int]]] = {}
    for span in sorted(gold, key=lambda one: (one.document, one.start_char, one.end_char)):
        ranges = joined.setdefault(span.document, [])
        if ranges and span.start_char <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(ranges[-1][1], span.end_char))
        else:
            ranges.append((span.start_char, span.end_char))
    return joined


def inside(span: Span, gold: Mapping[str, list[tuple[int, int]]]) -> int:
    """How many characters of a span lie inside gold spans."""
    return sum(
        max(0, min(span.end_char, end) - max(span.start_char, start)) for start, end in gold.get(span.document, ())
    )


def stands_in(span: Span, gold: Mapping[str, list[tuple[int, int]]], *, quoted: bool) -> bool:
    """Whether at least half of the shorter of the span and the longest gold span lies inside gold spans.

    Where the gold is `quoted`, each quote answers alone: half of the shorter of the span and one of the quotes.
    """
    length = span.end_char - span.start_char
    if quoted:
        return any(
            0 < min(length, end - start) * SHARE_INSIDE <= inside(span, {span.document: [(start, end)]})
            for start, end in gold.get(span.document, ())
        )
    longest = max((end - start for ranges in gold.values() for start, end in ranges), default=0)
    return 0 < min(length, longest) * SHARE_INSIDE <= inside(span, gold)


def hit_values(passages: Sequence[Span], gold: Sequence[GoldSpan], *, quoted: bool) -> dict[str, float]:
    """passage-hit@k in both forms: 1 where one of the first k passages is a hit.

    First form: at least half of the passage lies inside gold spans. Second form, for long passages: it `stands_in`
    them. Where the gold is `quoted`, a sentence that no passage can be half inside of, only the second form says
    something.
    """
    ranges = merged(gold)
    first = passages[: max(HIT_CUTOFFS)]
    strict = [0 < (one.end_char - one.start_char) * SHARE_INSIDE <= inside(one, ranges) for one in first]
    lenient = [stands_in(one, ranges, quoted=quoted) for one in first]
    values = {} if quoted else {f"passage-hit@{cutoff}": float(any(strict[:cutoff])) for cutoff in HIT_CUTOFFS}
    return values | {f"passage-hit-2@{cutoff}": float(any(lenient[:cutoff])) for cutoff in HIT_CUTOFFS}


def token_values(
    passages: Sequence[Span], gold: Sequence[GoldSpan], places: TokenPlaces, *, budget: int = TOKEN_BUDGET
) -> dict[str, float]:
    """Recall, precision and IoU of the first `budget` different tokens, and whether a gold span is whole.

    Tokens are the words and punctuation marks of the documents' reading texts, not the passages' own, so
    neither the splitter nor the encoder changes what is counted. Containment is 1 where all tokens of one
    gold span are among those taken.
    Source: Smith and Troynikov, "Evaluating Chunking Strategies for Retrieval" (Chroma, 2024).
    """
    taken: dict[str, NDArray[np.bool_]] = {}
    left = budget
    for passage in passages:
        tokens = places(passage.document)
        have = taken.setdefault(passage.document, np.zeros(tokens.size, dtype=np.bool_))
        first, last = np.searchsorted(tokens, (passage.start_char, passage.end_char))
        fresh = (first + np.flatnonzero(~have[first:last]))[:left]
        have[fresh] = True
        left -= fresh.size
        if left == 0:
            break
    wanted, common, whole = 0, 0, False
    for document, ranges in merged(gold).items():
        tokens = places(document)
        have = taken.get(document, np.zeros(tokens.size, dtype=np.bool_))
        for start, end in ranges:
            first, last = np.searchsorted(tokens, (start, end))
            wanted += int(last - first)
            common += int(np.count_nonzero(have[first:last]))
            whole = whole or bool(last > first and have[first:last].all())
    used = budget - left
    return {
        f"token-recall@{budget}t": common / wanted if wanted else 0.0,
        f"token-precision@{budget}t": common / used if used else 0.0,
        f"token-IoU@{budget}t": common / (wanted + used - common) if wanted + used > common else 0.0,
        f"containment@{budget}t": float(whole),
    }
