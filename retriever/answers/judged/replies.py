"""Replies: a "No." or "Yes." before a sentence answers the heading of its section, not whoever finds it there."""

import re
from dataclasses import replace

from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.standing_alone import is_statement, leans_on_another

_REPLY = re.compile(r"(?:No|Yes)[.!]\s+(?=[^\W\d_a-z])")


def without_reply(quote: Quote) -> Quote | None:
    """The quote behind its reply; None where it does not stand alone without it.

    "No." to "Is it dangerous?" is wrong for "Is it safe?".
    """
    reply = _REPLY.match(quote.text)
    if reply is None:
        return quote
    said = quote.text[reply.end() :]
    if leans_on_another(said) or not (quote.is_list or is_statement(said)):
        return None
    start = quote.start_char + reply.end()
    return replace(quote, start_char=start, core_start_char=max(start, quote.core_start_char), text=said)
