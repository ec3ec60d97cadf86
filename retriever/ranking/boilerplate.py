"""Boilerplate: how little a passage says of its own: wordings of many other documents, or no statement at all."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retriever.late_pattern import late_pattern

SHINGLE = 5
"""Consecutive terms that count as one repeated wording."""
COMMON_SHARE = 0.1
COMMON_DOCUMENTS = 5
"""A wording is common when it stands in this share of the documents, and in at least this many."""

BARE = 50
"""What a passage without a statement counts as, in per cent."""
BARE_CHARS = 200
"""A longer passage is no mere heading or list of links, however it is punctuated."""

REFERENCES = 100
"""What a list of references counts as, in per cent: it holds every word of its subject and says nothing of it."""
_REFERENCE_HEADINGS = frozenset(
    {"references", "selected references", "reference list", "bibliography", "works cited"}
)
_CITED = late_pattern(
    r"\bet al\b|\bdoi:"
    r"|\s\d{1,4}\s*\([^)\n]{1,12}\)\s*:\s*[a-z]?\d|\s\d{1,4}:\s*\d+[-–]\d+,\s*(?:19|20)\d{2}"  # 152 (1): 193-7
    r"|\b(?:19|20)\d{2}\s*;\s*\d+",  # 2015;152
    re.IGNORECASE,
)
_CHARS_A_CITATION = 150
_STATEMENT = late_pattern(r"[.:;!?][\"'”’)\]]*[ \t]*$", re.MULTILINE)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def boilerplate(rows: Sequence[Sequence[int]], documents: NDArray[np.int32]) -> NDArray[np.uint8]:
    """The percentage of each passage's wordings that are common, shape (passages,).

    `rows` are the passages' terms as numbers, `documents` says which document each passage is of, ascending.
    Wordings are shingles of `SHINGLE` terms; a shorter passage has none and is no boilerplate.
    Source: Broder, "On the resemblance and containment of documents" (1997), for shingles.
    """
    shares = np.zeros(len(rows), dtype=np.uint8)
    lengths = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
    counts = np.maximum(lengths - SHINGLE + 1, 0)
    total = int(counts.sum())
    if not total:
        return shares
    hashes = _shingles(rows, lengths, counts)
    passage_of = np.repeat(np.arange(len(rows)), counts)
    # One stable sort brings equal wordings together, each with its documents ascending as the passages do.
    order = np.argsort(hashes, kind="stable")
    passage_of, hashes = passage_of[order], hashes[order]
    document_of = documents[passage_of]
    is_new_wording = np.diff(hashes, prepend=~hashes[:1]) != 0
    is_new_document = is_new_wording | (np.diff(document_of, prepend=document_of[:1]) != 0)
    starts = np.flatnonzero(is_new_wording)
    documents_with = np.add.reduceat(is_new_document, starts, dtype=np.int64)
    common = documents_with >= max(COMMON_DOCUMENTS, COMMON_SHARE * len(np.unique(documents)))
    is_common = np.repeat(common, np.diff(starts, append=total))
    repeated = np.bincount(passage_of[is_common], minlength=len(rows))
    np.floor_divide(100 * repeated, np.maximum(counts, 1), out=shares, casting="unsafe")
    return shares


def emptiness(text: str, headings: Sequence[str]) -> int:
    """How little a passage says by its own form, in per cent: 0 for one that makes a statement."""
    if is_reference_list(text, headings):
        return REFERENCES
    return BARE if is_bare(text) else 0


def is_bare(text: str) -> bool:
    """Whether a passage is only a heading or names of pages: none of its lines ends a sentence or leads in."""
    return len(text) <= BARE_CHARS and _STATEMENT.search(text) is None


def is_reference_list(text: str, headings: Sequence[str]) -> bool:
    """Whether a passage lists publications: its heading says so, or something is cited in every second line."""
    if headings and headings[-1].strip().casefold() in _REFERENCE_HEADINGS:
        return True
    cited = len(_CITED.findall(text))
    return cited > 1 and cited * _CHARS_A_CITATION >= len(text)


def _shingles(
    rows: Sequence[Sequence[int]], lengths: NDArray[np.int64], counts: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """A hash of each shingle, one row's after the other's; `counts` says how many a row of those `lengths` has."""
    terms = np.fromiter((term for row in rows for term in row), dtype=np.uint64, count=int(lengths.sum()))
    starts = np.repeat(np.cumsum(lengths) - lengths, counts) + _ramp(counts)
    hashes = np.zeros(len(starts), dtype=np.uint64)
    for step in range(SHINGLE):
        hashes = (hashes ^ (terms[starts + step] + np.uint64(1))) * _FACTOR
        hashes ^= hashes >> np.uint64(29)
    return hashes


def _ramp(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, ..., n-1 for each count n, one after the other."""
    ramp: NDArray[np.int64] = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return ramp
