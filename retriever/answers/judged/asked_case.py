"""Asked case: whether a quote tells of another one: of a group, of an opposite result, of one use among others."""

import re

from retriever.answers.quotable.quote import Quote
from retriever.answers.wanted.sought import Sought
from retriever.late_pattern import late_pattern

_GROUP = late_pattern(
    r"\b(?:wom[ae]n|m[ae]n|people|persons?|patients|those|adults|participants|anyone|everyone|i am|i['’]?m)"
    r" (?:who (?:are|were) )?(?:ages? (?:of )?|aged |under |over |below |above |younger than |older than )+\d"
    r"|\b(?:pre|post)-?menopausal\b|\b(?:before|after) (?:the )?menopause\b|\bcarriers?\b"
    r"|\b(?:children|infants|adolescents|babies)\b",
    re.IGNORECASE,
)
"""What a fact is restricted to."""
_DENIES = late_pattern(r"\b(?:not|no|never|neither|nor|without)\b|n['’]t\b", re.IGNORECASE)
_ASKED_WELL = late_pattern(
    r"(?:\b(?:an?|is|was|are|were|came back|with|had|my|if) |^)(?:normal|negative|clear)\b(?! to\b)"
    r"|\b(?:can|could|do|does) [\w ]{1,20}?\b(?:have|get|be|got)\b.*\b(?:without|with no)\b|\bpainless\b",
    re.IGNORECASE,
)
"""A result or state that shows nothing wrong."""
_TELLS_WELL = late_pattern(
    r"\b(?:normal\w*|negatives?|never|none|(?:no|without) (?:\w+ ){0,2}(?:signs?|symptoms?|pain|change|lump|blood)"
    r"|cannot|false\w*|miss(?:ed|es)?|rul(?:e|es|ed|ing) out|painless|unnoticed|silent|even (?:if|when)"
    r"|(?:may|might|can) not|not (?:always|all|every|mean|cause|have|show|find|noticed))\b",
    re.IGNORECASE,
)
_ASKS_IF_ONLY = late_pattern(
    r"\b(?:is|are|was|does|do|did|can) (?!(?:i|we|he|she|my)\b)[\w'’ -]{2,40}?\b(?:only|just|solely)\b",
    re.IGNORECASE,
)
_TELLS_OF_MORE = late_pattern(r"\b(?:also|only|as well|not (?:just|all)|besides|always)\b", re.IGNORECASE)


def is_on_another_case(quote: Quote, sought: Sought) -> bool:
    """Whether yes or no is asked, and a quote denies it for a group that the question does not name, leaves out
    the result that shows nothing wrong, or tells of one use to who asks whether there are others.
    """
    if not sought.is_closed or sought.question.is_long:
        return False
    if _GROUP.search(quote.core) and _DENIES.search(quote.core) and not _GROUP.search(sought.text):
        return not quote.is_list
    if _ASKED_WELL.search(sought.text) and not _TELLS_WELL.search(quote.text):
        return True
    return (
        _ASKS_IF_ONLY.search(sought.text) is not None
        and not quote.is_list
        and not _TELLS_OF_MORE.search(quote.text)
    )
