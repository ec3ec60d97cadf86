"""Stopping: what a page says of it, by whatever words, and quotes that do not speak of it to who asks about it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from retriever.answers.judged.subject_told import passage_terms
from retriever.answers.quotable.quote import Quote
from retriever.answers.wanted.sought import Sought
from retriever.answers.wanted.subject_words import says
from retriever.late_pattern import late_pattern
from retriever.questions.facets import Facet, heading_speaks_of, sentence_speaks_of

_ASKS_ON_STOPPING = late_pattern(
    r"(?<!how )\b(?:can|could|should|may|must|do|does|safe|ok|okay|happens?|if|when|is|are)\b[^.?!]*?"
    r"\b(?:stop(?:ped|ping|s)?|com(?:e|ing) off|quit(?:ting)?|discontinu\w*|paus\w*|holiday)\b"
    r"(?! (?:working|having|being|\d)| (?:\w+ ){1,3}(?:from|com|get|spread|return|grow)\w*)",
    re.IGNORECASE,
)
_MISSED = late_pattern(r"\b(?:forg[eo]t\w*|miss(?:ed|ing)?|late|delay\w*|overdue|skip\w*)\b", re.IGNORECASE)
_ON_STOPPING = late_pattern(
    r"\b(?:stop\w*|quit\w*|com(?:e|ing) off|discontinu\w*|holiday|paus\w*|end(?:s|ed|ing)?|withdr[ae]w\w*|taper\w*"
    r"|last (?:injection|dose)|carry on|go(?:es)? on|(?:continue|keep) (?:on )?(?:to take|taking|treatment)"
    r"|interrupt\w*|leave out|(?:for|after) (?:\w+ ){0,2}(?:years|months)"
    r"|reduc(?:e|ing) (?:only|slowly|the dose|your dose))\b",
    re.IGNORECASE,
)


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


def leaves_stopping_unsaid(quote: Quote, sought: Sought) -> bool:
    """Whether a question is about stopping something and neither a quote nor its headings speak of that.

    What to do about a missed dose is no answer to it.
    """
    return _asks_on_stopping(sought.text) and not any(map(_ON_STOPPING.search, (quote.text, *quote.headings)))


def _is_on_stopping(quote: Quote) -> bool:
    """Whether a quote's own words or its nearest headings speak of stopping."""
    return sentence_speaks_of(Facet.STOPPING, quote.text) or any(
        heading_speaks_of(Facet.STOPPING, heading) for heading in quote.hit.passage.headings[-2:]
    )


@lru_cache(maxsize=256)
def _asks_on_stopping(question: str) -> bool:
    """Whether a question is about stopping something that is taken or done, and not about what was missed."""
    return _ASKS_ON_STOPPING.search(question) is not None and _MISSED.search(question) is None
