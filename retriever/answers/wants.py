"""Wants: what a question asks for more closely than its facet says, and whether a quote speaks to it.

"Is it hereditary?" and "Who is at risk?" ask for the causes of a disease, and are answered by different sentences.
Only the choice of quotes goes by these; what is found does not depend on them.
"""

import re
from collections.abc import Sequence

from retriever.answers.want_patterns import FIGURE, PATTERNS, TREATMENT, Want

_SAYS_LITTLE = re.compile(
    r"(?:an? )?(?:risk factors?|side effects?|late effects?|signs?|symptoms?|staging|prognos[ie]s"
    r"|clinical trials?)\s+(?:is|are)"
    r"\s+(?:an?|any|anything|problems?|the|when|something|used|part)\b"
    r"|anything that (?:increases|raises|lowers|decreases)\b|cancer prevention is\b|.*\b(?:is"
    r"|are) called (?:an? )?(?:risk factors?|side effects?|late effects?)\b"
    r"|learning about\b|it is important to (?:know|learn|understand)\b"
    r"|prepare for your (?:visit|appointment)\b|(?:make|write(?: down)?) (?:a list of )?(?:your )?questions\b"
    r"|(?:talk (?:to|with)|ask) (?:your|the|a) (?:\w+ )?(?:doctor|health|care|provider|nurse"
    r"|pharmacist)"
    r"|(?:some|many) risk factors? .*\bcan(?:not)? be changed|having (?:one|a risk factor|one or more)\b"
    r"|not (?:every|all)|(?:there are )?(?:different|many|several) (?:types|kinds|ways|risk factors)\b[^:.]*\.\Z"
    r"|(?:choosing|deciding|decisions?)\b|.*\bis a decision\b|you can (?:search|use)|general information about"
    r"|.*\b(?:is|are) (?:also |now )?(?:being|still) (?:studied|tested|researched)"
    r"|.*\bresearch(?:ers)? (?:is|are)\b|.*\b(?:use|from) this list\b|.*\bnot listed (?:here|below)\b",
    re.IGNORECASE,
)
_DEPENDS = re.compile(r"\b(?:depends?(?:ing)? (?:up)?on|(?:is|are) (?:based on|planned|decided|chosen))\b", re.I)
_SEE_A_DOCTOR = re.compile(
    r"(?:check with|call|contact|tell|see|talk (?:to|with)) (?:\S+ ){1,4}(?:doctor|nurse|provider|team)\b.*"
    r"\b(?:if|when)\b",
    re.I,
)
_ONCE_DIAGNOSED = re.compile(
    r"^after\b.*\bdiagnosed\b|\balso (?:be )?used (?:to (?:help )?|for )(?:stage|staging|plan)|\bspread\b"
    r"|\b(?:may|will|can) be repeated\b|\bhow well (?:the|your) treatment\b|\bfollow-up\b"
    r"|\bafter treatment (?:has )?end",
    re.I,
)
_ASKS_FOR_ADVICE = re.compile(
    r"\b(?:how (?:do|can|should|could|to|will)|what (?:should|to|can|could|do|helps?)|where|should|tips|advice"
    r"|help|cope|coping|(?:can|may) (?:i|we|he|she|they))\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"(?:try|talk|ask|eat|drink|use|take|get|rest|stay|keep|avoid|choose|let|plan|join|be|go|tell|share|remember"
    r"|make"
    r"|limit|wear|call|write|check|learn)\b",
    re.IGNORECASE,
)
_TIPS = re.compile(r"(?:\w+ ){0,5}?(?:ways|tips|steps)\b", re.IGNORECASE)
_CASE = re.compile(
    r"(?:even )?(?:if|unless|when|once)\b|(?:for|in|among) (?:one|some|certain|rare|a few|patients|people|women"
    r"|men)\b",
    re.I,
)
_DEPENDS_ALONE = re.compile(r"\boptions\b[^.]{0,40}\bdepends? (?:up)?on\b[^.]*\Z", re.IGNORECASE)
_STOCK_CAUSE = re.compile(
    r"\bcaused by (?:certain )?(?:changes|alterations) (?:to|in) the way\b|\bexact cause\b", re.IGNORECASE
)
"""What holds for every cancer, and so tells of none what causes it."""
_LEAVES_OPEN = re.compile(
    r"(?:whether|if)\b.*\b(?:is|are) (?:(?:still|also) )?"
    r"(?:not (?:yet )?(?:known|clear|certain|understood)|un(?:known|clear|certain))"
    r"|it is (?:not (?:yet )?(?:known|clear|certain)|un(?:known|clear|certain)) (?:whether|if)\b",
    re.IGNORECASE,
)
_FURTHER_USE = re.compile(r"\b(?:is|are) also\b", re.IGNORECASE)
_NUMBER = re.compile(rf"\b{FIGURE}\b|\d", re.IGNORECASE)
_NAMES_A_TREATMENT = re.compile(rf"{TREATMENT}|\btreat|\btherap", re.IGNORECASE)
_ASKING = re.compile(r"[^.?!]+\?")
_ASKING_ITEM = re.compile(r"\?\s*(?:\n|\Z)")


def wants_of(question: str) -> tuple[Want, ...]:
    """What a question wants, in a fixed order; of a message, what its sentences with a question mark want."""
    asking = " ".join(_ASKING.findall(question)) or question
    wants = tuple(want for want, patterns in PATTERNS.items() if patterns.question.search(asking))
    return tuple(want for want in wants if want is not Want.TREATMENTS) if Want.UNTREATED in wants else wants


def meets(wants: Sequence[Want], quote: str, headings: Sequence[str]) -> float:
    """The share of the wants that a quote's words speak to, 0 to 1; a heading that does counts half."""
    if not wants:
        return 0.0
    met = 0.0
    for want in wants:
        patterns = PATTERNS[want]
        announced = patterns.heading is not None and any(map(patterns.heading.search, headings))
        met += 1.0 if patterns.quote.search(quote) else 0.5 * announced
    return met / len(wants)


def says_little(introduction: str, quote: str, wants: Sequence[Want], *, is_list: bool) -> bool:
    """Whether a quote explains a word that nobody asked for, or refers the answer to others.

    `introduction` is what stands before the items of a list, or the quote itself.
    """
    if not is_list and _SAYS_LITTLE.match(quote) is not None:
        return True
    if Want.DIAGNOSED in wants and Want.EXTENT not in wants and _ONCE_DIAGNOSED.search(quote) is not None:
        return True
    if {Want.DIAGNOSED, Want.EXTENT, Want.COPING} & set(wants) and _SEE_A_DOCTOR.match(introduction) is not None:
        return True
    if Want.CAUSE in wants and _STOCK_CAUSE.search(quote) is not None:
        return True
    if Want.USE in wants and not is_list and _FURTHER_USE.search(quote) is not None:
        return True
    if (
        {Want.FIGURE, Want.SHARE} & set(wants)
        and _DEPENDS.search(introduction) is not None
        and not _NUMBER.search(quote)
    ):
        return True
    if Want.TREATMENTS not in wants:
        return False
    if _NAMES_A_TREATMENT.search(quote) is None:
        return True
    return (_DEPENDS_ALONE if is_list else _DEPENDS).search(introduction) is not None


def leaves_open(quote: str) -> bool:
    """Whether a quote says that nobody knows whether something is so: an answer only to who asks for yes or no."""
    return _LEAVES_OPEN.match(quote) is not None


def only_asks(quote: str) -> bool:
    """Whether a list is one of questions."""
    return len(_ASKING_ITEM.findall(quote)) > 1


def is_conditional(quote: str) -> bool:
    """Whether a quote begins with the case in which alone it holds."""
    return _CASE.match(quote) is not None


def asks_for_advice(question: str) -> bool:
    """Whether a question wants to be told what to do."""
    return _ASKS_FOR_ADVICE.search(question) is not None


def advises(quote: str, *, is_list: bool = False) -> bool:
    """Whether a quote tells its reader what to do; of a list what introduces it says so ("Ways to ...")."""
    return _ADVICE.match(quote) is not None or (is_list and _TIPS.match(quote) is not None)


def tells_no_use(introduction: str, wants: Sequence[Want]) -> bool:
    """Whether a quote leaves unsaid what a thing is used for, where the question asks that."""
    return Want.USE in wants and PATTERNS[Want.USE].quote.search(introduction) is None
