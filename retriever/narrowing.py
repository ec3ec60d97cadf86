"""Narrowing: what names a quote and limits it to some, where the question asks about all."""

from retriever.analyze import terms

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
    return any(named & group and not asked & group for group in _NARROWING)
