"""Asked kinds: what a question wants one of ("which virus ...") or counted ("how many ..."), and who names it."""

import re
from dataclasses import dataclass

from retriever.answers.quotable.quote import Quote
from retriever.late_pattern import late_pattern
from retriever.questions.question import FACET_TERMS
from retriever.search.analyze import terms, words

_KIND = late_pattern(
    r"\b(?:what|which)\s+(?:(?:kinds?|types?|sorts?) of\s+)?(?P<kind>[^\W\d_][\w-]*)", re.IGNORECASE
)
_COUNTED = late_pattern(
    r"\bhow many (?:\w+ (?=\w+ (?:are|is|do|does|will|can)\b))?(?P<kind>[^\W\d_][\w-]*)", re.IGNORECASE
)
_NO_KIND = late_pattern(
    r"(?:is|are|was|were|am|be|been|do|does|did|can|could|should|shall|will|would|has|have|had|may|might|must|to|if|of"
    r"|i|you|he|she|it|we|they|the|an?|my|your|his|her|its|our|their|this|that|these|those|and|or|but|not|about"
    r"|happen(?:s|ed)?|causes?|caused|helps?|makes?|made|works|else|exactly|kinds?|types?|ones?|ways?|s|research"
    r"|information|advice)\Z"
)
"""What stands behind "what" and is no kind, or none that has a name."""
_SHORT = 4
"""A kind of so many letters ends other words by chance."""
_NUMBER = r"(?:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten|dozens|hundreds|thousands)"
_NO_NAME = (
    r"an?|the|this|that|these|those|some|any|other|another|many|most|more|several|of|and|or|by|in|on|with|without"
    r"|no|not|each|every|all|both|few|for|from|to|at|as|than|is|are|your|their|its|his|her|which|what|certain"
    r"|different|single|various|new|such|eat|eats|use|uses|used|take|takes|taking|drink|get|has|have|includes?|like"
)
"""What stands before a kind and is no name of one."""


@dataclass(frozen=True, slots=True)
class AskedKind:
    """`one` finds one of the kind by name, or a number of what was to be counted; `word` the kind itself."""

    one: re.Pattern[str]
    word: re.Pattern[str]

    def is_named_in(self, quote: Quote) -> bool:
        """Whether a quote names one of the kind, or introduces its items by the kind."""
        return (quote.is_list and self.word.search(quote.introduction) is not None) or (
            self.one.search(quote.text) is not None
        )


def asked_kind(question: str) -> AskedKind | None:
    """The kind that a question names, in one word; None where it names none, or a side of its subject.

    One of a kind is named with it: "the RB1 gene", "a herpesvirus", "viruses such as", "is a vitamin". What stands
    before it there is no word of the question's own.
    """
    counted, named = _COUNTED.search(question), _KIND.search(question)
    found = counted or named
    kind = "" if found is None else found["kind"].lower()
    if not kind or _NO_KIND.match(kind):
        return None
    word = rf"{_singular(kind)}(?:e?s)?\b"
    if counted is not None:
        number = re.compile(rf"\b{_NUMBER}(?: [\w-]+){{0,3}}? {word}", re.IGNORECASE)
        return AskedKind(one=number, word=number)
    if not FACET_TERMS.isdisjoint(terms(kind)):
        return None
    own = "|".join(map(re.escape, words(question)))
    compound = rf"|\b[\w-]{{3,}}{word}" if len(kind) > _SHORT else ""
    one = (
        rf"\b(?!(?:{_NO_NAME}|{own})\b)[\w’'/-]+ {word}{compound}"
        rf"|\b{word}(?: (?:such as|like|called|named|known as|includ\w+|are|is)\b|:| \()"
        rf"|\b(?:is|are|,) an? (?:[\w-]+ ){{0,3}}{word}"
    )
    return AskedKind(one=re.compile(one, re.IGNORECASE), word=re.compile(rf"\b{word}", re.IGNORECASE))


def _singular(kind: str) -> str:
    """A word without the ending of more than one, ready for a pattern; "virus" has none."""
    ending = 1 if kind.endswith("s") and not kind.endswith(("ss", "us", "is")) else 0
    return re.escape(kind[: len(kind) - ending])
