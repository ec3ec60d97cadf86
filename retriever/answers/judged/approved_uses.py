"""Approved uses: what a thing is approved or used for, to who asks something else of it."""

import re
from functools import lru_cache

from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import page_terms, subject_of, terms_of
from retriever.answers.wanted.asked_kind_of import asks_what_kind
from retriever.answers.wanted.sought import Sought
from retriever.late_pattern import late_pattern
from retriever.questions.facets import Facet

_USES = late_pattern(
    r"\b(?:is|are|was|were|been) (?:(?:also|now|already|sometimes) )?"
    r"(?:approved|licensed|authori[sz]ed|available|being studied|used (?:\w+ ){0,5}to treat)\b",
    re.IGNORECASE,
)
_FAILING = late_pattern(
    r"\b(?:stopped|stops|quit|not|no longer|never|isnt|doesnt|didnt|\w+n['’]t) (?:being )?"
    r"(?:work(?:s|ed|ing)?|respond(?:s|ed|ing)?(?: to)?)\b"
    r"|\b(?:resistant|refractory|intolerant) to\b|\b(?:has|have|had) failed\b|\bfail(?:s|ed)\b",
    re.IGNORECASE,
)
_IN_PLACE = late_pattern(r"\b(?:instead of|besides|apart from|other than|alternatives? to)\b", re.IGNORECASE)
_ON_FAILING = late_pattern(
    r"\b(?:resist\w*|refractory|intoleran\w*|fail(?:s|ed)?|(?:no longer|not|stop(?:s|ped)) (?:work|respond)\w*)\b",
    re.IGNORECASE,
)
_ON_OTHERS = late_pattern(
    r"\b(?:instead(?! of \w+ (?:days|weeks|months|years))|switch\w*|alternativ\w*|second.(?:line|generation)"
    r"|(?:other|another|different|newer) (?:\w+ ){0,2}(?:drug|treatment|medicine|therap|inhibitor|option)\w*)\b",
    re.IGNORECASE,
)
_TELLS_KIND = late_pattern(
    r"\b(?:is|are) (?:also |not )?(?:an?|one|considered)\b|\bcalled\b|\bbelongs? to\b|\bunlike\b",
    re.IGNORECASE,
)
_ASKS_IF_SAFE = late_pattern(r"\b(?:safe|dangerous|harmful|risky|toxic)\b", re.IGNORECASE)
_ON_SAFETY = late_pattern(
    r"side.?effect|advers|toxi|\b(?:can|may|might) (?:also )?cause\b|\brisks?\b|danger|\bsafe|harm|serious|warning"
    r"|(?:should|must) not|avoid|contra-?indicat",
    re.IGNORECASE,
)


def tells_uses_unasked(quote: Quote, sought: Sought) -> bool:
    """Whether a quote tells of uses, or anything else of a named thing, to who asks what there is in its place,
    what kind of thing it is, or how safe it is.
    """
    things = sought.named.things
    if not things:
        return False
    if asks_for_others(sought.text):
        return _is_on_what_was_given_up(quote, sought)
    if sought.question.is_long:
        return False
    if asks_what_kind(sought.text, things):
        own = sought.named.told(subject_of(quote) | terms_of(quote.text), page_terms(quote.hit))
        return things.isdisjoint(own) or _TELLS_KIND.search(quote.core) is None
    if _says_another_word(quote, sought):
        return False
    if _ASKS_IF_SAFE.search(sought.text) and sought.words.keys() <= things:
        return not any(map(_ON_SAFETY.search, (quote.text, *quote.headings))) or _tells_uses(quote)
    return Facet.SIDE_EFFECTS in sought.facets and _tells_uses(quote)


@lru_cache(maxsize=256)
def asks_for_others(question: str) -> bool:
    """Whether a question is on what there is in place of something, or where that no longer works."""
    return _FAILING.search(question) is not None or _IN_PLACE.search(question) is not None


def _is_on_what_was_given_up(quote: Quote, sought: Sought) -> bool:
    """Whether a quote stands on that thing's own page, and tells of its uses or nothing of what else there is."""
    if sought.named.things.isdisjoint(page_terms(quote.hit)):
        return False
    if _tells_uses(quote):
        return True
    if _ON_OTHERS.search(quote.introduction) is not None:
        return False
    return _IN_PLACE.search(sought.text) is not None or _ON_FAILING.search(quote.introduction) is None


def _tells_uses(quote: Quote) -> bool:
    return _USES.search(quote.introduction) is not None


def _says_another_word(quote: Quote, sought: Sought) -> bool:
    others = sought.words.keys() - sought.named.things
    return not others.isdisjoint(terms_of(quote.text))
