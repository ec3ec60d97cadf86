"""Sought: what a question wants its quotes to say, read off it once for all of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from retriever.answers.about import asked_words, names
from retriever.answers.answer_forms import (
    abbreviation_asked,
    asked_thing,
    asks_for_research,
    asks_what_a_procedure_is,
    procedure_asked,
)
from retriever.answers.quote_subject import terms_of
from retriever.answers.want_patterns import Want
from retriever.answers.wants import asks_for_advice, wants_of
from retriever.questions.facets import Facet, facets_of_question
from retriever.questions.question import FACET_TERMS, Question, asks
from retriever.search.analyze import terms

_TREATED = r"(?:treatments?|\w*therap(?:y|ies)|chemo|radiation|surgery|operation|transplant)"
_CIRCUMSTANCE = re.compile(
    r"\b(?:during|after|before|since|while|through|following|on|in|from|with|between|having|getting)"
    rf" (?:(?!{_TREATED}|for\b|the best\b)[\w'’-]+ ){{0,3}}{_TREATED}\b",
    re.IGNORECASE,
)
"""When somebody asks something, or since what: "before my chemotherapy", "on treatment"."""
_STOPS_FROM = re.compile(r"\bstop(?:s|ping)? (?:\w+ ){1,3}?(?:from )?(?:get|com|spread|return|grow|hav)ing\b", re.I)
_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|can|could|should|will|would|has|have|had|may|might|must)(?:n['’]t|nt)?"
)
_CLOSED = re.compile(
    rf"(?:^|[.,;:!?]\s+)(?:and |but |so |or |then )?{_AUXILIARY}\s+\w"
    rf"|\b{_AUXILIARY} (?:it|they|this|that|there|he|she|i|we|you)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:what|whats|which|who|whom|whose|when|where|why|how|hows)\b", re.IGNORECASE)
_KIND = re.compile(
    r"\b(?:what|which)\s+(?:(?:kinds?|types?|sorts?) of\s+)?(?P<kind>[^\W\d_][\w-]*)", re.IGNORECASE
)
_HOW_MANY = re.compile(r"\bhow many (?:\w+ (?=\w+ (?:are|is|do|does|will|can)\b))?(?P<thing>[^\W\d_][\w-]*)", re.I)
_NUMBER = r"(?:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten|dozens|hundreds|thousands)"
_NO_KIND = frozenset(
    "is are was were am be been do does did can could should shall will would has have had may might must to if of"
    " i you he she it we they the a an my your his her its our their this that these those and or but not about"
    " happens happen happened causes cause caused helps help makes make made works else exactly kind kinds type"
    " types one ones way ways s".split()
)


_LISTED = frozenset(
    {
        Facet.SIDE_EFFECTS,
        Facet.SYMPTOMS,
        Facet.STAGES,
        Facet.DIAGNOSIS,
        Facet.TREATMENT,
        Facet.CAUSES,
        Facet.OUTLOOK,
        Facet.PREVENTION,
    }
)
"""Sides of a subject that pages tell in lists."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A question with what of it is the same for all quotes.

    `words` can be its subject, with their idf. `kind` holds the term of the kind that it names ("what virus ..."), none where it names none. `is_closed` says
    that yes or no answers it, `asks` that it is a question at all. `counted` finds a number of what is to be counted. Quotes of hits behind `last_rank` were read on for; None where none were.
    """

    text: str
    question: Question
    words: Mapping[str, float]
    thing: frozenset[str]
    abbreviation: str | None
    procedure: frozenset[str]
    wants: tuple[Want, ...]
    wants_research: bool
    wants_advice: bool
    kind: frozenset[str]
    counted: re.Pattern[str] | None
    is_closed: bool
    asks: bool
    last_rank: int | None

    def names_its_kind(self, quote: str) -> bool:
        """Whether a quote names the kind that is asked for, or counts what is to be counted."""
        if self.counted is not None:
            return self.counted.search(quote) is not None
        return any(names(terms_of(quote), term) for term in self.kind)


def read_sought(text: str, question: Question, *, last_rank: int | None = None) -> Sought:
    """What is sought by a question that was read; `text` is its wording."""
    return Sought(
        text=text,
        question=question,
        words=asked_words(question),
        thing=asked_thing(text),
        abbreviation=abbreviation_asked(text),
        procedure=procedure_asked(text),
        wants=wants_of(without_circumstance(text)),
        wants_research=asks_for_research(text),
        wants_advice=asks_for_advice(text),
        kind=kind_asked(text),
        counted=counted(text),
        is_closed=is_closed(text),
        asks=asks(text),
        last_rank=last_rank,
    )


def sought_facets(question: str, facets: tuple[Facet, ...]) -> tuple[Facet, ...]:
    """The facets by which quotes are chosen, of those by which passages were sought.

    A test or treatment that is to be explained is no test or treatment for something; one that is going on while
    something is asked is not what is asked for; and what stops something from coming prevents it.
    """
    if asks_what_a_procedure_is(question):
        return (Facet.WHAT_IS,)
    if facets == (Facet.WHAT_IS,) and Want.USE in wants_of(question):
        return ()
    if Facet.TREATMENT in facets and Facet.TREATMENT not in facets_of_question(without_circumstance(question)):
        facets = tuple(facet for facet in facets if facet is not Facet.TREATMENT)
    if Facet.STOPPING in facets and _STOPS_FROM.search(question):
        facets = tuple(Facet.PREVENTION if facet is Facet.STOPPING else facet for facet in facets)
    return facets


def asks_for_a_list(question: str, facets: tuple[Facet, ...]) -> bool:
    """Whether a question wants all there is on a side of its subject: neither yes or no, nor one of a kind."""
    return not (_LISTED.isdisjoint(facets) or is_closed(question) or kind_asked(question))


def without_circumstance(question: str) -> str:
    """A question without the treatment that goes on, or is over, while it is asked."""
    return _CIRCUMSTANCE.sub(" ", question)


def is_closed(question: str) -> bool:
    """Whether yes or no answers a question."""
    found = _CLOSED.search(question)
    return found is not None and _OPEN.search(question, 0, found.end()) is None


def kind_asked(question: str) -> frozenset[str]:
    """The term of the kind of thing that a question names and wants an instance of; none where it names none."""
    found = _KIND.search(question)
    if found is None or found["kind"].lower() in _NO_KIND:
        return frozenset()
    return frozenset(terms(found["kind"])) - (FACET_TERMS - _KINDS_AMONG_FACETS)


def counted(question: str) -> re.Pattern[str] | None:
    """Finds the things in a quote of which a question wants the number ("how many nodes ..."), with a number."""
    found = _HOW_MANY.search(question)
    if found is None or found["thing"].lower() in _NO_KIND:
        return None
    (thing,) = terms(found["thing"]) or ("",)
    return re.compile(rf"\b{_NUMBER}(?: [\w-]+){{0,3}}? {re.escape(thing)}", re.IGNORECASE)


_KINDS_AMONG_FACETS = frozenset(terms("drugs medicines tests"))
