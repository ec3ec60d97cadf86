"""Beside: what a quote tells that was not asked: who treats, what a page is, how a study was done, no duration."""

import re
from collections.abc import Sequence
from functools import lru_cache

from retriever.answers.quote_subject import introduction_of
from retriever.answers.quotes import Quote
from retriever.answers.want_patterns import Want
from retriever.answers.wants import meets, only_asks

STANDS = frozenset(
    {
        Want.EXISTS,
        Want.DANGER,
        Want.CONTAGIOUS,
        Want.CURABLE,
        Want.NAMES,
        Want.SIDE_EFFECTS,
        Want.EXCLUDED,
        Want.UNTREATED,
        Want.LASTING,
    }
)
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
    r"\beditorial board\b|\binformation (?:in|on) this (?:summary|section|page|site)\b"
    r"|\bthis (?:\w+ )?summary\b|^note: "
    r"|\b(?:is|are) no longer being updated\b|\breference purposes only\b|\bPDQ (?:cancer|summar|database)"
    r"|^an? (?:fact sheet|booklet|video|leaflet|brochure|collection of links|list of links|web ?page)\b",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"\bsummary of (?:\w+ ){0,2}information\b|\binformation (?:about|on) [^.:]{1,80} (?:may|can) include\b",
    re.IGNORECASE,
)
"""What a linked page is said to hold."""
_OF_A_PICTURE = re.compile(
    r"\bsee (?:the )?(?:inset|figure|picture|drawing)\b"
    r"|\b(?:drawing|picture|photograph|photo|diagram|figure) (?:\w+ ){0,2}shows\b",
    re.IGNORECASE,
)
_REFERENCES = re.compile(r"(?:(?:selected |key )?references|source|bibliography|works cited)\W*", re.IGNORECASE)
"""The heading of what a page is drawn from."""
_METHOD = re.compile(
    r"\b(?:randomly assigned|were enrolled|enrolled (?:in|\d)|were recruited|began taking|took part"
    r"|(?:patients|participants|women|men|volunteers) (?:received|took|were (?:given|asked|treated|followed))"
    r"|as measured (?:by|on)|standard prophylaxis|(?:designed|conducted) to (?:test|see|find out|determine|learn)"
    r"|(?:study|studies|trials?(?: \(\w+\))?|researchers) (?:\w+ ){0,3}(?:looked at|(?:studi|test)ed whether))\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:significant\w*|reduc\w+|improv\w+|less|lower|fewer|more|better|higher|longer|no (?:\w+ )?(?:difference"
    r"|benefit|effect|evidence)|found|showed|shown|effective\w*|help\w*|increas\w+|percent|risk)\b|%",
    re.IGNORECASE,
)
_WHETHER = re.compile(r"\bwhether\b[^.;]*", re.IGNORECASE)
"""What a study was to find out is nothing that it found."""
_DURATION = re.compile(
    r"\b(?:(?:second|minute|hour|day|night|week|month|year|decade)s?|age[ds]?|daily|weekly|monthly|yearly|annual\w*"
    r"|chronic|permanent\w*|lifelong|lifetime|forever|never|indefinite\w*|rest of|long[ -]?(?:term|lasting|time)"
    r"|short[ -]?term|temporary|until|as long as|always|right away|immediately)\b",
    re.IGNORECASE,
)

_FIGURES = (
    (
        re.compile(
            r"\bhow (?:long|soon|many (?:days|weeks|months|years))\b(?!.*\b(?:live|survive|left)\b)", re.IGNORECASE
        ),
        _DURATION,
    ),
    (
        re.compile(r"\bhow (?:often|frequently|many times)\b(?!.*\b(?:happen|occur)s?\b)", re.IGNORECASE),
        re.compile(
            r"\b(?:every|each|once|twice|daily|weekly|monthly|yearly|annual\w*|times|regular\w*|often|frequent\w*|again"
            r"|repeat\w*|(?:a|per|an) (?:hour|day|week|month|year)|(?:hour|day|week|month|year)s apart|rarely"
            r"|never|only)\b",
            re.IGNORECASE,
        ),
    ),
    (
        re.compile(
            r"\bhow (?:common|rare|likely|many (?:people|patients|women|men|children))\b|\bpercent\w*"
            r"|\bwhat(?:['’]?s| is| are) (?:\w+ ){0,4}(?:chances?|odds|share|\w+ rates?)\b",
            re.IGNORECASE,
        ),
        re.compile(
            r"\d|%|\b(?:percent|rare|rarely|common\w*|uncommon|most|half|third|quarter|few|fewer|likely|unlikely|usually"
            r"|often|high|low|good|poor|one|two|three|four|five|six|seven|eight|nine|ten|thousands?|millions?)\b",
            re.IGNORECASE,
        ),
    ),
)
"""What asks for a time, for how often or for a share, each with what a quote that gives one says."""


def answers_not(question: str, quote: Quote, wants: tuple[Want, ...]) -> bool:
    """Whether a quote tells what was not asked, or leaves open what was."""
    headings = quote.hit.passage.headings[-2:]
    introduction = introduction_of(quote) if quote.is_list else None
    return is_beside(
        question, quote.text, wants, introduction=introduction, heading=headings[-1] if headings else ""
    ) or (takes_no_stand(quote.text, headings, wants) and not _gives_a_figure(question, quote.text))


def is_beside(
    question: str, quote: str, wants: tuple[Want, ...], *, introduction: str | None = None, heading: str = ""
) -> bool:
    """Whether a quote speaks of who treats, of its page, a linked one or a picture, or of a study's course, names
    what a page is drawn from, or tells who asks how long of no time. What was asked for is not beside it.

    `introduction` is what stands before the items of a list, None for a sentence; a list's may speak of its own
    page. `heading` is the nearest one above.
    """
    said = quote if introduction is None else introduction
    if _REFERENCES.fullmatch(heading) or _tells_of_texts(said, is_list=introduction is not None):
        return True
    if introduction is not None and Want.QUESTIONS not in wants and only_asks(quote):
        return True
    if _tells_who_treats(quote) and not _ASKS_WHO.search(question):
        return True
    if Want.EFFECT in wants and _METHOD.search(quote) and not _RESULT.search(_WHETHER.sub("", quote)):
        return True
    if {Want.SHARE, Want.RECURRENT} <= set(wants) and not meets((Want.RECURRENT,), quote, (heading,)):
        return True
    if not _figures_of(question) or _gives_a_figure(question, quote):
        return False
    others = [want for want in wants if want in STANDS]
    return not (others and meets(others, quote, (heading,)))


def _gives_a_figure(question: str, quote: str) -> bool:
    """Whether a quote gives one of the figures that a question asks for."""
    return any(gives.search(quote) for gives in _figures_of(question))


@lru_cache(maxsize=256)
def _figures_of(question: str) -> tuple[re.Pattern[str], ...]:
    return tuple(gives for asks, gives in _FIGURES if asks.search(question))


@lru_cache(maxsize=16_384)
def _tells_of_texts(said: str, *, is_list: bool) -> bool:
    itself = not is_list and (_OF_ITSELF.search(said) or _OF_A_PICTURE.search(said))
    return bool(itself or _OF_ANOTHER.search(said))


@lru_cache(maxsize=16_384)
def _tells_who_treats(quote: str) -> bool:
    return _TEAM.search(quote) is not None


def takes_no_stand(quote: str, headings: Sequence[str], wants: tuple[Want, ...]) -> bool:
    """Whether a question wants a stand taken ("is it dangerous?") and neither quote nor heading takes one.

    What merely mentions the subject does not answer it: rather nothing is quoted.
    """
    asked = [want for want in wants if want in STANDS]
    return bool(asked) and not meets(asked, quote, headings)
