"""Scored quotes: those of all hits in the order in which they answer, as few of them encoded as can change it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from retriever.answers.chosen.differences import differ
from retriever.answers.chosen.quote_vectors import QuoteVectors
from retriever.answers.judged.approved_uses import tells_uses_unasked
from retriever.answers.judged.asked_of_a_thing import (
    is_a_time_of_another,
    is_on_a_rival,
    leaves_what_is_asked_of_it_unsaid,
)
from retriever.answers.judged.beside_the_question import answers_not
from retriever.answers.judged.definitions import defines
from retriever.answers.judged.quote_score import WEIGHTS, is_little, score_without_cosine
from retriever.answers.judged.reported import tells_an_opinion
from retriever.answers.judged.stopping import leaves_stopping_unsaid
from retriever.answers.judged.subject_told import subject_told
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
MAX_READ, MAX_DOUBTED_READ = 6, 2
"""So many quotes are read together with the question, and of those that a rule doubts."""
READ_WEIGHT = 0.02
"""What the logit of a quote that was read together with the question counts beside its score."""
BELIEVED = -1.0
"""The logit from which on a quote that a rule doubts may be given."""
Placed = tuple[float, int]
"""The score of a quote and its place among all."""
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

    With a `reading` those that look best are read together with the question first, and with them the best of
    those that are doubted: that seem to be about something else, or to leave what was asked. Of these only what
    then reads like an answer is given, and none without a `reading`.

    `of_question` is the question's vector, shape (dimension,). Quotes of hits behind `last_rank` were read on for:
    they count less, and none is given where the hits before hold nothing that could be.
    """
    cheap, doubted = without_vectors(quotes, sought, last_rank=last_rank, are_read=reading is not None)
    read: Mapping[int, float] = {}
    if reading is not None:
        cheap, read = _read_together(cheap, doubted, quotes, reading)
    if not cheap or _are_all_read_on(cheap, quotes, last_rank):
        return []

    def with_vectors(some: Sequence[Placed]) -> list[Scored]:
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


def _read_together(
    cheap: Sequence[Placed], doubted: Sequence[Placed], quotes: Sequence[Quote], reading: Reading
) -> tuple[list[Placed], Mapping[int, float]]:
    """What looks best and what is believed of the doubted, best first by what was read too; and the logits of what
    was read of them, by place.
    """
    places = [place for _, place in (*cheap[:MAX_READ], *doubted[:MAX_DOUBTED_READ])]
    if not places:
        return [], {}
    logits = dict(zip(places, reading([quotes[place] for place in places]), strict=True))
    heard = [*cheap, *(one for one in doubted if logits.get(one[1], -inf) >= BELIEVED)]
    read = {place: logits[place] for _, place in heard if place in logits}
    unread = min(read.values(), default=0.0)  # who was not read has no better logit than who was
    counted = [(score + READ_WEIGHT * read.get(place, unread), place) for score, place in heard]
    return sorted(counted, key=_best_first), read


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
    others: Sequence[Placed], quotes: Sequence[Quote], best: Quote, facets: tuple[Facet, ...]
) -> list[Placed]:
    """Those of the others that may contradict the best one from another page; their vectors tell whether they
    speak of the same.
    """
    return [
        one
        for one in others
        if quotes[one[1]].document_id != best.document_id and differ(best.text, quotes[one[1]].text, facets)
    ]


def without_vectors(
    quotes: Sequence[Quote], sought: Sought, *, last_rank: int | None, are_read: bool
) -> tuple[list[Placed], list[Placed]]:
    """Score and place of the quotes that look best before any is encoded, best first; and, if they are read
    together with the question, of those that seem to be about something else, or that a rule doubts.
    """
    hits = {quote.hit.rank: quote.hit for quote in quotes}
    professional = {rank: is_for_professionals(hit) for rank, hit in hits.items()}
    is_choice = not all(professional.values())
    best = max((quote.hit.score for quote in quotes), default=0.0)
    cheap: list[Placed] = []
    doubted: list[Placed] = []
    for place, told in enumerate(subject_told(sought.words, quotes, sought.named)):
        quote = quotes[place]
        is_doubted = not told.is_about or any(doubts(quote, sought) for doubts in _DOUBTED_BY)
        if is_doubted and not are_read:
            continue
        score = score_without_cosine(
            quote,
            sought,
            told=told.itself,
            is_professional=is_choice and professional[quote.hit.rank],
            is_read_on=last_rank is not None and quote.hit.rank > last_rank,
        )
        score += WEIGHTS["below_best_hit"] * (1 - quote.hit.score / best if best > 0 else 0.0)
        (doubted if is_doubted else cheap).append((score + _expected_cosine(quote), place))
    return sorted(cheap, key=_best_first)[:MAX_LOOKED_AT], sorted(doubted, key=_best_first)


def _are_all_read_on(placed: Sequence[Placed], quotes: Sequence[Quote], last_rank: int | None) -> bool:
    """Whether none stands in a passage that was found itself; a single one is no choice."""
    if last_rank is None or last_rank <= 1:
        return False
    return all(quotes[place].hit.rank > last_rank for _, place in placed)


def _best_first(one: Placed) -> Placed:
    return -one[0], one[1]


def _names_another(quote: Quote, sought: Sought) -> bool:
    """Whether a quote gives names that nobody asked for, or defines another word."""
    if Want.NAMES not in sought.wants and is_names_label(quote.text.partition("\n")[0]):
        return True
    return is_glossed(quote.text) and not defines(quote.text, sought.thing, sought.question.weights)


_DOUBTED_BY: Sequence[Callable[[Quote, Sought], bool]] = (
    _names_another,
    answers_not,
    leaves_stopping_unsaid,
    is_on_a_rival,
    leaves_what_is_asked_of_it_unsaid,
    is_a_time_of_another,
    tells_uses_unasked,
)


def _order(one: Scored) -> tuple[float, int, int, int]:
    return -one.score, one.quote.hit.rank, one.quote.start_char, one.quote.end_char
