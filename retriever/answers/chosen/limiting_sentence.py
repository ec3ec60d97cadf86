"""Limiting sentence: the sentence right behind a quote that excepts from it, forbids or takes back part of it."""

import re
from dataclasses import replace

from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import subject_of, terms_of
from retriever.answers.quotable.standing_alone import is_statement, leans_on_another
from retriever.answers.quotable.units import Unit, UnitKind, units_around
from retriever.answers.wanted.sought import Sought
from retriever.answers.wanted.subject_words import says
from retriever.index import Index
from retriever.late_pattern import late_pattern

_TURNS = late_pattern(
    r"(?:however|but|yet|nevertheless|nonetheless|even so|unless|except|do not|don[’']t|never)\b", re.IGNORECASE
)
_HOLDS_FOR = late_pattern(
    r"(?:this|these|those|both|all|all of these|the above)\s+(?:uses?|indications?|approvals?|doses?|figures?"
    r"|recommendations?)\b.*\b(?:appl(?:y|ies)|approved|licensed|authori[sz]ed|meant|intended|holds?)\b",
    re.IGNORECASE,
)
"""What the sentence before holds for: one brand, one form, an approval that is not final."""
_RESTRICTS = late_pattern(r"\b(?:not|never|only|unless|until|no longer|cannot)\b|n[’']t\b", re.IGNORECASE)


def with_limit(quote: Quote, index: Index, circumstance: str | None = None) -> Quote:
    """The quote with the sentence behind it where that limits it, in its paragraph or right below its list, or
    says of the circumstance that was asked for, a term, what the quote says in general.

    As it was where nothing does, or where that sentence is not in the passage.
    """
    document = quote.hit.document
    text = index.reading_text(document.document_id)
    units = units_around(document, text, quote.start_char)
    behind = next((place for place, unit in enumerate(units) if unit.start_char >= quote.end_char), 0)
    if not behind or not _belongs(units[behind - 1], units[behind]):
        return quote
    end = units[behind].end_char
    sentence = text[units[behind].start_char : end]
    is_on_it = circumstance is not None and says(terms_of(sentence), circumstance) and is_statement(sentence)
    if end > quote.hit.passage.end_char or not (is_on_it or limits(sentence)):
        return quote
    return replace(quote, end_char=end, units=quote.units + 1, text=text[quote.start_char : end])


def unsaid_circumstance(quote: Quote, sought: Sought) -> str | None:
    """The rarest word of what was asked, where neither the quote nor its headings nor its page's name say it."""
    rarest = max(sought.words, key=lambda word: (sought.words[word], word), default=None)
    said = subject_of(quote) | terms_of(quote.text)
    return None if rarest is None or quote.is_list or says(said, rarest) else rarest


def limits(sentence: str) -> bool:
    """Whether a sentence takes back, forbids or excepts something of the one before it, or says for what that
    holds.
    """
    if not is_statement(sentence):
        return False
    if _TURNS.match(sentence) is not None or _HOLDS_FOR.match(sentence) is not None:
        return True
    return leans_on_another(sentence) and _RESTRICTS.search(sentence) is not None


def _belongs(last: Unit, following: Unit) -> bool:
    """Whether what follows a unit goes on with it: its own paragraph, or what stands below its list or table."""
    if following.kind is not UnitKind.SENTENCE:
        return False
    return following.block == last.block or (
        last.kind in (UnitKind.ITEM, UnitKind.ROW) and following.block == last.block + 1
    )
