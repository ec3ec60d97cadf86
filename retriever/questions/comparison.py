"""Comparisons: the two things that a question wants told apart, by what alone each of them is named."""

import re
from dataclasses import dataclass

from retriever.late_pattern import late_pattern
from retriever.search.analyze import terms

_THING = r"(?:an?\s+|the\s+)?(?P<{}>[^?.!;]+?)"
_ONE, _OTHER, _END = _THING.format("one"), _THING.format("other"), r"\s*(?:[?.!;].*)?\Z"
_FORMS = tuple(
    late_pattern(form + _END, re.IGNORECASE | re.DOTALL)
    for form in (
        rf".*\bdifferences?\s+between\s+{_ONE}\s+(?:and|or|versus|vs\.?)\s+{_OTHER}",
        rf".*\bhow\s+(?:do|does|is|are)\s+{_ONE}\s+(?:differ(?:ent)?\s+(?:from|to|than)|compared?\s+(?:to"
        rf"|with))\s+{_OTHER}",
        rf".*\b(?:is|are)\s+{_ONE}\s+(?:the\s+same(?:\s+thing)?\s+as|different\s+(?:from|than|to))\s+{_OTHER}",
        rf"(?:.*\bcompare\s+){_ONE}\s+(?:and|with|to|versus|vs\.?)\s+{_OTHER}",
        rf"(?:.*[?.!,:;]\s+)?(?:what is better,?\s+)?{_ONE}\s+(?:versus|vs\.?)\s+{_OTHER}",
    )
)
_LONGEST = 300
"""Characters; in a longer message what is compared is by the way."""
_MOST_WORDS = 8
_UNNAMED = late_pattern(r"(?:others?|it|that|this|them|those|these)\b", re.IGNORECASE)
_CONTRASTS = late_pattern(
    r"\b(?:differ\w*|unlike|than|while|whereas|but|both|two|types?|like|same|instead|compared|rather|however"
    r"|either|not)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sides:
    """Two things that are compared: their names, and the terms of each name that the other has not."""

    one: str
    other: str
    only_one: frozenset[str]
    only_other: frozenset[str]


def compared(question: str) -> Sides | None:
    """What a question compares; None where it compares nothing, or a thing with itself.

    A noun that is said once belongs to both: "stage 2 and stage 3 lung cancer".
    """
    if len(question) > _LONGEST:
        return None
    found = next(filter(None, (form.match(question) for form in _FORMS)), None)
    if found is None:
        return None
    one, other = found["one"].split(), found["other"].split()
    if max(len(one), len(other)) > _MOST_WORDS or _UNNAMED.match(found["other"]):
        return None
    if len(one) < len(other):
        one += other[len(one) :]
    ours, theirs = frozenset(terms(" ".join(one))), frozenset(terms(" ".join(other)))
    if ours == theirs:
        return None
    return Sides(" ".join(one), " ".join(other), ours - theirs, theirs - ours)


def contrasts(sentence: str) -> bool:
    """Whether a sentence sets two things against each other, as far as its words tell."""
    return _CONTRASTS.search(sentence) is not None
