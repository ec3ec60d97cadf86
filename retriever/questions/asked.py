"""What a message asks: the sentences of it that ask, and the words of it that an answer has to speak of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retriever.questions.contractions import without_contractions
from retriever.questions.messages import SIDE_TERMS, asking_parts, parts_of
from retriever.questions.question import FACET_TERMS, LONG_QUESTION_WORDS
from retriever.questions.vocabulary import Vocabulary
from retriever.search.analyze import STOP_WORDS, terms
from retriever.search.spelling import one_edit_apart

SHORTEST_MISSPELT = 5
"""Letters of the shortest unknown word that may be one of these, misspelt."""

_NUMBER = re.compile(
    r"\d+(?:yo|y|yrs?|st|nd|rd|th|cm|mm|mg|mcg|kg|ml|lbs?|oz|iu|gy|am|pm|hrs?|mins?|wks?|mths?|[abcx])?"
)
"""A number with its unit, an age, a time of day, the letter of a stage: "7cm", "48yo", "3am", "2b"."""
_MISSPELLABLE = tuple(sorted(term for term in SIDE_TERMS if len(term) >= SHORTEST_MISSPELT))
_SMALLEST = tuple(
    sorted(word for word in STOP_WORDS | {"have", "does", "what", "when", "should"} if len(word) >= 4)
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A message as its evidence is judged.

    `words` are the different terms that count; `asking` those of them that stand in a sentence that asks, `length`
    the number of words of these sentences; `sequence` all terms of the message in their order.
    """

    words: Sequence[str]
    asking: frozenset[str]
    length: int
    sequence: Sequence[str]


def read_asked(message: str, vocabulary: Vocabulary) -> Asked:
    """What a message asks.

    Words that only name a side of the subject, that tell a story, and numbers, do not count, unless there is
    nothing else. Of a long message in several sentences those count that stand in the sentences that ask, and the
    names in the others. Typing errors are mended before, where the question is read to be searched.
    """
    text = without_contractions(message)
    told = dict.fromkeys(terms(text))
    parts = parts_of(text)
    asking: Sequence[str] = [text]
    if len(text.split()) > LONG_QUESTION_WORDS and len(parts) > 1:
        asking = asking_parts(parts) or parts[-2:]
    asked = frozenset(term for sentence in asking for term in terms(sentence))
    content = [term for term in told if term not in FACET_TERMS] or list(told)
    content = [term for term in content if not _is_aside(term, vocabulary)] or content
    headed = vocabulary.headings.numbers
    content = [term for term in content if term in asked or term in headed] or content
    return Asked(
        words=content,
        asking=asked,
        length=sum(len(sentence.split()) for sentence in asking),
        sequence=terms(text),
    )


def _is_aside(term: str, vocabulary: Vocabulary) -> bool:
    if _NUMBER.fullmatch(term) or term in SIDE_TERMS:
        return True
    return not vocabulary.spelling.knows(term) and _is_misspelt_aside(term)


@lru_cache(maxsize=4_096)
def _is_misspelt_aside(term: str) -> bool:
    likely = _MISSPELLABLE if len(term) >= SHORTEST_MISSPELT else _SMALLEST
    return any(one_edit_apart(term, other) for other in likely)
