"""Scored quotes: those of all hits in the order in which they answer, as few of them encoded as can change it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retriever.answers.chosen.differences import differ
from retriever.answers.chosen.quote_vectors import QuoteVectors
from retriever.answers.judged.approved_uses import tells_uses_unasked
from retriever.answers.judged.asked_case import is_on_another_case
from retriever.answers.judged.asked_of_a_thing import (
    is_a_time_of_another,
    is_on_a_rival,
    leaves_what_is_asked_of_it_unsaid,
)
from retriever.answers.judged.beside_the_question import answers_not
from retriever.answers.judged.definitions import defines
from retriever.answers.judged.narrowing import is_below_a_heading_for_others
from retriever.answers.judged.quote_score import WEIGHTS, is_little, score_without_cosine
from retriever.answers.judged.reported import tells_an_opinion
from retriever.answers.judged.stopping import leaves_stopping_unsaid
from retriever.answers.judged.subject_told import about
from retriever.answers.quotable.dictionary_form import is_glossed
from retriever.answers.quotable.name_lines import is_names_label
from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import is_for_professionals, page_terms, subject_of, terms_of
from retriever.answers.wanted.sought import Sought
from retriever.answers.wanted.want_patterns import Want
from retriever.answers.wanted.wants import meets
from retriever.questions.facets import Facet
from retriever.store.contents import embedding_text

MAX_LOOKED_AT = 12
MAX_READ = 6
READ_WEIGHT = 0.02
"""What the logit of a quote that was read together with the question counts beside its score."""
Reading = Callable[[Sequence[Quote]], Sequence[float]]
"""How well each quote answers the question: logits of a `PairReader`, in the same order."""
MAX_ENCODED = 8
WITHIN_REACH = 0.14
"""How far below the best a quote may stand before its vector is known; one further below is not encoded.

Where its passage's cosine is known, a quote's own lies within .1 of what that tells in 19 of 20 cases.
"""
WITHIN_REACH_BLIND = 0.2
"""The same where it is not known, as in search by words alone."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A quote with what it was judged by; `vector` has shape (dimension,) and length one.

    It is None where no other quote was good enough to be weighed against this one, so that nobody needs it.

    `subject` holds the terms that say what it is about: an item may name anything, and its list is still about
    what introduces it. `read` is its logit where it was read together with the question.
    """

    quote: Quote
    score: float
    vector: NDArray[np.float32] | None
    terms: frozenset[str]
    subject: frozenset[str]
    says_little: bool
    is_wanted: bool
    read: float | None = None


def scored(
    sought: Sought,
    quotes: Sequence[Quote],
    of_question: NDArray[np.float32],
    known: QuoteVectors,
    *,
    last_rank: int | None = None,
    reading: Reading | None = None,
) -> list[Scored]:
    """The quotes with their scores, best first; of those that look best without a vector, as few as can change
    what is chosen are encoded: a vector costs more than all else that is done for an answer.

    With a `reading` those that look best are read together with the question first.

    `of_question` is the question's vector, shape (dimension,). Quotes of hits behind `last_rank` were read on for:
    they count less, and none is given where the hits before hold nothing that could be.

    Left out are those that are about something else. Where all are, the best passage's page still answers if it is
    about most of what was asked.
    """
    cheap = without_vectors(quotes, sought, last_rank=last_rank)
    if not cheap:
        return []
    read: dict[int, float] = {}
    if reading is not None:
        places = [place for _, place in cheap[:MAX_READ]]
        read = dict(zip(places, reading([quotes[place] for place in places]), strict=True))
        unread = min(read.values())  # who was not read has no better logit than who was
        cheap = sorted(
            ((score + READ_WEIGHT * read.get(place, unread), place) for score, place in cheap),
            key=lambda one: (-one[0], one[1]),
        )

    def with_vectors(some: Sequence[tuple[float, int]]) -> list[Scored]:
        vectors = known.of([embedding_text(quotes[place].prefix, quotes[place].text) for _, place in some])
        return [
            _judged(
                quotes[place],
                score - _expected_cosine(quotes[place]) + WEIGHTS["cosine"] * float(vector @ of_question),
                vector,
                sought,
                read.get(place),
            )
            for (score, place), vector in zip(some, vectors, strict=True)
        ]

    is_blind = any(quote.hit.dense is None for quote in quotes)
    reach = WITHIN_REACH_BLIND if is_blind else WITHIN_REACH
    within = sum(score >= cheap[0][0] - reach for score, _ in cheap[:MAX_ENCODED])
    if within == 1 and not _rivals(cheap[1:], quotes, quotes[cheap[0][1]], sought.facets):
        score, place = cheap[0]
        return [_judged(quotes[place], score, None, sought, read.get(place))]
    found = with_vectors(cheap[:within])
    first = min(found, key=_order).quote
    if rivals := _rivals(cheap[within:], quotes, first, sought.facets):
        found += with_vectors(rivals)
    return sorted(found, key=_order)


def _judged(
    quote: Quote, score: float, vector: NDArray[np.float32] | None, sought: Sought, read: float | None
) -> Scored:
    return Scored(
        quote=quote,
        score=round(score, 6),
        vector=vector,
        terms=terms_of(quote.text),
        subject=sought.named.told(subject_of(quote), page_terms(quote.hit)),
        says_little=is_little(quote, sought) or tells_an_opinion(quote.text),
        is_wanted=not sought.wants or meets(sought.wants, quote.text, quote.headings) > 0,
        read=read,
    )


def _expected_cosine(quote: Quote) -> float:
    """What a quote's own cosine counts as, before it is encoded: its passage's is known from the search."""
    return WEIGHTS["passage_cosine"] * (quote.hit.dense or 0.0)


def _rivals(
    others: Sequence[tuple[float, int]], quotes: Sequence[Quote], best: Quote, facets: tuple[Facet, ...]
) -> list[tuple[float, int]]:
    """Those of the others that may contradict the best one from another page; their vectors tell whether they
    speak of the same.
    """
    return [
        one
        for one in others
        if quotes[one[1]].document_id != best.document_id and differ(best.text, quotes[one[1]].text, facets)
    ]


def without_vectors(quotes: Sequence[Quote], sought: Sought, *, last_rank: int | None) -> list[tuple[float, int]]:
    """Score and place of the quotes that look best before any is encoded, best first."""
    hits = {quote.hit.rank: quote.hit for quote in quotes}
    professional = {rank: is_for_professionals(hit) for rank, hit in hits.items()}
    is_choice = not all(professional.values())
    best = max((quote.hit.score for quote in quotes), default=0.0)
    cheap: list[tuple[float, int]] = []
    for place, told in about(sought.words, quotes, sought.named).items():
        quote = quotes[place]
        if any(rules_out(quote, sought) for rules_out in _RULED_OUT_BY):
            continue
        score = score_without_cosine(
            quote,
            sought,
            told=told,
            is_professional=is_choice and professional[quote.hit.rank],
            is_read_on=last_rank is not None and quote.hit.rank > last_rank,
        )
        score += WEIGHTS["below_best_hit"] * (1 - quote.hit.score / best if best > 0 else 0.0)
        cheap.append((score + _expected_cosine(quote), place))
    if last_rank is not None and last_rank > 1 and all(quotes[place].hit.rank > last_rank for _, place in cheap):
        return []
    return sorted(cheap, key=lambda one: (-one[0], one[1]))[:MAX_LOOKED_AT]


def _names_another(quote: Quote, sought: Sought) -> bool:
    """Whether a quote gives names that nobody asked for, or defines another word."""
    if Want.NAMES not in sought.wants and is_names_label(quote.text.partition("\n")[0]):
        return True
    return is_glossed(quote.text) and not defines(quote.text, sought.thing, sought.question.weights)


_RULED_OUT_BY: Sequence[Callable[[Quote, Sought], bool]] = (
    _names_another,
    answers_not,
    is_below_a_heading_for_others,
    leaves_stopping_unsaid,
    is_on_a_rival,
    leaves_what_is_asked_of_it_unsaid,
    is_a_time_of_another,
    is_on_another_case,
    tells_uses_unasked,
)


def _order(one: Scored) -> tuple[float, int, int, int]:
    return -one.score, one.quote.hit.rank, one.quote.start_char, one.quote.end_char
