"""Facets: which side of a subject a question asks about, and which side a heading or a sentence speaks of."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from retriever.late_pattern import late_pattern


class Facet(StrEnum):
    """The sides of a subject that people ask health pages about."""

    SIDE_EFFECTS = "side_effects"
    SYMPTOMS = "symptoms"
    STOPPING = "stopping"
    HOW_OFTEN = "how_often"
    HOW_LONG = "how_long"
    DOSE = "dose"
    HOW_TAKEN = "how_taken"
    INTERACTIONS = "interactions"
    WHO = "who"
    PREVENTION = "prevention"
    STAGES = "stages"
    OUTLOOK = "outlook"
    DIAGNOSIS = "diagnosis"
    TREATMENT = "treatment"
    CAUSES = "causes"
    HOW_MANY = "how_many"
    WHAT_IS = "what_is"


_BITS = {facet: bit for bit, facet in enumerate(Facet)}


@dataclass(frozen=True, slots=True)
class _Patterns:
    question: re.Pattern[str]
    heading: re.Pattern[str]
    sentence: re.Pattern[str]


def _compile(question: str, heading: str | None = None, sentence: str | None = None) -> _Patterns:
    """Patterns of small letters, which are found in half the time of patterns that ignore case; a heading or a
    sentence is recognised by the question's words where none are given."""
    return _Patterns(*(late_pattern(pattern or question) for pattern in (question, heading, sentence)))


_NUMBER = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|an?|half|several|few)"
_PERIOD = r"(?:second|minute|hour|day|week|month|year|decade)s?"
_INTERVAL = r"how (?:long|much time|many (?:days|weeks|months|years))\b.* between\b(?!.* and\b)"
"""The time from one scan to the next, which comes again; that between a tablet and another one does not."""
_HARM = r"\bharm(?:s|ed|ing|ful)?\b"
_SIDE_EFFECTS = (
    rf"side.?effects?|adverse|unwanted|reaction|bad for|{_HARM}|complication|problems? (?:from|with|after)"
)
_PAUSE = r"(?:drug|medicine|medication|treatment|therapy|tablet|pill|bisphosphonate)s?[ -]holidays?|holidays? from"
_MADE = "unit integration regression load smoke acceptance software api"
_TEST = "".join(rf"(?<!\b{kind} )" for kind in _MADE.split()) + r"\btest(?:s|ed|ing)?\b"
"""A test of somebody, not of a program."""
_PREGNANT = r"(?<!molar )(?<!ectopic )(?<!tubal )pregnan\w*(?! tests?\b)"
"""The state that a medicine may not suit, not the name of a disease or a test."""
_DOSE = r"\b(?:doses?|dosage|how much|how many (?:mg|tablets?|pills?|units?|drops?|milligrams?))\b"

_PATTERNS: Mapping[Facet, _Patterns] = {
    Facet.SIDE_EFFECTS: _compile(
        _SIDE_EFFECTS, rf"side.?effects?|adverse|reaction|risks? of|{_HARM}|complication|late effects"
    ),
    Facet.SYMPTOMS: _compile(
        r"symptoms?|warning signs?|\bsigns?\b|does it hurt|hurts?\b|how does .* feel|feel like",
        r"symptoms?|signs?\b|feel|when to (?:call|get|see|seek)",
    ),
    Facet.STOPPING: _compile(
        rf"\b(?:stop(?:ping|ped|s)?\b(?! (?:work|help|respond|do)ing)|quit(?:ting)?|com(?:e|ing) off"
        rf"|discontinu\w*|miss(?:ed|ing)?|forg(?:et|ot)\w*|late for|delay\w*|break from|{_PAUSE})\b",
        rf"\b(?:stop\w*|end\w*|miss\w*|delay\w*|after treatment|coming off|{_PAUSE}|forg\w*|late)\b",
        r"\b(?:stop\w*|miss\w*|delay\w*|discontinu\w*|coming off|last (?:injection|dose)|late|forg\w*)\b",
    ),
    Facet.HOW_OFTEN: _compile(
        r"how (?:often|frequent\w*)|every how|how many times|when (?:is|are) (?:the )?next|how far apart"
        rf"|{_INTERVAL}",
        r"how often|frequency|schedule|how (?:it|they) (?:is|are) (?:given|taken)|dos(?:e|age|ing)|when",
        rf"\b(?:every|once|twice|daily|weekly|monthly|yearly|annual\w*|times)\b|\b{_NUMBER} (?:a|per) {_PERIOD}\b",
    ),
    Facet.HOW_LONG: _compile(
        rf"(?=how (?:long|soon)|how many {_PERIOD}|duration|for how|when (?:will|does|do|can))"
        rf"(?!.*{_INTERVAL})",
        r"how long|duration|length|recovery|course|time|what happens",
        rf"\b(?:{_NUMBER}|first|last|next)(?: (?:to|or|and|of) {_NUMBER})?[ -]{_PERIOD}\b"
        rf"|\b(?:for|within|after) (?:\w+ ){{0,2}}{_PERIOD}\b|\b(?:long.term|lifelong|same day|on the day)\b",
    ),
    Facet.DOSE: _compile(
        _DOSE,
        r"dos(?:e|age|ing)|how much|how (?:it|they) (?:is|are) (?:given|taken)|how to take|amount",
        r"\d\s*(?:mg|mcg|µg|micrograms?|milligrams?|g|grams?|ml|units?|iu|tablets?)\b",
    ),
    Facet.HOW_TAKEN: _compile(
        r"how (?:do|should|can|is|are|to|does) .*\b"
        r"(?:take|taken|given|use|used|inject\w*|swallow\w*|store|stored)\b"
        r"|with (?:or without )?(?:food|milk|water|coffee|tea|juice)"
        r"|lie down|fridge|before breakfast|stor(?:e|age)",
        r"how (?:it|they|to|you)|taking|giving|given|taken|using|storage|storing|injection",
    ),
    Facet.INTERACTIONS: _compile(
        r"interact\w*|together|along with|at the same time|same time as|combin\w*|\balcohol\b|mix(?:ed|ing)?\b",
        r"interact\w*|other medicines|together|before you|with other|alcohol|tell your",
    ),
    Facet.WHO: _compile(
        r"\bwho (?:can|should|is|may|must|cannot|can't|shouldn't|needs?)"
        rf"|suitable|safe for|{_PREGNANT}|breast.?feeding"
        r"|contra.?indicat\w*|allowed to|eligible",
        r"\bwho\b|suitable|not (?:right|suitable|take)|pregnan\w*|before you|cannot|should not",
    ),
    Facet.PREVENTION: _compile(
        r"prevent\w*|avoid|(?:lower|reduce|cut)\w* (?:\w+ ){0,3}(?:risk|chance)|protect\w*"
        r"|keep .* (?:strong|healthy|safe)",
        r"prevent\w*|lower\w*|reduc\w*|protect\w*|avoid\w*|what (?:you|helps)|safe",
    ),
    Facet.STAGES: _compile(r"\bstag(?:e|es|ing)\b"),
    Facet.OUTLOOK: _compile(
        r"prognos\w*|outlook|surviv\w*|life expectancy|(?:long|how long) .* live|outcome|curable|can .* be cured"
    ),
    Facet.DIAGNOSIS: _compile(
        rf"diagnos\w*|{_TEST}|detect\w*|\bscan\w*|screen\w*"
        r"|find out|x-?ray|biops\w*|t-?score|check for",
    ),
    Facet.TREATMENT: _compile(r"treat\w*|therap\w*|\bcure\w*|manag\w*|\bremed\w*|medicines? for|surgery"),
    Facet.CAUSES: _compile(
        r"\bcaus\w*|\bwhy\b|risk factors?|at risk|who gets|reasons?|lead to|inherit\w*|heredit\w*|genetic|runs? in"
        r"|likely to",
        r"caus\w*|why|risk|reason|who gets|genetic\w*|inherit\w*|heredit\w*",
        r"caus\w*|because|risk|due to|lead\w* to|inherit\w*|genetic\w*|mutation",
    ),
    Facet.HOW_MANY: _compile(
        r"how (?:many|common|rare|likely|big|high)|what (?:percent\w*|share|proportion|number)|incidence",
        r"how (?:common|many|likely)|statistics|who gets|numbers?",
        rf"\d|\b{_NUMBER} in {_NUMBER}\b|percent|common|rare",
    ),
    Facet.WHAT_IS: _compile(
        r"\bwhat(?:'s|’s| is| are| does .* mean| do you mean)\b|\btell me about\b|\bdefin\w+\b|\bexplain\b",
        r"^what (?:is|are)\b|\babout\b|overview|definition|general information|in brief|at a glance",
        r"\b(?:is|are) (?:(?:the|any|also|now) )?"
        r"(?:an?|the|any|one|called|what|when|where|tissue|condition|type)\b"
        r"|\b(?:is|are) (?:\w+ ){1,3}(?:that|which|in which|made)\b",
    ),
}


@lru_cache(maxsize=256)
def facets_of_question(question: str) -> tuple[Facet, ...]:
    """What a question asks about, in a fixed order; "what is" only where it asks about nothing narrower."""
    question = question.lower()
    found = tuple(facet for facet, patterns in _PATTERNS.items() if patterns.question.search(question))
    narrower = tuple(facet for facet in found if facet is not Facet.WHAT_IS)
    return narrower or found


@lru_cache(maxsize=8_192)
def heading_speaks_of(facet: Facet, heading: str) -> bool:
    """Whether a heading announces this side of its subject."""
    return _PATTERNS[facet].heading.search(heading.lower()) is not None


def sentence_speaks_of(facet: Facet, sentence: str) -> bool:
    """Whether a sentence holds a word or a form that an answer about this side usually has."""
    return _PATTERNS[facet].sentence.search(sentence.lower()) is not None


def facets_of_heading(heading: str) -> tuple[Facet, ...]:
    """All sides of a subject that a heading announces, in a fixed order."""
    return tuple(facet for facet in Facet if heading_speaks_of(facet, heading))


def facet_mask(facets: Iterable[Facet]) -> int:
    """Facets as the bits of one number, to compare many headings with a question at once."""
    return sum(1 << _BITS[facet] for facet in facets)
