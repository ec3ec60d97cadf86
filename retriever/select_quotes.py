"""Selection: which quotes of the hits answer a question, none twice, and none against another unseen."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retriever.analyze import terms
from retriever.contents import embedding_text
from retriever.differences import differ
from retriever.document import Document, Section
from retriever.encoder import Encoder
from retriever.facets import Facet, heading_speaks_of, sentence_speaks_of
from retriever.governance import Audience, audience_of
from retriever.index import Index
from retriever.query import Hit
from retriever.question import Question, QuestionReader, share
from retriever.quote_vectors import QuoteVectors
from retriever.quotes import Quote, quotes_of

MAX_SENTENCES = 4
ANSWER_HITS = 8
"""So many of the first hits are read for an answer."""
MAX_ENCODED = 12
MAX_ANSWER_CHARS = 1_200
MARGIN = 0.07
"""A further quote is given where its score is at most this much below the best one's."""
DIFFER_MARGIN = 0.3
"""A quote that contradicts the best one is given even so much below it."""
SAME_COSINE = 0.95
SAME_TERMS = 0.75
RELATED_COSINE = 0.6

WEIGHTS: Mapping[str, float] = {
    "cosine": 1.0,
    "coverage": 0.2,
    "coverage_with_headings": 0.1,
    "reciprocal_rank": 0.15,
    "below_best_hit": -0.5,
    "heading": 0.07,
    "form": 0.05,
    "list": 0.09,
    "off_facet": -0.1,
    "other_names": -0.15,
    "professional": -0.12,
}
"""What each part of a quote's score counts. `below_best_hit`: how far its passage scores below the best one."""

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A verbatim stretch of one hit's passage that goes into the answer; `text` is `reading_text[start:end]`."""

    hit: Hit
    start_char: int
    end_char: int
    text: str
    continues: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen, in the order of the answer; `differing` holds the ranks of passages that
    contradict each other, `score` is the best quote's.
    """

    chosen: tuple[Chosen, ...]
    differing: tuple[tuple[int, ...], ...]
    score: float
    is_on_facet: bool


@dataclass(frozen=True, slots=True)
class _Scored:
    """A quote with what it was judged by; `vector` has shape (dimension,) and length one.

    `subject` holds the terms that say what it is about: an item may name anything, and its list is still about
    what introduces it.
    """

    quote: Quote
    score: float
    vector: NDArray[np.float32]
    terms: frozenset[str]
    subject: frozenset[str]


class Selector:
    """Chooses quotes from the hits of one open generation. Safe to share between threads."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder
        self._vectors = QuoteVectors(encoder)
        self._reader = QuestionReader(index)

    def select(self, question: str, hits: Sequence[Hit]) -> Selection | None:
        """The quotes that answer the question best; None where the hits hold nothing that can stand alone."""
        asked = self._reader.read(question)
        scored = _scored(
            question, asked, _all_quotes(hits[:ANSWER_HITS], self._index), self._encoder, self._vectors
        )
        if not scored:
            return None
        picked, differing = _picked(scored, asked)
        return Selection(
            chosen=_joined(picked, self._index),
            differing=differing,
            score=picked[0].score,
            is_on_facet=not asked.facets or any(_on_facet(picked[0].quote, asked.facets)),
        )


def _all_quotes(hits: Sequence[Hit], index: Index) -> list[Quote]:
    quotes: list[Quote] = []
    for hit in hits:
        text = index.reading_text(hit.document.document_id)
        section = _section_of(hit.document, hit.passage.start_char)
        quotes += quotes_of(hit, text, section, language=hit.document.metadata.language)
    return quotes


def _section_of(document: Document, position: int) -> Section:
    place = bisect_right(document.sections, position, key=lambda section: section.start_char) - 1
    return document.sections[place]


def _scored(
    text: str, question: Question, quotes: Sequence[Quote], encoder: Encoder, known: QuoteVectors
) -> list[_Scored]:
    """The quotes with their scores, best first; only those that look best without a vector are encoded."""
    audiences = {quote.hit.rank: audience_of(quote.hit.document) for quote in quotes}
    is_choice = len(set(audiences.values())) > 1
    pages = {quote.hit.rank: _page_terms(quote) for quote in quotes}
    rarest = question.rarest_among(frozenset().union(*pages.values()))
    best = max((quote.hit.score for quote in quotes), default=0.0)
    cheap: list[tuple[float, int]] = []
    for place, quote in enumerate(quotes):
        if not question.is_about(_subject(quote)) or not rarest <= pages[quote.hit.rank]:
            continue
        is_professional = is_choice and audiences[quote.hit.rank] is Audience.PROFESSIONAL
        below = 1 - quote.hit.score / best if best > 0 else 0.0
        score = _cheap_score(quote, question, is_professional=is_professional) + WEIGHTS["below_best_hit"] * below
        cheap.append((score, place))
    cheap = sorted(cheap, key=lambda one: (-one[0], one[1]))[:MAX_ENCODED]
    if not cheap:
        return []
    vectors = known.of([embedding_text(_prefix(quotes[p]), quotes[p].text) for _, p in cheap])
    cosines = vectors @ encoder.encode_queries([text])[0]
    scored = [
        _Scored(
            quote=quotes[place],
            score=round(score + WEIGHTS["cosine"] * float(cosine), 6),
            vector=vector,
            terms=frozenset(terms(quotes[place].text)),
            subject=_subject(quotes[place]),
        )
        for (score, place), cosine, vector in zip(cheap, cosines, vectors, strict=True)
    ]
    return sorted(
        scored, key=lambda one: (-one.score, one.quote.hit.rank, one.quote.start_char, one.quote.end_char)
    )


def _subject(quote: Quote) -> frozenset[str]:
    """The terms that say what a quote is about: its headings', and its own or those before a list's first item."""
    introduction = quote.text[: quote.core_start_char - quote.start_char] if quote.is_list else quote.text
    return frozenset(terms(f"{_prefix(quote)}\n{introduction}"))


def _page_terms(quote: Quote) -> frozenset[str]:
    """The terms of the whole passage and its headings."""
    return frozenset(terms(f"{_prefix(quote)}\n{quote.hit.passage.text}"))


def _cheap_score(quote: Quote, question: Question, *, is_professional: bool) -> float:
    """A quote's score without the cosine."""
    of_heading, of_form = _on_facet(quote, question.facets)
    parts = {
        "coverage": question.coverage(frozenset(terms(quote.text))),
        "coverage_with_headings": question.coverage(frozenset(terms(f"{_prefix(quote)}\n{quote.text}"))),
        "reciprocal_rank": 1 / quote.hit.rank,
        "heading": of_heading,
        "form": of_form,
        "off_facet": bool(question.facets) and not of_heading and not of_form,
        "list": quote.is_list and question.facets != (Facet.WHAT_IS,),
        "other_names": 1 - share(question.names, _subject(quote)) if question.names else 0.0,
        "professional": is_professional,
    }
    return sum(WEIGHTS[name] * value for name, value in parts.items())


def _on_facet(quote: Quote, facets: tuple[Facet, ...]) -> tuple[bool, bool]:
    """Whether a quote's headings announce what was asked, and whether its words have the form of an answer."""
    headings = " / ".join(quote.hit.passage.headings[-2:])
    return (
        any(heading_speaks_of(facet, headings) for facet in facets),
        any(sentence_speaks_of(facet, quote.text) for facet in facets),
    )


def _prefix(quote: Quote) -> str:
    return " > ".join((quote.hit.document.prefix_title, *quote.hit.passage.headings[-2:]))


def _picked(scored: Sequence[_Scored], question: Question) -> tuple[list[_Scored], tuple[tuple[int, ...], ...]]:
    """The best quote, what contradicts it, then what adds to it, as far as there is room."""
    best = scored[0]
    picked = [best]
    named = frozenset(question.names) & best.subject
    scored = [one for one in scored if _same_document(one, best) or named <= one.subject]
    rivals = [
        one
        for one in scored
        if question.names_it(best.subject | best.terms) and _contradicts(best, one, question.facets)
    ]
    opposed = rivals[0] if rivals else None
    if opposed is not None:
        picked.append(opposed)
    for one in scored[1:]:
        if one.score < best.score - MARGIN:
            break
        sentences = sum(other.quote.units for other in picked) + one.quote.units
        length = sum(len(other.quote.text) for other in picked) + len(one.quote.text)
        if (
            sentences > MAX_SENTENCES
            or length > MAX_ANSWER_CHARS
            or any(_says_again(one, other) for other in picked)
        ):
            continue
        picked.append(one)
    differing = () if opposed is None else (tuple(sorted((best.quote.hit.rank, opposed.quote.hit.rank))),)
    return picked, differing


def _contradicts(best: _Scored, one: _Scored, facets: tuple[Facet, ...]) -> bool:
    """Whether another page says something else about what was asked, and about the same subject."""
    if _same_document(one, best) or one.score < best.score - DIFFER_MARGIN:
        return False
    if float(best.vector @ one.vector) < RELATED_COSINE:
        return False
    return differ(best.quote.text, one.quote.text, facets)


def _same_document(one: _Scored, other: _Scored) -> bool:
    return one.quote.hit.document.document_id == other.quote.hit.document.document_id


def _says_again(one: _Scored, other: _Scored) -> bool:
    """Whether a quote repeats another: the same place, or nearly the same words or meaning."""
    ours, theirs = one.quote, other.quote
    if _same_document(one, other):
        if ours.start_char >= theirs.start_char and ours.end_char <= theirs.end_char:
            return True
    elif float(one.vector @ other.vector) >= SAME_COSINE:
        return True
    smaller = min(len(one.terms), len(other.terms))
    return smaller > 0 and len(one.terms & other.terms) >= SAME_TERMS * smaller


def _joined(picked: Sequence[_Scored], index: Index) -> tuple[Chosen, ...]:
    """The picked quotes by passage, the best passage first; those that touch in a paragraph become one."""
    order = list(dict.fromkeys(one.quote.hit.rank for one in picked))
    chosen: list[Chosen] = []
    for rank in order:
        quotes = sorted(
            (one.quote for one in picked if one.quote.hit.rank == rank), key=lambda quote: quote.start_char
        )
        text = index.reading_text(quotes[0].hit.document.document_id)
        stretches: list[Chosen] = []
        for quote in quotes:
            start = quote.start_char
            if stretches and _touch(text, stretches[-1].end_char, start):
                start = stretches.pop().start_char
            stretches.append(
                Chosen(quote.hit, start, quote.end_char, text[start : quote.end_char], quote.continues)
            )
        chosen += stretches
    return tuple(chosen)


def _touch(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return not between.strip() and not _BLANK_LINE.search(between)
