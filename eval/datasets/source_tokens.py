"""The tokens of a document's reading text and where they stand in its source file; quotations likewise."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from eval.datasets.dataset import Dataset, GoldQuote, GoldSpan, Span
from eval.datasets.document_names import DocumentNames
from eval.errors import DatasetInvalid
from retriever.index import Index

_TOKEN = re.compile(r"\w+|[^\w\s]")
_WORD = re.compile(r"[^\W_]+")


class SourceTokens:
    """Token places of the documents of one index, by the dataset's names."""

    def __init__(self, index: Index, names: DocumentNames) -> None:
        self._index = index
        self._names = names
        self._located = lru_cache(maxsize=4096)(self._locate)

    def places(self, document: str) -> NDArray[np.int64]:
        """Where each token of the document begins in the source file, ascending, shape (tokens,)."""
        return self._located(document)[0]

    def source_span(self, document: str, start_char: int, end_char: int) -> Span:
        """The span of the source file that a span of the document's reading text comes from."""
        source_map = self._index.source_map(self._names.document_id(document))
        return Span(document, *source_map.source_span(start_char, end_char))

    def quoted(self, quote: GoldQuote) -> GoldSpan | None:
        """Where a quotation stands in the source file; None where the page does not have its words once.

        Words are compared, so a quotation may carry the source's markup (`**`) and line breaks.
        """
        document_id = self._names.document_id(quote.document)
        if self._index.document(document_id) is None:
            return None
        matches = list(_WORD.finditer(self._index.reading_text(document_id)))
        words, wanted = [match.group() for match in matches], _WORD.findall(quote.text)
        length = len(wanted)
        places = [
            place
            for place in range(len(words) - length + 1)
            if wanted and words[place] == wanted[0] and words[place : place + length] == wanted
        ]
        if len(places) != 1:
            return None
        first, last = matches[places[0]], matches[places[0] + length - 1]
        span = self._index.source_map(document_id).source_span(first.start(), last.end())
        return GoldSpan(quote.document, *span)

    def pieces(self, span: Span, gold: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
        """The reading text of a span of the source, cut where gold begins and ends; True stands for gold."""
        places, starts, ends = self._located(span.document)
        first, last = np.searchsorted(places, (span.start_char, span.end_char))
        if first == last:
            return []
        text = self._index.reading_text(self._names.document_id(span.document))
        inside = np.zeros(last - first, dtype=np.bool_)
        for start, end in gold:
            inside |= (places[first:last] >= start) & (places[first:last] < end)
        cuts = [0, *(np.flatnonzero(inside[1:] != inside[:-1]) + 1).tolist(), last - first]
        found = []
        for cut, after in pairwise(cuts):
            end = ends[last - 1] if after == last - first else starts[first + after]
            found.append((text[starts[first + cut] : end], bool(inside[cut])))
        return found

    def _locate(self, document: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """For each token: its place in the source file, its start and its end in the reading text."""
        document_id = self._names.document_id(document)
        if self._index.document(document_id) is None:
            nothing = np.zeros(0, dtype=np.int64)
            return nothing, nothing, nothing
        text = self._index.reading_text(document_id)
        spans = np.array([match.span() for match in _TOKEN.finditer(text)], dtype=np.int64).reshape(-1, 2)
        source_map = self._index.source_map(document_id)
        reading = np.asarray(source_map.reading_starts, dtype=np.int64)
        source = np.asarray(source_map.source_starts, dtype=np.int64)
        slices = np.searchsorted(reading, spans[:, 0], side="right") - 1
        return source[slices] + (spans[:, 0] - reading[slices]), spans[:, 0], spans[:, 1]


def gold_spans(dataset: Dataset, tokens: SourceTokens | None) -> dict[str, tuple[GoldSpan, ...]]:
    """The gold spans of each question, quotations located; without an index quotations have none.

    Raises DatasetInvalid where a quotation does not stand exactly once in its page.
    """
    asked = {question.question_id for question in dataset.questions}
    spans = {question: found for question, found in dataset.spans.items() if found and question in asked}
    lost = []
    for question in dataset.questions:
        if question.quote is None or tokens is None:
            continue
        span = tokens.quoted(question.quote)
        if span is None:
            lost.append(question.question_id)
        else:
            spans[question.question_id] = (span,)
    if lost:
        raise DatasetInvalid(
            f"{len(lost)} quotations do not stand exactly once in the reading text of their page "
            f"({', '.join(lost[:5])}); correct them, or ingest the pages they were taken from"
        )
    return spans
