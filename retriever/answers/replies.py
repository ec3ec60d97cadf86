"""Replies: a "No." or "Yes." before a sentence answers the heading of its section, not whoever finds it there."""

import re
from collections.abc import Mapping
from dataclasses import replace

from retriever.answers.quote_subject import terms_of
from retriever.answers.quotes import Quote
from retriever.answers.standing import is_statement, leans_on_another
from retriever.questions.question import share

SAME_QUESTION = 0.75
"""Share of a question's idf mass that a heading holds, from which both ask the same.

That of the subject alone is not enough: "No." to "Is it dangerous?" is wrong for "Is it safe?".
"""
_REPLY = re.compile(r"(?:No|Yes)[.!]\s+(?=[^\W\d_a-z])")
_CLOSED = re.compile(
    r"(?:is|are|was|were|am|do|does|did|can|could|should|will|would|has|have|had|may|might|must)\b", re.IGNORECASE
)


def without_reply(quote: Quote, question: str, weights: Mapping[str, float]) -> Quote | None:
    """The quote as the question may hear it; None where it does not stand alone without its reply.

    `weights` holds the idf of the question's terms. A question that asks what the heading asks hears the reply.
    """
    reply = _REPLY.match(quote.text)
    if reply is None or _asks_the_same(question, weights, quote.hit.passage.headings[-1:]):
        return quote
    said = quote.text[reply.end() :]
    if leans_on_another(said) or not (quote.is_list or is_statement(said)):
        return None
    start = quote.start_char + reply.end()
    return replace(quote, start_char=start, core_start_char=max(start, quote.core_start_char), text=said)


def _asks_the_same(question: str, weights: Mapping[str, float], headings: tuple[str, ...]) -> bool:
    return _CLOSED.match(question) is not None and any(
        heading.endswith("?")
        and _CLOSED.match(heading) is not None
        and share(weights, terms_of(heading)) >= SAME_QUESTION
        for heading in headings
    )
