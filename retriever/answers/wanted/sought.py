"""Sought: what a question wants its quotes to say, read off it once for all of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from retriever.answers.wanted.asked_facets import asked_facets, without_circumstance
from retriever.answers.wanted.asked_figures import asked_figures
from retriever.answers.wanted.asked_kind import AskedKind, asked_kind
from retriever.answers.wanted.asked_thing import asked_thing
from retriever.answers.wanted.closed import is_closed
from retriever.answers.wanted.named_things import NOTHING_NAMED, Named
from retriever.answers.wanted.subject_words import asked_words
from retriever.answers.wanted.want_patterns import STANDS, Want
from retriever.answers.wanted.wants import asks_for_advice, asks_for_research, wants_of
from retriever.late_pattern import late_pattern
from retriever.questions.facets import Facet
from retriever.questions.question import Question, asks

_ASKS_WHO_TREATS = late_pattern(
    r"\b(?:who|whom|doctors?|specialists?|oncologists?|surgeons?|nurses?|teams?|provider|professionals?|experts?)\b",
    re.IGNORECASE,
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
    """A question with what of it is the same for all quotes; `text` is its wording.

    `question` has the facets by which quotes are chosen. `words` are those of its terms that can be its subject,
    with their idf. `thing` is what it wants defined, `kind` what it wants one of ("what virus") or counted ("how
    many nodes"). `figures` find the times or shares that it asks for, `stands` are those of its wants that only a
    quote which takes a stand on them answers. `is_closed` says that yes or no answers it, `asks` that it is a
    question at all.
    """

    text: str
    question: Question
    terms: frozenset[str]
    words: Mapping[str, float]
    thing: frozenset[str]
    wants: tuple[Want, ...]
    stands: tuple[Want, ...]
    figures: tuple[re.Pattern[str], ...]
    kind: AskedKind | None
    is_closed: bool
    asks: bool
    asks_for_research: bool
    asks_for_advice: bool
    asks_who_treats: bool
    named: Named = NOTHING_NAMED

    @property
    def facets(self) -> tuple[Facet, ...]:
        """The sides of its subject that it asks about."""
        return self.question.facets

    @property
    def wants_a_list(self) -> bool:
        """Whether it wants all there is on a side of its subject: neither yes or no, nor one of a kind."""
        return not (_LISTED.isdisjoint(self.facets) or self.is_closed or self.kind)


def read_sought(
    text: str, question: Question, *, facets: tuple[Facet, ...] | None = None, named: Named = NOTHING_NAMED
) -> Sought:
    """What is sought by a question that was read; by these facets, or by those that its wording tells."""
    fitting = asked_facets(text, question.facets) if facets is None else facets
    wants = wants_of(without_circumstance(text))
    return Sought(
        text=text,
        question=replace(question, facets=fitting),
        terms=frozenset(question.weights),
        words=asked_words(question),
        thing=asked_thing(text),
        wants=wants,
        stands=tuple(want for want in wants if want in STANDS),
        figures=asked_figures(text),
        kind=asked_kind(text),
        is_closed=is_closed(text),
        asks=asks(text),
        asks_for_research=asks_for_research(text),
        asks_for_advice=asks_for_advice(text),
        asks_who_treats=_ASKS_WHO_TREATS.search(text) is not None,
        named=named,
    )
