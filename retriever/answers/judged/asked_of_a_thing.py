"""Named asked: whether a quote is on the thing that a question names, and on what is asked of it."""

import re

from retriever.answers.judged.subject_told import passage_terms
from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import page_terms, subject_of, terms_of
from retriever.answers.wanted.asked_kind_of import asks_what_kind
from retriever.answers.wanted.named_things import Named
from retriever.answers.wanted.sought import Sought
from retriever.answers.wanted.subject_words import says
from retriever.answers.wanted.want_patterns import Want
from retriever.answers.wanted.wants import meets
from retriever.late_pattern import late_pattern
from retriever.questions.asked_effect import AskedEffect, asked_effect, says_half
from retriever.questions.facets import Facet, sentence_speaks_of
from retriever.questions.other_names import other_names, term_line, told_otherwise
from retriever.search.analyze import terms

LEADING = 8
"""So many first terms of a sentence are read for the name of what it is about."""
_OTHERS = late_pattern(
    r"\b(?:instead|other|others|else|alternativ\w*|besides|switch\w*|another|rather|without|better|compare\w*|or)\b",
    re.IGNORECASE,
)
"""Who asks so wants to hear of others."""
_SAFE = late_pattern(r"\bsafe\b", re.IGNORECASE)
_SAFELY = late_pattern(r"\b(?:un)?safe(?:ly|ty)?\b", re.IGNORECASE)
_HOW_LONG = late_pattern(
    r"\bhow (?:long|soon|quick(?:ly)?|fast)\b|\bwhen (?:do|does|can|could|should|will|may)\b(?=.*\bafter\b)",
    re.IGNORECASE,
)
_ASKS_ON_LIFE = late_pattern(
    r"\b(?:liv(?:e|es|ed|ing)|surviv\w*|alive|die|dying|left|got|prognosis|expectancy)\b", re.IGNORECASE
)
_SINCE = late_pattern(
    r"\b(?:after|following|since|before)\b.*?"
    r"(?=\b(?:do|does|did|can|could|should|will|would|may|is|are|until)\b|[,;?.!]|\Z)",
    re.IGNORECASE,
)
"""From when on a time is asked for, or until when."""
_RELATES = late_pattern(
    r"\b(?:caus|link|associat|risk|lead|led\b|due to|result|trigger|contribut|develop|increas|decreas|reduc"
    r"|prevent|lower|rais|likel|effect|affect|damag|harm|relat|connect|evidence|involve"
    r"|(?:can|may|might) (?:also )?(?:give|make|bring|happen|occur|become|have|get|feel))",
    re.IGNORECASE,
)
"""What a sentence says that tells whether one thing brings another about."""
_OF_SURVIVAL = late_pattern(
    r"\b(?:surviv\w*|disease[- ]free|lived|long \w+ live|(?:live|living|alive) (?:for|longer|\w+ years)"
    r"|deaths?|died|median)\b",
    re.IGNORECASE,
)
"""How long people live, or were followed, is a time of nothing else."""


def is_on_a_rival(quote: Quote, sought: Sought) -> bool:
    """Whether a quote, or its page, names another thing of one kind with the one asked, and neither names that one
    nor what it is a kind of.
    """
    named = sought.named
    if not named.siblings or sought.question.is_long or sought.kind is not None or _OTHERS.search(sought.text):
        return False
    page = page_terms(quote.hit)
    if not named.kinds.keys().isdisjoint(named.told(subject_of(quote) | terms_of(quote.text), page)):
        return False
    if named.has_rival(terms(quote.core)[:LEADING]):
        return True
    return named.has_rival(page) and named.kinds.keys().isdisjoint(_told_by_passage(quote, named))


def leaves_what_is_asked_of_it_unsaid(quote: Quote, sought: Sought) -> bool:
    """Whether yes or no is asked of a thing and of another ("does X damage the heart?"), and a quote says
    less than half of that, or its passage nothing of the thing: what X is used for is no answer, nor what Y does.
    """
    if not sought.is_closed or sought.question.is_long or _OTHERS.search(sought.text):
        return False
    if asks_what_kind(sought.text, sought.named.things):
        return False
    if Want.CAUSE in sought.wants and not any(map(_RELATES.search, (quote.text, *quote.headings))):
        return True
    asked = asked_effect(sought.text)
    if asked is not None and (sought.named.things or not asked.is_act):
        return not _tells_effect(asked, quote, sought)
    return _says_nothing_else(quote, sought)


def is_a_time_of_another(quote: Quote, sought: Sought) -> bool:
    """Whether it is asked how long or how soon something is, and a quote tells how long people live, or too little
    of what: less than half where the question says since when, else not a word, with headings and page's name.
    """
    asked = _HOW_LONG.search(sought.text)
    if asked is None or not sought.words:
        return False
    if _OF_SURVIVAL.search(quote.text) and not _ASKS_ON_LIFE.search(sought.text):
        return True
    if since := _SINCE.search(sought.text, asked.end()):
        event = sought.words.keys() & terms_of(f"{sought.text[: since.start()]} {sought.text[since.end() :]}")
        if event:
            return not says_half(frozenset(event), sought.words, _said(frozenset(event), _with_headings(quote)))
    own = sought.named.told(subject_of(quote) | terms_of(quote.text), page_terms(quote.hit))
    return not any(says(own, word) for word in sought.words)


def _tells_effect(asked: AskedEffect, quote: Quote, sought: Sought) -> bool:
    """Whether a quote's passage names what is asked of, and the quote says the heavier part of the effect."""
    named, weights = sought.named, sought.question.weights
    of, effect = asked.of, asked.effect
    if asked.is_act and named.things.isdisjoint(of):
        of, effect = effect, of
    headings = "\n".join(quote.hit.passage.headings)
    passage = _said(
        of, _told_by_passage(quote, named) | _otherwise(sought, f"{headings}\n{quote.hit.passage.text}")
    )
    things = of & named.things
    if not says_half(of, weights, passage) or (things and things.isdisjoint(passage)):
        return False
    own = (
        _with_headings(quote)
        | page_terms(quote.hit)
        | _otherwise(sought, "\n".join((quote.text, *quote.headings)))
    )
    if Facet.STOPPING in sought.facets and sentence_speaks_of(Facet.STOPPING, quote.text):
        return True
    said = _said(effect, own)
    if says_half(effect, weights, said):
        return True
    if not asked.is_act and _SAFE.search(sought.text):
        return _SAFELY.search(quote.text) is not None and says_half(of, weights, _said(of, own))
    return asked.is_act and bool(said) and meets((Want.ALLOWED,), quote.text, ()) > 0


def _says_nothing_else(quote: Quote, sought: Sought) -> bool:
    """Whether a thing is named in another form of question, and a quote says no other word of that."""
    named = sought.named
    if not named.things or sought.stands:
        return False
    asks_if_safe = _SAFE.search(sought.text) is not None
    is_ruled = Want.ALLOWED in sought.wants and not asks_if_safe and meets((Want.ALLOWED,), quote.text, ())
    is_on_stopping = Facet.STOPPING in sought.facets and sentence_speaks_of(Facet.STOPPING, quote.text)
    others = [word for word in sought.words if word not in named.things]
    said = _with_headings(quote)
    if others and not (is_ruled or is_on_stopping) and not any(says(said, word) for word in others):
        return True
    return asks_if_safe and named.things.isdisjoint(_told_by_passage(quote, named))


def _told_by_passage(quote: Quote, named: Named) -> frozenset[str]:
    return named.told(passage_terms(quote.hit), page_terms(quote.hit))


def _otherwise(sought: Sought, text: str) -> frozenset[str]:
    """The question's terms that a text says by another name."""
    names = other_names(sought.text)
    return frozenset(told_otherwise(names, term_line(text)).split()) if names else frozenset()


def _with_headings(quote: Quote) -> frozenset[str]:
    return terms_of("\n".join((quote.text, *quote.headings)))


def _said(words: frozenset[str], found: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if says(found, word))
