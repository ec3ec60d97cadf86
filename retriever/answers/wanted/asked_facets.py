"""Asked facets: the sides of its subject by which a question's quotes are chosen."""

import re

from retriever.answers.wanted.asked_thing import asks_what_a_procedure_is
from retriever.answers.wanted.want_patterns import Want
from retriever.answers.wanted.wants import wants_of
from retriever.late_pattern import late_pattern
from retriever.questions.facets import Facet, facets_of_question

_TREATED = r"(?:treatments?|\w*therap(?:y|ies)|chemo|radiation|surgery|operation|transplant)"
_CIRCUMSTANCE = late_pattern(
    r"\b(?:during|after|before|since|while|through|following|on|in|from|with|between|having|getting)"
    rf" (?:(?!{_TREATED}|for\b|the best\b)[\w'’-]+ ){{0,3}}{_TREATED}\b",
    re.IGNORECASE,
)
"""When somebody asks something, or since what: "before my chemotherapy", "on treatment"."""
_STOPS_FROM = late_pattern(
    r"\bstop(?:s|ping)? (?!\w+ing\b)(?:(?!(?:while|when|if|before|after|by|or|and|but|without|during|since)\b)"
    r"[\w'’-]+ ){1,3}?(?:from )?(?!(?:morning|evening)\b)\w{2,}ing\b",
    re.IGNORECASE,
)
"""What "stops bones breaking" prevents that; who stops taking something, or something while another thing goes on,
ends it."""


def asked_facets(question: str, facets: tuple[Facet, ...]) -> tuple[Facet, ...]:
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
    if Facet.STOPPING in facets and stops_from(question):
        facets = tuple(Facet.PREVENTION if facet is Facet.STOPPING else facet for facet in facets)
    return facets


def stops_from(question: str) -> bool:
    """Whether a question is on what stops something from happening, and not on stopping it."""
    return _STOPS_FROM.search(question) is not None


def without_circumstance(question: str) -> str:
    """A question without the treatment that goes on, or is over, while it is asked."""
    return _CIRCUMSTANCE.sub(" ", question)
