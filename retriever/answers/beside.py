"""Beside: what a quote tells that was not asked: who treats, what a page is, how a study was done, no duration."""

import re
from collections.abc import Sequence

from retriever.answers.wants import Want, meets

STANDS = frozenset({Want.EXISTS, Want.DANGER, Want.CONTAGIOUS, Want.CURABLE, Want.NAMES})
"""Wants that only a quote which takes a stand on them answers."""

_TEAM = re.compile(
    r"\b(?:planned|overseen|managed|treated) by an? (?:\w+ )?(?:team|oncologist|specialist|group)\b"
    r"|\bteam of (?:\w+ )?(?:doctors|specialists|experts|health|professionals)\b"
    r"|\bspecialists (?:\w+ ){0,3}(?:may )?includes?\b|\bmay include the following specialists\b"
    r"|\bworks? with (?:\w+ ){0,3}(?:health|doctors|providers|professionals|specialists)\b"
    r"|\bdoctors? who (?:specializes?|are experts?)\b|\btreatment plan will include\b",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(
    r"\b(?:who|whom|doctors?|specialists?|oncologists?|surgeons?|nurses?|teams?|provider|professionals?|experts?)\b",
    re.IGNORECASE,
)
_OF_ITSELF = re.compile(
    r"\beditorial board\b|\binformation in this summary\b|\bthis (?:\w+ )?summary\b|^note: "
    r"|\b(?:is|are) no longer being updated\b|\breference purposes only\b|\bPDQ (?:cancer|summar|database)"
    r"|^an? (?:fact sheet|booklet|video|leaflet|brochure|collection of links|list of links|web ?page)\b",
    re.IGNORECASE,
)
_METHOD = re.compile(
    r"\b(?:randomly assigned|were enrolled|enrolled (?:in|\d)|were recruited|began taking|took part"
    r"|(?:patients|participants|women|men|volunteers) (?:received|took|were (?:given|asked|treated|followed))"
    r"|as measured (?:by|on)|standard prophylaxis)\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:significant\w*|reduc\w+|improv\w+|less|lower|fewer|more|better|higher|longer|no (?:\w+ )?(?:difference"
    r"|benefit|effect|evidence)|found|showed|shown|effective\w*|help\w*|increas\w+|percent|risk)\b|%",
    re.IGNORECASE,
)
_ASKS_HOW_LONG = re.compile(r"\bhow (?:long|soon|many (?:days|weeks|months|years))\b", re.IGNORECASE)
_ASKS_OF_LIFE = re.compile(r"\b(?:live|survive|left)\b", re.IGNORECASE)
_DURATION = re.compile(
    r"\b(?:(?:second|minute|hour|day|night|week|month|year|decade)s?|age[ds]?|daily|weekly|monthly|yearly|annual\w*"
    r"|chronic|permanent\w*|lifelong|lifetime|forever|never|indefinite\w*|rest of|long[ -]?(?:term|lasting|time)"
    r"|short[ -]?term|temporary|until|as long as|always|right away|immediately|once|twice)\b",
    re.IGNORECASE,
)


def is_beside(question: str, quote: str, wants: tuple[Want, ...], *, is_list: bool) -> bool:
    """Whether a quote speaks of who treats, of its page or of a study's course, or, to who asks how long, of no
    time. What was asked for is not beside it, and of a list only its lead-in may speak of the page.
    """
    if not is_list and _OF_ITSELF.search(quote):
        return True
    if _TEAM.search(quote) and not _ASKS_WHO.search(question):
        return True
    if Want.EFFECT in wants and _METHOD.search(quote) and not _RESULT.search(quote):
        return True
    asks_how_long = _ASKS_HOW_LONG.search(question) and not _ASKS_OF_LIFE.search(question)
    return bool(asks_how_long) and _DURATION.search(quote) is None


def takes_no_stand(quote: str, headings: Sequence[str], wants: tuple[Want, ...]) -> bool:
    """Whether a question wants a stand taken ("is it dangerous?") and neither quote nor heading takes one.

    What merely mentions the subject does not answer it: rather nothing is quoted.
    """
    asked = [want for want in wants if want in STANDS]
    return bool(asked) and not meets(asked, quote, headings)
