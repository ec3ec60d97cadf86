"""Neighbours: whether a quote is about another of the kind that a question narrows, as page names tell."""

from collections.abc import Iterable

from retriever.answers.about import says
from retriever.answers.quote_subject import introduction_of, prefix_of, terms_of
from retriever.answers.quotes import Quote
from retriever.questions.kinds import Kinds
from retriever.questions.title_fit import page_name


class Neighbours:
    """The kinds of one collection, ready to be held against quotes. Safe to share between threads."""

    def __init__(self, names: Iterable[str]) -> None:
        """Reads the names of all pages once, see `page_name`."""
        self._kinds = Kinds(names)

    def is_named_in(self, quote: Quote, question: str) -> bool:
        """Whether a quote names another of the kind that a question narrows, and nothing near it the one asked.

        "Hair products and endometrial cancer" is about a neighbour to who asks about dyes and bladder cancer.
        """
        wanted = self._kinds.narrowed(question)
        if not wanted:
            return False
        told = self._kinds.narrowed(introduction_of(quote))
        near = terms_of(f"{page_name(quote.hit.document.metadata)}\n{prefix_of(quote)}\n{quote.text}")
        return any(
            told.get(kind) and not told[kind] & ours and not any(says(near, term) for term in ours)
            for kind, ours in wanted.items()
        )
