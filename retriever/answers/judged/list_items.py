"""List items: what the items of a list say of a question's words that what introduces them does not."""

from collections.abc import Collection, Mapping

from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import terms_of
from retriever.answers.wanted.subject_words import says
from retriever.questions.title_fit import page_name

LEAST_SAID = 0.3
"""What its items have to say of all of a question's words, by their idf, beyond what its introduction does."""


def items_say(quote: Quote, words: Mapping[str, float]) -> bool:
    """Whether the items of a list say enough of a question's words that its page's name and introduction do not.

    True of a long message, of whose words none are known to count.
    """
    if not quote.is_list:
        return False
    said = terms_of(quote.items)
    return weight_said(said, unsaid_words(quote, words)) >= LEAST_SAID * sum(words.values())


def unsaid_words(quote: Quote, words: Mapping[str, float]) -> dict[str, float]:
    """Those of these words that neither a list's page's name nor its introduction says."""
    near = terms_of(f"{page_name(quote.hit.document.metadata)}\n{quote.introduction}")
    return {word: weight for word, weight in words.items() if not says(near, word)}


def weight_said(said: Collection[str], words: Mapping[str, float]) -> float:
    """What those of these words weigh that are said."""
    return sum(weight for word, weight in words.items() if says(said, word))
