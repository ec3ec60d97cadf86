"""Neighbours: quotes about another of the kind that a question narrows, as page names tell."""

from collections.abc import Mapping

from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import terms_of
from retriever.answers.wanted.subject_words import says
from retriever.questions.kinds import Kinds
from retriever.questions.title_fit import page_name


def names_a_neighbour(
    quote: Quote, narrowed: Mapping[str, frozenset[str]], kinds: Kinds, *, of_effect: bool = False
) -> bool:
    """Whether a quote names another of the kind that a question narrows, and nothing near it the one asked.

    "Hair products and endometrial cancer" is about a neighbour to who asks about dyes and bladder cancer.
    `narrowed` is what the question narrows, see `Kinds.narrowed`. Where it asks for an effect on one of the kind,
    only the quote and its own heading tell on which: a page on that one, too, tells of effects on others.
    """
    if narrowed.keys().isdisjoint(terms_of(quote.introduction)):
        return False
    told = kinds.narrowed(quote.introduction)
    above = quote.headings[-1:] if of_effect else (page_name(quote.hit.document.metadata), quote.prefix)
    near = terms_of("\n".join((*above, quote.text)))
    return any(
        told.get(kind) and not told[kind] & ours and not any(says(near, term) for term in ours)
        for kind, ours in narrowed.items()
    )
