"""Sought: what a question wants its quotes to say, read off it once for all of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from retriever.answers.about import asked_words
from retriever.answers.answer_forms import (
    abbreviation_asked,
    asked_thing,
    asks_for_research,
    asks_what_a_procedure_is,
    procedure_asked,
)
from retriever.answers.asked_kind import AskedKind, asked_kind
from retriever.answers.want_patterns import Want
from retriever.answers.wants import asks_for_advice, wants_of
from retriever.questions.facets import Facet, facets_of_question
from retriever.questions.question import Question, asks

_TREATED = r"(?:treatments?|\w*therap(?:y|ies)|chemo|radiation|surgery|operation|transplant)"
_CIRCUMSTANCE = re.compile(
    r"\b(?:during|after|before|since|while|through|following|on|in|from|with|between|having|getting)"
    rf" (?:(?!{_TREATED}|for\b|the best\b)[\w'’-]+ ){{0,3}}{_TREATED}\b",
    re.IGNORECASE,
)
"""When somebody asks something, or since what: "before my chemotherapy", "on treatment"."""
_STOPS_FROM = re.compile(
    r"\bstop(?:s|ping)? (?:\w+ ){1,3}?(?:from )?(?:getting|coming|spreading|returning|growing|having)\b", re.I
)
_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|can|could|should|will|would|has|have|had|may|might|must)(?:n['’]t|nt)?"
)
_CLOSED = re.compile(
    rf"(?:^|[.,;:!?]\s+)(?:and |but |so |or |then )?{_AUXILIARY}\s+\w"
    rf"|\b{_AUXILIARY} (?:it|they|this|that|there|he|she|i|we|you)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:what|whats|which|who|whom|whose|when|where|why|how|hows)\b", re.IGNORECASE)
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

    `words` are those of its terms that can be its subject, with their idf. `kind` is what it wants one of ("what
    virus ...") or counted ("how many nodes ..."). `is_closed` says that yes or no answers it, `asks` that it is a
    question at all. Quotes of hits behind `last_rank` were read on for; None where none were.
    """

    text: str
    question: Question
    terms: frozenset[str]
    words: Mapping[str, float]
    thing: frozenset[str]
    abbreviation: str | None
    procedure: frozenset[str]
    wants: tuple[Want, ...]
    wants_research: bool
    wants_advice: bool
    kind: AskedKind | None
    is_closed: bool
    asks: bool
    last_rank: int | None


def read_sought(text: str, question: Question, *, last_rank: int | None = None) -> Sought:
    """What is sought by a question that was read; `text` is its wording."""
    return Sought(
        text=text,
        question=question,
        terms=frozenset(question.weights),
        words=asked_words(question),
        thing=asked_thing(text),
        abbreviation=abbreviation_asked(text),
        procedure=procedure_asked(text),
        wants=wants_of(without_circumstance(text)),
        wants_research=asks_for_research(text),
        wants_advice=asks_for_advice(text),
        kind=asked_kind(text),
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
    wants = wants_of(question)
    if facets == (Facet.WHAT_IS,) and Want.USE in wants:
        return ()
    if Facet.TREATMENT in facets and (
        Want.UNTREATED in wants or Facet.TREATMENT not in facets_of_question(without_circumstance(question))
    ):
        facets = tuple(facet for facet in facets if facet is not Facet.TREATMENT)
    if Facet.HOW_OFTEN in facets and Want.SHARE in wants:
        facets = tuple(Facet.HOW_MANY if facet is Facet.HOW_OFTEN else facet for facet in facets)
    if Facet.STOPPING in facets and _STOPS_FROM.search(question):
        facets = tuple(Facet.PREVENTION if facet is Facet.STOPPING else facet for facet in facets)
    return facets


def asks_for_a_list(question: str, facets: tuple[Facet, ...]) -> bool:
    """Whether a question wants all there is on a side of its subject: neither yes or no, nor one of a kind."""
    return not (_LISTED.isdisjoint(facets) or is_closed(question) or asked_kind(question))


def without_circumstance(question: str) -> str:
    """A question without the treatment that goes on, or is over, while it is asked."""
    return _CIRCUMSTANCE.sub(" ", question)


def is_closed(question: str) -> bool:
    """Whether yes or no answers a question."""
    found = _CLOSED.search(question)
    return found is not None and _OPEN.search(question, 0, found.end()) is None
