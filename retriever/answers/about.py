"""About: which quotes are about what was asked, and what of it they leave unsaid."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from retriever.answers.quote_subject import page_terms, prefix_of, subject_of, terms_of
from retriever.answers.quotes import Quote
from retriever.query import Hit
from retriever.questions.facets import Facet
from retriever.questions.leaning import ASIDE_TERMS
from retriever.questions.question import FACET_TERMS, SAYS_OF_SUBJECT, Question, holds, share
from retriever.questions.title_fit import page_name

HALF_NAMED = 0.5
MOST_UNSAID = 0.75
"""From this share of a question's subject on, a passage that does not say it is beside the point."""
NO_SUBJECT = FACET_TERMS | SAYS_OF_SUBJECT | ASIDE_TERMS
"""Terms that ask for a side of a subject, or hold a sentence together, and never are the subject."""
_LEAST_LETTERS = 3
_SAME_BEGINNING = 6


def about(question: Question, thing: frozenset[str], quotes: Sequence[Quote]) -> list[int]:
    """The places of the quotes that are about what was asked; `thing` holds the terms of what is to be defined."""
    pages = {quote.hit.rank: page_terms(quote) for quote in quotes}
    rarest = question.rarest_among(frozenset().union(*pages.values()))
    found = [
        place
        for place, quote in enumerate(quotes)
        if question.is_about(subject_of(quote))
        and rarest <= pages[quote.hit.rank]
        and _names(quote, question, thing)
    ]
    if found or not question.names:
        return found
    return [
        place
        for place, quote in enumerate(quotes)
        if quote.hit.rank == 1 and share(question.names, subject_of(quote)) >= HALF_NAMED
    ]


def _names(quote: Quote, question: Question, thing: frozenset[str]) -> bool:
    """Whether a quote or its headings hold the rarest word of what is to be defined, if anything is."""
    if question.is_long or not thing or question.facets not in ((), (Facet.WHAT_IS,)):
        return True
    rarest = max(thing, key=lambda term: (question.weights.get(term, 0.0), term))
    return holds(terms_of(f"{page_name(quote.hit.document.metadata)}\n{prefix_of(quote)}\n{quote.text}"), rarest)


def rarest_word(question: Question) -> str | None:
    """The rarest term of a question that can be its subject; None where it has none, or is a long message."""
    told = _subject_words(question)
    return max(told, key=lambda term: (told[term], term), default=None)


def leaves_unsaid(quote: Quote, word: str) -> bool:
    """Whether a term stands neither in a quote nor in its headings nor in its page's name."""
    hit = quote.hit
    return not says(
        terms_of("\n".join((page_name(hit.document.metadata), *hit.passage.headings, quote.text))), word
    )


def are_beside_the_point(question: Question, hits: Iterable[Hit]) -> bool:
    """Whether every passage, with its headings and its page's name, leaves most of the question's subject unsaid.

    One word tells nothing: a page may say it by another (myeloid for myelogenous).
    """
    told = _subject_words(question)
    return all(_leaves_most_unsaid(told, hit) for hit in hits)


def says(found: Collection[str], word: str) -> bool:
    """Whether a term is among these, or one that begins alike: sexual for sex, radioactive for radiation."""
    return word in found or any(_begin_alike(word, term) for term in found)


def _subject_words(question: Question) -> dict[str, float]:
    if question.is_long:
        return {}
    return {
        term: weight
        for term, weight in question.weights.items()
        if len(term) >= _LEAST_LETTERS and term not in NO_SUBJECT and not term.isdigit()
    }


def _leaves_most_unsaid(told: Mapping[str, float], hit: Hit) -> bool:
    found = terms_of("\n".join((page_name(hit.document.metadata), *hit.passage.headings, hit.passage.text)))
    unsaid = [weight for term, weight in told.items() if not says(found, term)]
    return len(unsaid) > 1 and sum(unsaid) >= MOST_UNSAID * sum(told.values())


def _begin_alike(one: str, other: str) -> bool:
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(shorter) >= _LEAST_LETTERS and longer.startswith(shorter):
        return True
    return len(shorter) >= _SAME_BEGINNING and one[:_SAME_BEGINNING] == other[:_SAME_BEGINNING]
