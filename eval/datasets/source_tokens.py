"""The tokens of a document's reading text and where they stand in its source file; quotations likewise."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from eval.datasets.dataset import Dataset, GoldPlace, GoldQuote, GoldSpan, Question, Span
from eval.datasets.document_names import DocumentNames
from eval.datasets.quoted_words import word_places, words_digest, words_within
from eval.errors import DatasetInvalid
from retriever.document import SourceMap
from retriever.index import Index

_TOKEN = re.compile(r"\w+|[^\w\s]")


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

    def quoted(self, quote: GoldPlace) -> GoldSpan | None:
        """Where a quotation stands in the source file, from its first word to its last.

        None where the page does not have its words once, or where its span does not hold the words of its digest.
        Words are compared, so a quotation may carry the source's markup (`**`) and line breaks.
        """
        document_id = self._names.document_id(quote.document)
        if self._index.document(document_id) is None:
            return None
        text, source_map = self._index.reading_text(document_id), self._index.source_map(document_id)
        place = quoted_place(text, source_map, quote)
        return None if place is None else GoldSpan(quote.document, *source_map.source_span(*place))

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


def quoted_place(text: str, source_map: SourceMap, quote: GoldPlace) -> tuple[int, int] | None:
    """Where a quotation stands in the reading text of its page, half-open; None where it does not, or not once."""
    if isinstance(quote, GoldQuote):
        places = word_places(text, quote.text)
        return places[0] if len(places) == 1 else None
    slice_ends = (source_map.reading_position(char) for char in (quote.start_char, quote.end_char))
    place = words_within(text, *slice_ends)
    return place if place is not None and words_digest(text[slice(*place)]) == quote.digest else None


def gold_spans(dataset: Dataset, tokens: SourceTokens | None) -> dict[str, tuple[GoldSpan, ...]]:
    """The gold spans of each question, quotations located; without an index quotations have none.

    Raises DatasetInvalid, naming file and line, where a quotation does not stand exactly once in its page or a
    span does not hold the words of its digest.
    """
    asked = {question.question_id for question in dataset.questions}
    spans = {question: found for question, found in dataset.spans.items() if found and question in asked}
    return spans | _located({question: question.quotes for question in dataset.questions}, tokens)


def distractor_spans(dataset: Dataset, tokens: SourceTokens | None) -> dict[str, tuple[GoldSpan, ...]]:
    """Where what looks like an answer and is none stands, by question; raises as `gold_spans` does."""
    return _located({question: question.distractors for question in dataset.questions}, tokens)


def _located(
    places: Mapping[Question, tuple[GoldPlace, ...]], tokens: SourceTokens | None
) -> dict[str, tuple[GoldSpan, ...]]:
    spans: dict[str, tuple[GoldSpan, ...]] = {}
    lost = []
    for question, quotes in places.items():
        if not quotes or tokens is None:
            continue
        found = [tokens.quoted(quote) for quote in quotes]
        where = "" if question.where is None else f" in {question.where}"
        lost += [f"{question.question_id}{where}"] * found.count(None)
        spans[question.question_id] = tuple(span for span in found if span is not None)
    if lost:
        named = ", ".join(list(dict.fromkeys(lost))[:5])
        raise DatasetInvalid(
            f"{len(lost)} quotations do not stand exactly once in the reading text of their page, or their span "
            f"holds other words now ({named}); correct them, or ingest the pages they were taken from"
        )
    return spans
