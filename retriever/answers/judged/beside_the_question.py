"""Beside the question: what a quote tells that was not asked: who treats, what a page is, how a study was done."""

import re
from functools import lru_cache

from retriever.answers.quotable.quote import Quote
from retriever.answers.wanted.sought import Sought
from retriever.answers.wanted.want_patterns import Want
from retriever.answers.wanted.wants import meets
from retriever.late_pattern import late_pattern

_TEAM = late_pattern(
    r"\b(?:planned|overseen|managed|treated) by an? (?:\w+ )?(?:team|oncologist|specialist|group)\b"
    r"|\bteam of (?:\w+ )?(?:doctors|specialists|experts|health|professionals)\b"
    r"|\bspecialists (?:\w+ ){0,3}(?:may )?includes?\b|\bmay include the following specialists\b"
    r"|\bworks? with (?:\w+ ){0,3}(?:health|doctors|providers|professionals|specialists)\b"
    r"|\bdoctors? who (?:specializes?|are experts?)\b|\btreatment plan will include\b",
    re.IGNORECASE,
)
_OF_ITSELF = late_pattern(
    r"\beditorial board\b|\binformation (?:in|on) this (?:summary|section|page|site)\b"
    r"|\bthis (?:\w+ )?summary\b|^note: "
    r"|\b(?:is|are) no longer being updated\b|\breference purposes only\b|\bPDQ (?:cancer|summar|database)"
    r"|^an? (?:fact sheet|booklet|video|leaflet|brochure|collection of links|list of links|web ?page)\b",
    re.IGNORECASE,
)
_OF_ANOTHER = late_pattern(
    r"\bsummary of (?:\w+ ){0,2}information\b|\binformation (?:about|on) [^.:]{1,80} (?:may|can) include\b",
    re.IGNORECASE,
)
"""What a linked page is said to hold."""
_REFERENCES = late_pattern(
    r"(?:(?:selected |key )?references|sources?|bibliography|works cited|where (?:\w+ ){1,3}can be checked)\W*",
    re.IGNORECASE,
)
"""The heading of what a page is drawn from."""
_METHOD = late_pattern(
    r"\b(?:randomly assigned|were enrolled|enrolled (?:in|\d)|were recruited|began taking|took part"
    r"|(?:patients|participants|women|men|volunteers) (?:received|took|were (?:given|asked|treated|followed))"
    r"|as measured (?:by|on)|standard prophylaxis|(?:designed|conducted) to (?:test|see|find out|determine|learn)"
    r"|(?:study|studies|trials?(?: \(\w+\))?|researchers) (?:\w+ ){0,3}(?:looked at|(?:studi|test)ed whether))\b",
    re.IGNORECASE,
)
_RESULT = late_pattern(
    r"\b(?:significant\w*|reduc\w+|improv\w+|less|lower|fewer|more|better|higher|longer|no (?:\w+ )?(?:difference"
    r"|benefit|effect|evidence)|found|showed|shown|effective\w*|help\w*|increas\w+|percent|risk)\b|%",
    re.IGNORECASE,
)
_ENDPOINT = late_pattern(r"\b(?:primary|secondary) (?:end ?points?|outcomes?)\b", re.IGNORECASE)
"""What a trial was to measure."""
_ADMITTED = late_pattern(r"\beligible to (?:participate|take part|enroll)\b", re.IGNORECASE)
_WHETHER = late_pattern(r"\bwhether\b[^.;]*", re.IGNORECASE)
"""What a study was to find out is nothing that it found."""
_INTO_ANOTHER = late_pattern(
    r"\b(?:turn(?:s|ed|ing)? (?:in)?to|bec[oa]m(?:e|es|ing)(?! pregnant)|(?:progress|transform|develop)\w*)\b",
    re.IGNORECASE,
)
_QUESTION_ITEM = late_pattern(r"\?\s*(?:\n|\Z)")


def answers_not(quote: Quote, sought: Sought) -> bool:
    """Whether a quote tells what was not asked, or leaves open what was."""
    return is_beside(quote, sought) or (takes_no_stand(quote, sought) and not _gives_a_figure(quote, sought))


def is_beside(quote: Quote, sought: Sought) -> bool:
    """Whether a quote speaks of who treats, of its page or a linked one, or of a study's course, names
    what a page is drawn from, or tells who asks how long of no time. What was asked for is not beside it.

    What introduces a list may speak of its own page.
    """
    heading, wants = quote.headings[-1:], sought.wants
    if any(map(_REFERENCES.fullmatch, heading)) or _tells_of_texts(quote.introduction, is_list=quote.is_list):
        return True
    if quote.is_list and Want.QUESTIONS not in wants and _only_asks(quote):
        return True
    if not sought.asks_who_treats and _tells_who_treats(quote.text):
        return True
    if Want.EFFECT in wants and _METHOD.search(quote.text) and not _RESULT.search(_WHETHER.sub("", quote.text)):
        return True
    is_course = _ADMITTED.search(quote.text) or (_ENDPOINT.search(quote.text) and not _RESULT.search(quote.text))
    if is_course and not sought.asks_for_research:
        return True
    if Want.SHARE in wants and Want.RECURRENT in wants and not meets((Want.RECURRENT,), quote.text, heading):
        return True
    if Want.SHARE in wants and _INTO_ANOTHER.search(sought.text) and not _INTO_ANOTHER.search(quote.text):
        return True
    if not sought.figures or _gives_a_figure(quote, sought):
        return False
    return not meets(sought.stands, quote.text, heading)


def takes_no_stand(quote: Quote, sought: Sought) -> bool:
    """Whether a question wants a stand taken ("is it dangerous?") and neither quote nor heading takes one.

    What merely mentions the subject does not answer it: rather nothing is quoted.
    """
    return bool(sought.stands) and not meets(sought.stands, quote.text, quote.headings)


def _gives_a_figure(quote: Quote, sought: Sought) -> bool:
    """Whether a quote gives one of the figures that a question asks for."""
    return any(gives.search(quote.text) for gives in sought.figures)


def _only_asks(quote: Quote) -> bool:
    """Whether a list is one of questions."""
    return len(_QUESTION_ITEM.findall(quote.text)) > 1


@lru_cache(maxsize=16_384)
def _tells_of_texts(said: str, *, is_list: bool) -> bool:
    return bool((not is_list and _OF_ITSELF.search(said)) or _OF_ANOTHER.search(said))


@lru_cache(maxsize=16_384)
def _tells_who_treats(said: str) -> bool:
    return _TEAM.search(said) is not None
