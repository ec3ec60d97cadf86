"""Differences: whether two statements about the same thing give other numbers, or one denies what the other says.

It compares only what is of one kind: an interval with an interval, a dose with a dose. What it cannot compare
it calls no difference.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction

from retriever.late_pattern import late_pattern
from retriever.questions.facets import Facet
from retriever.search.analyze import terms


class QuantityKind(StrEnum):
    """What a number in a sentence measures."""

    INTERVAL_DAYS = "interval"
    DURATION_DAYS = "duration"
    MASS_MG = "mass"
    PERCENT = "percent"
    AGE_YEARS = "age"


ASKED_KIND: Mapping[Facet, QuantityKind] = {
    Facet.HOW_OFTEN: QuantityKind.INTERVAL_DAYS,
    Facet.HOW_LONG: QuantityKind.DURATION_DAYS,
    Facet.STOPPING: QuantityKind.DURATION_DAYS,
    Facet.DOSE: QuantityKind.MASS_MG,
    Facet.HOW_MANY: QuantityKind.PERCENT,
    Facet.WHO: QuantityKind.AGE_YEARS,
}
"""Which number answers a question; numbers of other kinds may differ between two pages that agree."""

MIN_SHARED_TERMS = 0.6
"""How like two sentences must be, as the share of their terms, before a negation in one of them tells."""

_NUMBER_WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_WORDS: Mapping[str, Fraction] = {
    **{word: Fraction(value) for value, word in enumerate(_NUMBER_WORDS)},
    "once": Fraction(1),
    "twice": Fraction(2),
    "half": Fraction(1, 2),
    "other": Fraction(2),
    "second": Fraction(2),
    "third": Fraction(3),
}
_DAYS: Mapping[str, Fraction] = {
    "second": Fraction(1, 86_400),
    "minute": Fraction(1, 1_440),
    "hour": Fraction(1, 24),
    "day": Fraction(1),
    "week": Fraction(7),
    "month": Fraction(30),
    "year": Fraction(360),
}
_ADVERB_DAYS = {
    "daily": 1,
    "weekly": 7,
    "fortnightly": 14,
    "monthly": 30,
    "quarterly": 90,
    "yearly": 360,
    "annually": 360,
}
_MILLIGRAMS: Mapping[str, Fraction] = {
    "mg": Fraction(1),
    "milligram": Fraction(1),
    "mcg": Fraction(1, 1_000),
    "µg": Fraction(1, 1_000),
    "μg": Fraction(1, 1_000),
    "microgram": Fraction(1, 1_000),
    "g": Fraction(1_000),
    "gram": Fraction(1_000),
}

_COUNT = (
    r"(?P<count>\d+(?:[.,]\d+)?(?:,\d{3})*"
    r"|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half)"
)
_SMALL = r"two|three|four|five|six|seven|eight|nine|ten"
_UNIT = r"(?P<unit>second|minute|hour|day|week|month|year)s?"
_FLAGS = re.IGNORECASE
_EVERY = late_pattern(rf"\b(?:every|each)\s+(?:(?P<other>other|second|third)\s+|{_COUNT}[\s-]+)?{_UNIT}\b", _FLAGS)
_TIMES = late_pattern(
    r"\b(?:(?P<times>once|twice)|(?P<number>\d+|two|three|four|five|six)\s+times)\s+"
    rf"(?:a|an|per|each|every|in\s+a)\s+{_UNIT}\b",
    _FLAGS,
)
_ADVERB = late_pattern(
    rf"\b(?:{_COUNT}[\s-]+)?(?P<adverb>daily|weekly|fortnightly|monthly|quarterly|yearly|annually)\b", _FLAGS
)
_DURATION = late_pattern(
    rf"(?<!every )(?<!each )\b(?:(?P<low>\d+|{_SMALL})\s*(?:to|or|and|-|–)\s*)?"
    rf"{_COUNT}[\s-]+{_UNIT}\b(?!\s*(?:old|of age))",
    _FLAGS,
)
_MASS = late_pattern(rf"{_COUNT}\s*-?\s*(?P<unit>mg|milligram|mcg|µg|μg|microgram|gram|g)s?\b(?!/)", _FLAGS)
_PERCENT = late_pattern(rf"{_COUNT}\s*(?:%|percent|per\s+cent)", _FLAGS)
_RATIO = late_pattern(
    rf"\b{_COUNT}\s+(?:\w+\s+)?(?:in|out of)\s+(?:every\s+)?(?P<whole>\d[\d,]*|{_SMALL})\b",
    _FLAGS,
)
_AGE = late_pattern(
    rf"\b(?:aged?|over|under|above|below)\s+(?:the\s+age\s+of\s+)?{_COUNT}\b"
    r"(?!\s*(?:mg|%|percent|minutes?|hours?|days?|weeks?|months?))"
    rf"|{_COUNT.replace('count', 'old')}\s*years?\s*(?:old|of\s+age)",
    _FLAGS,
)
_NEGATION = late_pattern(
    r"\b(?:not|no|never|cannot|without|neither|nor|none|don['’]t|doesn['’]t|isn['’]t|aren['’]t|can['’]t"
    r"|shouldn['’]t|won['’]t|mustn['’]t|wasn['’]t|unlikely|avoid(?:ed)?)\b",
    _FLAGS,
)


def quantities(sentence: str, kind: QuantityKind) -> frozenset[Fraction]:
    """The numbers of one kind in a sentence, in the unit of the kind; a month is 30 days and a year 360."""
    match kind:
        case QuantityKind.INTERVAL_DAYS:
            return _intervals(sentence)
        case QuantityKind.DURATION_DAYS:
            return _durations(sentence)
        case QuantityKind.MASS_MG:
            return frozenset(
                _number(m["count"]) * _MILLIGRAMS[m["unit"].lower()] for m in _MASS.finditer(sentence)
            )
        case QuantityKind.PERCENT:
            shares = {_number(m["count"]) for m in _PERCENT.finditer(sentence)}
            ratios = {
                100 * _number(m["count"]) / max(_number(m["whole"]), Fraction(1))
                for m in _RATIO.finditer(sentence)
            }
            return frozenset(shares | ratios)
        case QuantityKind.AGE_YEARS:
            return frozenset(_number(m["count"] or m["old"]) for m in _AGE.finditer(sentence))


def differ(one: str, other: str, facets: tuple[Facet, ...]) -> bool:
    """Whether two statements contradict each other on what was asked.

    That they are about the same subject is for the caller to know.
    """
    for facet in facets:
        kind = ASKED_KIND.get(facet)
        if kind is None:
            continue
        ours, theirs = quantities(one, kind), quantities(other, kind)
        if ours and theirs and not ours & theirs and _comparable(ours, theirs, kind):
            return True
    return _denies(one, other)


def _denies(one: str, other: str) -> bool:
    """Whether two sentences say nearly the same words and exactly one of them says not."""
    if bool(_NEGATION.search(one)) == bool(_NEGATION.search(other)):
        return False
    ours, theirs = (frozenset(terms(_NEGATION.sub(" ", text))) for text in (one, other))
    return len(ours & theirs) >= MIN_SHARED_TERMS * len(ours | theirs)


def _comparable(ours: frozenset[Fraction], theirs: frozenset[Fraction], kind: QuantityKind) -> bool:
    """Ten minutes and ten years are not two answers to one question; ten and fifteen minutes are."""
    if kind is not QuantityKind.DURATION_DAYS:
        return True
    return any(Fraction(1, 12) <= mine / yours <= 12 for mine in ours for yours in theirs if yours)


def _intervals(sentence: str) -> frozenset[Fraction]:
    found: set[Fraction] = set()
    for match in _EVERY.finditer(sentence):
        count = _number(match["count"] or match["other"] or "1")
        found.add(count * _DAYS[match["unit"].lower()])
    for match in _TIMES.finditer(sentence):
        found.add(_DAYS[match["unit"].lower()] / max(_number(match["times"] or match["number"]), Fraction(1)))
    for match in _ADVERB.finditer(sentence):
        preceded = re.search(r"\b(once|twice)\s+\Z", sentence[: match.start()], _FLAGS)
        days = Fraction(_ADVERB_DAYS[match["adverb"].lower()])
        count = _number(match["count"]) if match["count"] else Fraction(1)
        found.add(days * count / (_number(preceded[1]) if preceded else 1))
    return frozenset(found)


def _durations(sentence: str) -> frozenset[Fraction]:
    found: set[Fraction] = set()
    for match in _DURATION.finditer(sentence):
        unit = _DAYS[match["unit"].lower()]
        found |= {_number(number) * unit for number in (match["count"], match["low"]) if number}
    return frozenset(found)


def _number(text: str) -> Fraction:
    word = _WORDS.get(text.lower())
    if word is not None:
        return word
    return Fraction(text.replace(",", "") if _is_grouped(text) else text.replace(",", "."))


def _is_grouped(text: str) -> bool:
    return re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) is not None
