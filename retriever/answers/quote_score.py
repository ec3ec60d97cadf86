"""Quote scores: what speaks for a quote as the answer to a question, and what against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retriever.answers.about import about
from retriever.answers.answer_forms import (
    defines,
    is_glossed,
    spells_out,
    tells_an_opinion,
    tells_of_research,
)
from retriever.answers.beside import answers_not
from retriever.answers.differences import differ
from retriever.answers.list_items import items_say
from retriever.answers.names import is_names_label
from retriever.answers.narrowing import is_for_others, narrowed_by_heading, narrows
from retriever.answers.quote_subject import (
    introduction_of,
    is_for_professionals,
    narrowing_part,
    prefix_of,
    same_document,
    subject_of,
    terms_of,
)
from retriever.answers.quote_vectors import QuoteVectors
from retriever.answers.quotes import Quote
from retriever.answers.sought import Sought, read_sought
from retriever.answers.want_patterns import Want
from retriever.answers.wants import (
    advises,
    is_conditional,
    leaves_open,
    meets,
    says_little,
    tells_no_use,
)
from retriever.questions.facets import Facet, heading_speaks_of, sentence_speaks_of
from retriever.questions.question import FACET_TERMS, Question, share
from retriever.questions.title_fit import page_name
from retriever.search.analyze import is_short_for
from retriever.store.contents import embedding_text

MAX_LOOKED_AT = 12
MAX_ENCODED = 8
WITHIN_REACH = 0.14
"""How far below the best a quote may stand before its vector is known; one further below is not encoded.

Where its passage's cosine is known, a quote's own lies within .1 of what that tells in 19 of 20 cases.
"""
WITHIN_REACH_BLIND = 0.2
"""The same where it is not known, as in search by words alone."""

WEIGHTS: Mapping[str, float] = {
    "cosine": 1.0,
    "passage_cosine": 0.9,
    "coverage": 0.2,
    "coverage_with_headings": 0.1,
    "reciprocal_rank": 0.15,
    "below_best_hit": -0.5,
    "heading": 0.07,
    "form": 0.05,
    "list": 0.09,
    "defines": 0.25,
    "kind": 0.12,
    "off_facet": -0.1,
    "other_names": -0.15,
    "professional": -0.12,
    "opinion": -0.2,
    "research": -0.1,
    "want": 0.15,
    "says_little": -0.3,
    "tells_no_use": -0.2,
    "unsaid": -0.2,
    "narrowed_by_heading": -0.05,
    "read_on": -0.08,
    "procedure": 0.12,
    "narrows": -0.07,
    "for_others": -0.15,
    "conditional": -0.05,
    "advice": -0.07,
}
"""What each part of a quote's score counts. `below_best_hit`: how far its passage scores below the best one.
`passage_cosine` stands for `cosine` until that is known.
"""


@dataclass(frozen=True, slots=True)
class Scored:
    """A quote with what it was judged by; `vector` has shape (dimension,) and length one.

    It is None where no other quote was good enough to be weighed against this one, so that nobody needs it.

    `subject` holds the terms that say what it is about: an item may name anything, and its list is still about
    what introduces it.
    """

    quote: Quote
    score: float
    vector: NDArray[np.float32] | None
    terms: frozenset[str]
    subject: frozenset[str]
    says_little: bool


def scored(
    text: str,
    question: Question,
    quotes: Sequence[Quote],
    of_question: NDArray[np.float32],
    known: QuoteVectors,
    *,
    last_rank: int | None = None,
) -> list[Scored]:
    """The quotes with their scores, best first; of those that look best without a vector, as few as can change
    what is chosen are encoded: a vector costs more than all else that is done for an answer.

    `of_question` is the question's vector, shape (dimension,). Quotes of hits behind `last_rank` were read on for:
    they count less, and none is given where the hits before hold nothing that could be.

    Left out are those that are about something else. Where all are, the best passage's page still answers if it is
    about most of what was asked.
    """
    asked = read_sought(text, question, last_rank=last_rank)
    cheap = _without_vectors(quotes, asked)
    if not cheap:
        return []

    def with_vectors(some: Sequence[tuple[float, int]]) -> list[Scored]:
        vectors = known.of([embedding_text(prefix_of(quotes[place]), quotes[place].text) for _, place in some])
        return [
            _judged(
                quotes[place],
                score - _expected_cosine(quotes[place]) + WEIGHTS["cosine"] * float(vector @ of_question),
                vector,
                asked,
            )
            for (score, place), vector in zip(some, vectors, strict=True)
        ]

    is_blind = any(quote.hit.dense is None for quote in quotes)
    reach = WITHIN_REACH_BLIND if is_blind else WITHIN_REACH
    within = sum(score >= cheap[0][0] - reach for score, _ in cheap[:MAX_ENCODED])
    if within == 1 and not _rivals(cheap[1:], quotes, quotes[cheap[0][1]], question.facets):
        score, place = cheap[0]
        return [_judged(quotes[place], score, None, asked)]
    found = with_vectors(cheap[:within])
    first = min(found, key=_order).quote
    if rivals := _rivals(cheap[within:], quotes, first, question.facets):
        found += with_vectors(rivals)
    return sorted(found, key=_order)


def _judged(quote: Quote, score: float, vector: NDArray[np.float32] | None, asked: Sought) -> Scored:
    return Scored(
        quote=quote,
        score=round(score, 6),
        vector=vector,
        terms=terms_of(quote.text),
        subject=subject_of(quote),
        says_little=_says_little(quote, asked) or tells_an_opinion(quote.text),
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
        if not same_document(quotes[one[1]], best) and differ(best.text, quotes[one[1]].text, facets)
    ]


def _without_vectors(quotes: Sequence[Quote], asked: Sought) -> list[tuple[float, int]]:
    """Score and place of the quotes that look best before any is encoded, best first."""
    professional = {quote.hit.rank: is_for_professionals(quote) for quote in quotes}
    is_choice = not all(professional.values())
    best = max((quote.hit.score for quote in quotes), default=0.0)
    cheap: list[tuple[float, int]] = []
    for place, told in about(asked.question, quotes).items():
        quote = quotes[place]
        if is_names_label(quote.text.partition("\n")[0]) and Want.NAMES not in asked.wants:
            continue
        if is_glossed(quote.text) and not defines(quote.text, asked.thing, asked.question.weights):
            continue  # the definition of another word
        if answers_not(asked.text, quote, asked.wants):
            continue
        is_professional = is_choice and professional[quote.hit.rank]
        below = 1 - quote.hit.score / best if best > 0 else 0.0
        score = _cheap_score(quote, asked, told=told, is_professional=is_professional)
        score += WEIGHTS["below_best_hit"] * below
        cheap.append((score + _expected_cosine(quote), place))
    if asked.last_rank is not None and all(quotes[place].hit.rank > asked.last_rank for _, place in cheap):
        return []
    return sorted(cheap, key=lambda one: (-one[0], one[1]))[:MAX_LOOKED_AT]


def _order(one: Scored) -> tuple[float, int, int, int]:
    return -one.score, one.quote.hit.rank, one.quote.start_char, one.quote.end_char


def _on_facet(quote: Quote, facets: tuple[Facet, ...]) -> tuple[bool, bool]:
    """Whether a quote's headings announce what was asked, and whether its words have the form of an answer."""
    headings = quote.hit.passage.headings[-2:]
    return (
        any(heading_speaks_of(facet, heading) for facet in facets for heading in headings),
        any(sentence_speaks_of(facet, quote.text) for facet in facets),
    )


def _cheap_score(quote: Quote, asked: Sought, *, told: float, is_professional: bool) -> float:
    """A quote's score without the cosine; `told` is how much of the question's subject it says, 0 to 1."""
    question = asked.question
    of_heading, of_form = _on_facet(quote, question.facets)
    names_its_kind = asked.kind is not None and asked.kind.is_named_in(quote)
    core = quote.text if quote.is_list else quote.text[quote.core_start_char - quote.start_char :]
    parts = {
        "coverage": question.coverage(terms_of(quote.text)),
        "coverage_with_headings": question.coverage(terms_of(prefix_of(quote)) | terms_of(quote.text)),
        "reciprocal_rank": 1 / quote.hit.rank,
        "heading": of_heading,
        "form": of_form or names_its_kind,
        "kind": names_its_kind,
        "off_facet": bool(question.facets) and not (of_heading or of_form or names_its_kind),
        "list": quote.is_list
        and question.facets != (Facet.WHAT_IS,)
        and (not asked.is_closed or items_say(quote, asked.words)),
        "defines": _defines(quote, core, asked),
        "other_names": _other_names(question.names, subject_of(quote)),
        "professional": is_professional,
        "opinion": tells_an_opinion(quote.text),
        "research": not (asked.wants_research or Want.EFFECT in asked.wants)
        and tells_of_research(introduction_of(quote)),
        "want": meets(asked.wants, quote.text, quote.hit.passage.headings[-2:]),
        "says_little": _says_little(quote, asked),
        "tells_no_use": tells_no_use(introduction_of(quote), asked.wants),
        "unsaid": 1 - told,
        "procedure": defines(core, asked.procedure, question.weights),
        "conditional": not quote.is_list and is_conditional(quote.text),
        "advice": not asked.wants_advice and _advises(quote, asked),
        "narrows": narrows(narrowing_part(quote), asked.terms),
        "for_others": is_for_others(quote, asked.text, asked.terms),
        "narrowed_by_heading": narrowed_by_heading(quote, asked.terms),
        "read_on": asked.last_rank is not None and quote.hit.rank > asked.last_rank,
    }
    return sum(WEIGHTS[name] * value for name, value in parts.items())


def _other_names(names: Mapping[str, float], subject: frozenset[str]) -> float:
    """The share of a question's names that a quote's subject leaves out; "chemo" names chemotherapy."""
    said = subject | {name for name in names if any(is_short_for(name, term) for term in subject)}
    return 1 - share(names, said) if names else 0.0


def _advises(quote: Quote, asked: Sought) -> bool:
    """Whether a quote tells what to do; of a list what introduces it does, and that of symptoms ("Check with your
    doctor if you have:") is no advice to who asks for them, or for nothing.
    """
    if not quote.is_list:
        return advises(quote.text)
    is_advice = asked.asks and Facet.SYMPTOMS not in asked.question.facets
    return is_advice and advises(introduction_of(quote), is_list=True)


def _says_little(quote: Quote, asked: Sought) -> bool:
    if asked.wants_research:
        return False
    if not asked.is_closed and leaves_open(quote.text):
        return True
    return says_little(introduction_of(quote), quote.text, asked.wants, is_list=quote.is_list)


def _defines(quote: Quote, core: str, asked: Sought) -> float:
    """How well a quote defines what was asked for; a page that is known by that name too may use another."""
    if asked.abbreviation is not None and spells_out(quote.text, asked.abbreviation):
        return 1.0
    if quote.is_list or not asked.thing:
        return 0.0
    fit = defines(core, asked.thing, asked.question.weights)
    if fit or not asked.thing <= terms_of(page_name(quote.hit.document.metadata)):
        return fit
    title = terms_of(quote.hit.document.metadata.title) - FACET_TERMS
    return defines(core, title, asked.question.weights)
