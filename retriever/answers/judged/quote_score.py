"""Quote score: what speaks for a quote as the answer to a question, and what against it."""

from collections.abc import Mapping

from retriever.answers.judged.advice import advises, is_conditional
from retriever.answers.judged.definitions import defines
from retriever.answers.judged.list_items import items_say
from retriever.answers.judged.narrowing import narrowed_by_heading, narrows
from retriever.answers.judged.reported import leaves_open, tells_an_opinion, tells_of_research
from retriever.answers.judged.saying_little import says_little
from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import narrowing_part, subject_of, terms_of
from retriever.answers.wanted.sought import Sought
from retriever.answers.wanted.want_patterns import Want
from retriever.answers.wanted.wants import meets
from retriever.questions.facets import Facet, heading_speaks_of, sentence_speaks_of
from retriever.questions.question import FACET_TERMS, share
from retriever.questions.title_fit import page_name
from retriever.search.analyze import is_short_for

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
    "off_facet": -0.1,
    "other_names": -0.15,
    "professional": -0.12,
    "opinion": -0.2,
    "research": -0.1,
    "want": 0.15,
    "says_little": -0.3,
    "unsaid": -0.2,
    "narrowed_by_heading": -0.05,
    "read_on": -0.08,
    "narrows": -0.07,
    "conditional": -0.05,
    "advice": -0.07,
}
"""What each part of a quote's score counts. `below_best_hit`: how far its passage scores below the best one.
`passage_cosine` stands for `cosine` until that is known.
"""


def score_without_cosine(
    quote: Quote, sought: Sought, *, told: float, is_professional: bool, is_read_on: bool
) -> float:
    """A quote's score by its words alone, without its passage's; `told` is how much of the question's subject it
    says, 0 to 1. It is professional where others are not, and read on for where its passage was not found itself.
    """
    question = sought.question
    said = terms_of(quote.text)
    of_heading, of_form = _on_facet(quote, sought.facets)
    names_its_kind = sought.kind is not None and sought.kind.is_named_in(quote)
    parts = {
        "coverage": question.coverage(said),
        "coverage_with_headings": question.coverage(terms_of(quote.prefix) | said),
        "reciprocal_rank": 1 / quote.hit.rank,
        "heading": of_heading,
        "form": of_form or names_its_kind,
        "off_facet": bool(sought.facets) and not (of_heading or of_form or names_its_kind),
        "list": _is_fitting_list(quote, sought),
        "defines": _defines(quote, sought),
        "other_names": _other_names(question.names, subject_of(quote)),
        "professional": is_professional,
        "opinion": tells_an_opinion(quote.text),
        "research": not (sought.asks_for_research or Want.EFFECT in sought.wants)
        and tells_of_research(quote.introduction),
        "want": meets(sought.wants, quote.text, quote.headings),
        "says_little": is_little(quote, sought),
        "unsaid": 1 - told,
        "conditional": not quote.is_list and is_conditional(quote.text),
        "advice": not sought.asks_for_advice and _advises(quote, sought),
        "narrows": narrows(narrowing_part(quote), sought.terms),
        "narrowed_by_heading": narrowed_by_heading(quote, sought.terms),
        "read_on": is_read_on,
    }
    return sum(WEIGHTS[name] * value for name, value in parts.items())


def is_little(quote: Quote, sought: Sought) -> bool:
    """Whether a quote says too little of what was asked to be added to a better one."""
    if sought.asks_for_research:
        return False
    if not sought.is_closed and leaves_open(quote.text):
        return True
    return says_little(quote, sought.wants)


def _on_facet(quote: Quote, facets: tuple[Facet, ...]) -> tuple[bool, bool]:
    """Whether a quote's headings announce what was asked, and whether its words have the form of an answer."""
    return (
        any(heading_speaks_of(facet, heading) for facet in facets for heading in quote.headings),
        any(sentence_speaks_of(facet, quote.text) for facet in facets),
    )


def _is_fitting_list(quote: Quote, sought: Sought) -> bool:
    """Whether a quote is a list to a question that a list may answer."""
    if not quote.is_list or sought.facets == (Facet.WHAT_IS,):
        return False
    return not sought.is_closed or items_say(quote, sought.words)


def _other_names(names: Mapping[str, float], subject: frozenset[str]) -> float:
    """The share of a question's names that a quote's subject leaves out; "chemo" names chemotherapy."""
    if not names:
        return 0.0
    unsaid = names.keys() - subject
    said = subject | {name for name in unsaid if any(is_short_for(name, term) for term in subject)}
    return 1 - share(names, said)


def _advises(quote: Quote, sought: Sought) -> bool:
    """Whether a quote tells what to do; of a list what introduces it does, and that of symptoms ("Check with your
    doctor if you have:") is no advice to who asks for them, or for nothing.
    """
    if not quote.is_list:
        return advises(quote.text)
    is_advice = sought.asks and Facet.SYMPTOMS not in sought.facets
    return is_advice and advises(quote.introduction, is_list=True)


def _defines(quote: Quote, sought: Sought) -> float:
    """How well a quote defines what was asked for; a page that is known by that name too may use another."""
    if quote.is_list or not sought.thing:
        return 0.0
    weights = sought.question.weights
    fit = defines(quote.core, sought.thing, weights)
    if fit or not sought.thing <= terms_of(page_name(quote.hit.document.metadata)):
        return fit
    title = terms_of(quote.hit.document.metadata.title) - FACET_TERMS
    return defines(quote.core, title, weights)
