"""Advice: quotes that tell their reader what to do, or hold only in a case of their own."""

import re

from retriever.late_pattern import late_pattern

_ADVICE = late_pattern(
    r"(?:try|talk|ask|eat|drink|use|take|get|rest|stay|keep|avoid|choose|let|plan|join|be|go|tell|share|remember"
    r"|make"
    r"|limit|wear|call|write|check|learn)\b",
    re.IGNORECASE,
)
_TIPS = late_pattern(r"(?:\w+ ){0,5}?(?:ways|tips|steps)\b", re.IGNORECASE)
_CASE = late_pattern(
    r"(?:even )?(?:if|unless|when|once)\b|(?:for|in|among) (?:one|some|certain|rare|a few|patients|people|women"
    r"|men)\b(?! (?:\w+ ){0,2}(?:study|studies|trials?|analysis|survey|review)\b)",
    re.I,
)


def advises(quote: str, *, is_list: bool = False) -> bool:
    """Whether a quote tells its reader what to do; of a list what introduces it says so ("Ways to ...")."""
    return _ADVICE.match(quote) is not None or (is_list and _TIPS.match(quote) is not None)


def is_conditional(quote: str) -> bool:
    """Whether a quote begins with the case in which alone it holds."""
    return _CASE.match(quote) is not None
