"""Narrowing: what names a quote and limits it to some, where the question asks about all."""

from functools import lru_cache

from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import terms_of
from retriever.answers.wanted.subject_words import NO_SUBJECT, says
from retriever.questions.title_fit import page_name
from retriever.search.analyze import terms

MOST_WORDS = 3
"""So many words of a heading that the question does not have count as narrowing altogether."""

_NARROWING = tuple(
    frozenset(terms(words))
    for words in (
        "child children childhood kid kids baby infant infants teenager teen adolescents son daughter toddler "
        "boy girl pediatric",
        "pregnant pregnancy",
        "recurrent recurred recurs relapsed refractory recurrence",
        "metastatic metastasized advanced",
        "stage stages early late",
        "hiv aids",
        "favorable unfavorable resectable unresectable borderline",
        "partial",
        "syndrome",
        "trial trials study studies research advances",
    )
)
"""Groups of words, one of which in a heading says that what follows holds only for some, or only of some."""


def narrows(named: frozenset[str], asked: frozenset[str]) -> bool:
    """Whether what names a quote limits it to some, where the question does not."""
    return any(not group.isdisjoint(named) and group.isdisjoint(asked) for group in _NARROWING)


def narrowed_by_heading(quote: Quote, asked: frozenset[str]) -> float:
    """How far a quote's nearest heading limits it, 0 to 1: by words that neither question nor page's name has.

    A heading that is a sentence states something, and one that names a side of the subject narrows nothing.
    """
    (heading,) = quote.headings[-1:] or ("",)
    return _narrowed(heading, page_name(quote.hit.document.metadata), asked)


@lru_cache(maxsize=1_024)
def _narrowed(heading: str, page: str, asked: frozenset[str]) -> float:
    if heading.endswith((".", "?", "!", ":")):
        return 0.0
    words = terms_of(heading) - NO_SUBJECT - terms_of(page)
    return min(sum(not says(asked, word) for word in words), MOST_WORDS) / MOST_WORDS
