"""Quote subject: what a quote is about: its page, its headings and what introduces it, as terms."""

from functools import lru_cache

from retriever.answers.quotable.quote import Quote
from retriever.provenance.audience import Audience, audience_of
from retriever.query import Hit
from retriever.questions.title_fit import page_name
from retriever.search.analyze import terms


def is_for_professionals(hit: Hit) -> bool:
    """Whether a hit's page is written for health professionals."""
    return audience_of(hit.document) is Audience.PROFESSIONAL


def subject_of(quote: Quote) -> frozenset[str]:
    """The terms that say what a quote is about: its page's, its headings', its own or those before a list."""
    return terms_of(f"{page_name(quote.hit.document.metadata)}\n{quote.prefix}\n{quote.introduction}")


def page_terms(hit: Hit) -> frozenset[str]:
    """The terms of a hit's page's name."""
    return terms_of(page_name(hit.document.metadata))


def narrowing_part(quote: Quote) -> frozenset[str]:
    """The terms by which a quote may hold only for some: of its page's title, nearest heading, list's lead-in."""
    said = (quote.hit.document.metadata.title, *quote.hit.passage.headings[-1:])
    return terms_of("\n".join((*said, quote.introduction) if quote.is_list else said))


@lru_cache(maxsize=16_384)
def terms_of(text: str) -> frozenset[str]:
    """The terms of a stretch of the collection, remembered: the same quotes and page names are looked at often."""
    return frozenset(terms(text))
