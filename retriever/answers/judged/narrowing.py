"""Narrowing: what names a quote and limits it to some, where the question asks about all."""

from functools import lru_cache

from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import terms_of
from retriever.answers.wanted.sought import Sought
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


_OPPOSED = tuple(
    (frozenset(terms(own)), frozenset(terms(other)))
    for own, other in (
        (
            "man men male husband boyfriend dad father son brother uncle grandfather grandpa boy boys guy guys",
            "woman women female females girl girls menstrual menopause postmenopausal premenopausal",
        ),
        (
            "woman women female females wife girlfriend mum mom mother sister aunt grandmother grandma girl girls",
            "man men male males boy boys",
        ),
        ("child children childhood kid kids baby infant toddler pediatric", "adult adults"),
        ("adult adults", "child children childhood pediatric infant infants"),
    )
)
"""Words for whom a question is about, each with words for others, for whom alone an answer may be meant."""


@lru_cache(maxsize=256)
def _opposed(asked: frozenset[str]) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """Words for whom a question with these terms is about, each with those for others."""
    return tuple((own, others) for own, others in _OPPOSED if asked & own and not asked & others)


def is_below_a_heading_for_others(quote: Quote, sought: Sought) -> bool:
    """Whether a quote's headings say that it holds for others than a question names ("Female Breast Cancer Risks"
    to who asks about a man), and neither they nor the quote name those.
    """
    opposed = _opposed(sought.terms)
    if not opposed or sought.question.is_long:
        return False
    above = terms_of("\n".join(quote.headings))
    said = above | terms_of(quote.text)
    return any(not others.isdisjoint(above) and own.isdisjoint(said) for own, others in opposed)


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
