"""Named asked: whether a quote is on the thing that a question names, and on what is asked of it."""

import re

from retriever.answers.judged.subject_told import passage_terms
from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import page_terms, subject_of, terms_of
from retriever.answers.wanted.sought import Sought
from retriever.answers.wanted.subject_words import says
from retriever.answers.wanted.want_patterns import Want
from retriever.answers.wanted.wants import meets
from retriever.questions.facets import Facet, sentence_speaks_of
from retriever.search.analyze import terms

LEADING = 8
"""So many first terms of a sentence are read for the name of what it is about."""
_OTHERS = re.compile(
    r"\b(?:instead|other|others|else|alternativ\w*|besides|switch\w*|another|rather|without|better|compare\w*|or)\b",
    re.IGNORECASE,
)
"""Who asks so wants to hear of others."""
_SAFE = re.compile(r"\bsafe\b", re.IGNORECASE)


def is_on_a_rival(quote: Quote, sought: Sought) -> bool:
    """Whether a quote, or its page, names another thing of one kind with the one asked, and neither names that one
    nor what it is a kind of.
    """
    named = sought.named
    if not named.siblings or sought.question.is_long or sought.kind is not None or _OTHERS.search(sought.text):
        return False
    page = page_terms(quote.hit)
    if not named.kinds.keys().isdisjoint(named.told(subject_of(quote) | terms_of(quote.text), page)):
        return False
    if named.has_rival(terms(quote.core)[:LEADING]):
        return True
    return named.has_rival(page) and named.kinds.keys().isdisjoint(named.told(passage_terms(quote.hit), page))


def leaves_what_is_asked_of_it_unsaid(quote: Quote, sought: Sought) -> bool:
    """Whether yes or no is asked of a named thing and of another ("does X damage the heart?"), and a quote says
    nothing of that: what X is used for is no answer.
    """
    named = sought.named
    if not named.things or not sought.is_closed or sought.stands:
        return False
    asks_if_safe = _SAFE.search(sought.text) is not None
    is_ruled = Want.ALLOWED in sought.wants and not asks_if_safe and meets((Want.ALLOWED,), quote.text, ())
    is_on_stopping = Facet.STOPPING in sought.facets and sentence_speaks_of(Facet.STOPPING, quote.text)
    others = [word for word in sought.words if word not in named.things]
    said = terms_of("\n".join((quote.text, *quote.headings)))
    if others and not (is_ruled or is_on_stopping) and not any(says(said, word) for word in others):
        return True
    return asks_if_safe and named.things.isdisjoint(named.told(passage_terms(quote.hit), page_terms(quote.hit)))
