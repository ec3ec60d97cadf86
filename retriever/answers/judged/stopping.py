"""Stopping: what stands below a heading such as "Never stop suddenly" and does not name the thing again."""

from collections.abc import Iterable, Mapping, Sequence

from retriever.answers.judged.subject_told import passage_terms
from retriever.answers.quotable.quote import Quote
from retriever.answers.wanted.subject_words import says
from retriever.questions.facets import Facet, heading_speaks_of, sentence_speaks_of


def below_a_heading_on_stopping(
    words: Iterable[str], quotes: Sequence[Quote], kept: Iterable[Quote]
) -> Mapping[int, float]:
    """The places of the first passage's quotes, each as telling the whole subject (1.0), for who asks about
    stopping.

    Only where no quote that was kept so far speaks of that, the passage's own heading does, and the passages of
    its page name all these words of the question together; else none.
    """
    if not quotes or any(map(_is_on_stopping, kept)):
        return {}
    first = min(quotes, key=lambda quote: quote.hit.rank).hit
    if not any(heading_speaks_of(Facet.STOPPING, heading) for heading in first.passage.headings[-1:]):
        return {}
    page = {quote.hit.rank: quote.hit for quote in quotes if quote.document_id == first.document.document_id}
    found = frozenset[str]().union(*map(passage_terms, page.values()))
    if not all(says(found, word) for word in words):
        return {}
    return {place: 1.0 for place, quote in enumerate(quotes) if quote.hit.rank == first.rank}


def _is_on_stopping(quote: Quote) -> bool:
    """Whether a quote's own words or its nearest headings speak of stopping."""
    return sentence_speaks_of(Facet.STOPPING, quote.text) or any(
        heading_speaks_of(Facet.STOPPING, heading) for heading in quote.hit.passage.headings[-2:]
    )
