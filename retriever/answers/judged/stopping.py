"""Stopping: quotes that do not speak of it, to who asks about it."""

import re
from functools import lru_cache

from retriever.answers.quotable.quote import Quote
from retriever.answers.wanted.asked_facets import stops_from
from retriever.answers.wanted.sought import Sought
from retriever.late_pattern import late_pattern

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


def leaves_stopping_unsaid(quote: Quote, sought: Sought) -> bool:
    """Whether a question is about stopping something and neither a quote nor its headings speak of that.

    What to do about a missed dose is no answer to it.
    """
    return _asks_on_stopping(sought.text) and not any(map(_ON_STOPPING.search, (quote.text, *quote.headings)))


@lru_cache(maxsize=256)
def _asks_on_stopping(question: str) -> bool:
    """Whether a question is about stopping something that is taken or done, not about what was missed, and not
    about what stops something else.
    """
    is_other = _MISSED.search(question) is not None or stops_from(question)
    return _ASKS_ON_STOPPING.search(question) is not None and not is_other
