"""Wants: what a question asks for more closely than its facet says, and whether a quote speaks to it.

"Is it hereditary?" and "Who is at risk?" ask for the causes of a disease, and are answered by different sentences.
Only the choice of quotes goes by these; what is found does not depend on them.
"""

import re
from collections.abc import Sequence

from retriever.answers.wanted.want_patterns import PATTERNS, Want
from retriever.late_pattern import late_pattern

_ASKS_FOR_ADVICE = late_pattern(
    r"\b(?:how (?:do|can|should|could|to|will)|what (?:should|to|can|could|do|helps?)|where|should|tips|advice"
    r"|help|cope|coping|(?:can|may) (?:i|we|he|she|they))\b",
    re.IGNORECASE,
)
_ASKS_FOR_RESEARCH = late_pattern(
    r"\b(?:stud(?:y|ies)|trials?|research\w*|evidence|findings|investigat\w*|approv\w*|FDA|results?)\b",
    re.IGNORECASE,
)
_ASKING = late_pattern(r"[^.?!]+\?")


def wants_of(question: str) -> tuple[Want, ...]:
    """What a question wants, in a fixed order; of a message, what its sentences with a question mark want."""
    asking = " ".join(_ASKING.findall(question)) or question
    wants = tuple(want for want, patterns in PATTERNS.items() if patterns.question.search(asking))
    return tuple(want for want in wants if want is not Want.TREATMENTS) if Want.UNTREATED in wants else wants


def meets(wants: Sequence[Want], quote: str, headings: Sequence[str]) -> float:
    """The share of the wants that a quote's words speak to, 0 to 1; a heading that does counts half."""
    if not wants:
        return 0.0
    met = 0.0
    for want in wants:
        patterns = PATTERNS[want]
        announced = patterns.heading is not None and any(map(patterns.heading.search, headings))
        met += 1.0 if patterns.quote.search(quote) else 0.5 * announced
    return met / len(wants)


def asks_for_advice(question: str) -> bool:
    """Whether a question wants to be told what to do."""
    return _ASKS_FOR_ADVICE.search(question) is not None


def asks_for_research(question: str) -> bool:
    """Whether a question wants to hear of studies."""
    return _ASKS_FOR_RESEARCH.search(question) is not None
