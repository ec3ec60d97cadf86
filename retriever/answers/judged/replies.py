"""Replies: a "No." or "Yes." before a sentence answers the heading of its section, not whoever finds it there."""

import re
from dataclasses import replace

from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import terms_of
from retriever.answers.quotable.standing_alone import is_statement, leans_on_another
from retriever.answers.wanted.closed import begins_with_its_verb
from retriever.answers.wanted.sought import Sought
from retriever.questions.question import share

SAME_QUESTION = 0.75
"""Share of a question's idf mass that a heading holds, from which both ask the same.

That of the subject alone is not enough: "No." to "Is it dangerous?" is wrong for "Is it safe?".
"""
_REPLY = re.compile(r"(?:No|Yes)[.!]\s+(?=[^\W\d_a-z])")


def without_reply(quote: Quote, sought: Sought) -> Quote | None:
    """The quote as the question may hear it; None where it does not stand alone without its reply.

    A question that asks what the heading asks hears the reply.
    """
    reply = _REPLY.match(quote.text)
    if reply is None or any(_asks_the_same(sought, heading) for heading in quote.headings[-1:]):
        return quote
    said = quote.text[reply.end() :]
    if leans_on_another(said) or not (quote.is_list or is_statement(said)):
        return None
    start = quote.start_char + reply.end()
    return replace(quote, start_char=start, core_start_char=max(start, quote.core_start_char), text=said)


def _asks_the_same(sought: Sought, heading: str) -> bool:
    return (
        sought.begins_with_its_verb
        and heading.endswith("?")
        and begins_with_its_verb(heading)
        and share(sought.question.weights, terms_of(heading)) >= SAME_QUESTION
    )
