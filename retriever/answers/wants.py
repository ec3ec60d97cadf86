"""Wants: what a question asks for more closely than its facet says, and the words that a fitting answer uses.

"Is it hereditary?" and "Who is at risk?" ask for the causes of a disease, and are answered by different sentences.
Only the choice of quotes goes by these; what is found does not depend on them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Want(StrEnum):
    """What a question may want to hear."""

    INHERITED = "inherited"
    CURABLE = "curable"
    FATAL = "fatal"
    AGE = "age"
    SCREENING = "screening"
    DIAGNOSED = "diagnosed"
    RISK = "risk"
    TREATMENTS = "treatments"
    PROCEDURE = "procedure"
    MECHANISM = "mechanism"
    COPING = "coping"
    QUESTIONS = "questions"
    USE = "use"
    EFFECT = "effect"
    CAUSE = "cause"
    FIGURE = "figure"
    NAMES = "names"
    EXISTS = "exists"
    DANGER = "danger"
    CONTAGIOUS = "contagious"
    OCCURS = "occurs"


@dataclass(frozen=True, slots=True)
class _Patterns:
    question: re.Pattern[str]
    heading: re.Pattern[str] | None
    quote: re.Pattern[str]


def _compile(question: str, quote: str, heading: str | None = None) -> _Patterns:
    return _Patterns(
        re.compile(question, re.IGNORECASE),
        None if heading is None else re.compile(heading, re.IGNORECASE),
        re.compile(quote, re.IGNORECASE),
    )


_DONE = r"done|performed|carried out|given|made|taken|put in|placed|administered"
_TREATMENT = (
    r"(?:surgery|surgical|resection|excision|chemotherapy|radiation|radiotherapy|immunotherapy|targeted"
    r"|hormone therapy"
    r"|transplant|cryosurgery|ablation|antibod\w+|drugs?|medicines?|watchful waiting|active surveillance"
    r"|palliative)"
)
_FIGURE = (
    r"(?:every|once|twice|daily|weekly|monthly|yearly|annually|\d[\d,.]* (?:percent|in|out of)|\$\d+"
    r"|(?:\d+|an?|one|two|three|four|five|six|eight|ten|twelve|several|few|many)"
    r" (?:(?:to|or|and) (?:\d+|\w+) )?(?:more )?"
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|times)"
    r"|(?:minutes|hours|days|weeks|months|years) (?:or|to|after))"
)
_PATTERNS: Mapping[Want, _Patterns] = {
    Want.INHERITED: _compile(
        r"\binherit\w*|\bheredit\w*|\bgenetic\b(?! test)|\bruns? in (?:the |my )?famil|passed (?:on|down)",
        r"\binherit\w*|\bheredit\w*|\bfamil(?:y history|ial)|\bruns? in|passed (?:on|down)|genetic (?:change"
        r"|condition"
        r"|syndrome|mutation)s?|gene changes?|\bparents?\b",
        r"inherit\w*|heredit\w*|genetic\w*|family history",
    ),
    Want.CURABLE: _compile(
        r"\bcurable\b|\bcured?\b(?! rate)",
        r"\bcur(?:e|es|ed|able)\b|surviv\w*|remission",
        r"prognosis|outlook|cure",
    ),
    Want.FATAL: _compile(
        r"\b(?:die|dying|fatal|deadly|kills? (?:you|people))\b",
        r"\bdeaths?\b|\bdie[sd]?\b|\bdying\b|fatal|life.threatening|surviv\w*",
        r"prognosis|outlook|surviv\w*|deaths?",
    ),
    Want.AGE: _compile(
        r"(?:what|which) age|how old|\bages?\b|when (?:should |do |does |must |can |to ).*(?:start|begin|screen"
        r"|get|have|first)",
        r"\bage[ds]?\s+(?:of\s+)?\d|\d+\s+(?:years? )?(?:to|and|or)\s+\d+|\d+\s+years (?:old|of age)|\byears old\b"
        r"|\bevery \w+ years",
        r"when|\bage",
    ),
    Want.SCREENING: _compile(r"screen\w*|check(?:ed)? for", r"screen\w*", r"screen\w*|early detection"),
    Want.DIAGNOSED: _compile(
        r"\bdiagnos(?:e|ed|is|ing)\b|\bdetect\w*|how (?:do|can|is|are) .*\b(?:find|found|tested)\b",
        r"\bused to (?:diagnose|find|detect)|\bbiops\w+|physical exam\w*|ultrasound|\b(?:CT|MRI|PET)\b|x-ray"
        r"|blood tests?"
        r"|\btests that\b|imaging",
        r"diagnos\w*|tests? ",
    ),
    Want.RISK: _compile(
        r"risk factors?|at risk|\bwho gets\b|(?:raise|increase|lower|reduce|cut"
        r"|decrease)\w* (?:\w+ ){0,4}(?:risk|chance)"
        r"|chance of getting",
        r"risk factors? (?:for|include)|(?:increases?|raises?|higher|greater|lowers?|reduces?"
        r"|decreases?) (?:\w+ ){0,3}"
        r"(?:risk|chance)|increased risk|more likely|linked to",
        r"risk",
    ),
    Want.TREATMENTS: _compile(
        r"(?<!\bused to )\btreat(?:ment|ments|ed)?\b|\btherap(?:y|ies) (?:for|of)\b|\boptions\b",
        rf"{_TREATMENT}.*\b{_TREATMENT}|treatment (?:\w+ ){{0,12}}(?:may|can|might)? ?includes?",
        r"treat\w*|options",
    ),
    Want.PROCEDURE: _compile(
        rf"how (?:is|are|do they|does one) .*\b(?:{_DONE})\b|what happens (?:during|in|at)|what to expect",
        r"\b(?:is|are) (?:then |usually |often |first )?(?:inserted|injected|placed|put|removed|taken|passed"
        r"|used|moved"
        r"|numbed|made|sent|collected|viewed|checked|swallowed|withdrawn)\b|\bneedle\b|\btube\b|\blie[s]? |x-rays?"
        r"|\byou (?:will|may) (?:be|lie|have|feel|need|get)\b|(?:is|are) (?:an? )?(?:procedure|x-ray"
        r"|imaging test)",
        r"how (?:is|are)|what happens|expect|during|procedure|types of",
    ),
    Want.MECHANISM: _compile(
        r"how (?:do|does|can|is|are) .*\b(?:work|kill|fight|treat|affect)s?\b",
        r"\bworks? by\b|\bkill(?:s|ing)?\b|\bblock(?:s|ing)?\b|\bstop(?:s|ping)?\b|\bslow(?:s|ing)?\b"
        r"|\battack(?:s|ing)?\b"
        r"|\bdestroy(?:s|ing)?\b|\bprevent(?:s|ing)?\b|\bdamag(?:es|ing)\b|\bhelps? (?:the|your) immune"
        r"|\bbind(?:s|ing)?\b"
        r"|\bboost(?:s|ing)?\b|\binterfer\w+",
        r"how .*works?|works? against|against cancer",
    ),
    Want.COPING: _compile(
        r"\bcop(?:e|ing)\b|\bdeal(?:ing)? with\b|\bmanag(?:e|ing)\b|\bhelps?\b(?! prevent)|\bwhat can I do\b"
        r"|\brelie(?:f|ve)"
        r"|\bhow (?:do|can|should) I (?:talk|tell|sleep|handle|live)|\bwhat (?:should I|to|can I) (?:eat|do)\b"
        r"|\bfoods?\b",
        r"(?:^|\n|[.:] )[-*• ]*(?:try|talk|ask|eat|drink|use|take|get|rest|stay|keep|avoid|choose|find|let|plan"
        r"|learn to"
        r"|join|be|set|go|tell|share|remember|make|limit|wear|call|write|exercise|sip|rinse|treat|protect)\b"
        r"|\b(?:may|can|might) help\b|\bhelps? (?:\w+ )?(?:you|people|to|relieve|reduce|ease)",
        r"ways to|tips|manag\w*|cop(?:e|ing)|help|deal|reliev\w*|what you can do|car(?:e|ing)",
    ),
    Want.QUESTIONS: _compile(
        r"\b(?:questions?|what) (?:should|can|do|to) (?:I |we )?ask\b|questions", r"\?", r"question"
    ),
    Want.USE: _compile(
        r"\bused (?:for|to treat)\b|\buses\b|\bapproved (?:for|to)\b|\bwhat (?:(?:is|are) .*\b)?for\s*\??\s*\Z",
        r"\b(?:is|are) (?:also )?approved\b|\b(?:is|are|be|may be|can be) (?:\w+ )?used"
        r"(?: alone| together| with [^.:]{1,60}?)? (?:to|for|in|as)\b|\btreats\b"
        r"|\bhelps? (?:to )?(?:treat|prevent|relieve|control|manage|reduce|lower|diagnose)\b",
        r"\buses?\b|\bused\b",
    ),
    Want.EFFECT: _compile(
        r"(?:^|[.,:;!?]\s+)(?:so |but |and )?(?:do|does|did|can|could|will|is|are)\b(?! (?:I|we|my)\b).*"
        r"\b(?:works?|helps?|cures?|effective|treats?|fights?|kills?|shrinks?|prevents?)\b",
        r"\beffective\w*|\bevidence\b|\b(?:has|have|had|been) (?:not )?shown\b|\bshow(?:s|ed)?\b|\bbenefits?\b"
        r"|\b(?:little|no|any|an|anticancer) (?:\w+ )?effects?\b|\bimprove[sd]?\b|\bworks?\b"
        r"|\b(?:does|do|did|is|are|has|have) not\b"
        r"|\bcannot\b|\bapproved\b|\b(?:reduce|lower|prevent|shrink|relieve|help)(?:s|d|ed)?\b",
        r"effective|evidence|benefit|\bworks?\b|\bhelps?\b",
    ),
    Want.CAUSE: _compile(
        r"\bwhat (?:\w+ ){0,3}causes?\b|\bcauses? of\b|\bcaused by what\b"
        r"|\b(?:why|how) do(?:es)? (?:people|someone|you|I|we)\b.*\bget\b",
        r"\b(?:main|most common|leading) causes?\b|\bcaused by\b|\bcauses?\b|\blinked to\b|\bdue to\b"
        r"|\b(?:increase|raise)[sd]? (?:\w+ ){0,3}(?:risk|chance)|risk factors? (?:for|include)|\bbecause\b",
        r"caus\w*|risk",
    ),
    Want.FIGURE: _compile(
        r"\bhow (?:long|often|many|much|soon|common|likely|frequent\w*)\b|\bsurviv\w*"
        r"|\bwhat (?:percent\w*|share)\b",
        rf"\b{_FIGURE}\b|\d\s?%",
    ),
    Want.EXISTS: _compile(
        r"\b(?:is|are) there (?:an?|any)\b",
        r"(?:^|[.;:] )(?:currently, )?there (?:is|are|has been) (?:\w+ )?(?:no|not|one|two|several|many)\b"
        r"|\b(?:no (?:standard|routine|effective|reliable|approved|known|recommended)|not (?:yet )?recommended)\b",
    ),
    Want.DANGER: _compile(
        r"\b(?:dangerous|serious|harmful|deadly|life.threatening|aggressive)\b",
        r"\b(?:dangerous|serious|harm\w*|deadly|fatal|life.threatening|aggressive|rarely|spreads?|deaths?)\b",
    ),
    Want.CONTAGIOUS: _compile(
        r"\b(?:contagious|infectious|catch(?:ing)?)\b",
        r"\b(?:contagious|infectious|catch|person to person|from (?:one|another) person)\b",
    ),
    Want.OCCURS: _compile(
        r"^(?:can|do|does|could) (?:an? |the )?(?!you\b|we\b|they\b|I\b)[\w ]{2,40}\b(?:get|have|develop)\b",
        r"\b(?:rare|common|can|may|also) (?:\w+ ){0,2}(?:in|get|have|develop|occurs?|form)\b|\boccurs?\b",
    ),
    Want.NAMES: _compile(r"\b(?:brand|trade|generic|other) names?\b", r"\bnames?\b|\balso (?:called|known as)\b"),
}
_SAYS_LITTLE = re.compile(
    r"(?:an? )?(?:risk factors?|side effects?|late effects?|signs?|symptoms?|staging|prognos[ie]s"
    r"|clinical trials?)\s+(?:is|are)"
    r"\s+(?:an?|any|anything|problems?|the|when|something|used|part)\b"
    r"|anything that (?:increases|raises|lowers|decreases)\b|cancer prevention is\b|.*\b(?:is"
    r"|are) called (?:an? )?(?:risk factors?|side effects?|late effects?)\b"
    r"|learning about\b|(?:talk (?:to|with)|ask) (?:your|the|a) (?:\w+ )?(?:doctor|health|care|provider|nurse"
    r"|pharmacist)"
    r"|(?:some|many) risk factors? .*\bcan(?:not)? be changed|having (?:one|a risk factor|one or more)\b"
    r"|not (?:every|all)|(?:there are )?(?:different|many|several) (?:types|kinds|ways|risk factors)\b[^:.]*\.\Z"
    r"|(?:choosing|deciding|decisions?)\b|.*\bis a decision\b|you can (?:search|use)|general information about"
    r"|.*\b(?:is|are) (?:also |now )?(?:being|still) (?:studied|tested|researched)"
    r"|.*\bresearch(?:ers)? (?:is|are)\b",
    re.IGNORECASE,
)
_DEPENDS = re.compile(r"\b(?:depends?(?:ing)? (?:up)?on|(?:is|are) (?:based on|planned|decided|chosen))\b", re.I)
_ONCE_DIAGNOSED = re.compile(
    r"^after\b.*\bdiagnosed\b|\balso (?:be )?used (?:to (?:help )?|for )(?:stage|staging|plan)|\bspread\b", re.I
)
_ASKS_FOR_ADVICE = re.compile(
    r"\b(?:how (?:do|can|should|could|to|will)|what (?:should|to|can|could|do|helps?)|where|should|tips|advice"
    r"|help|cope|coping)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"(?:try|talk|ask|eat|drink|use|take|get|rest|stay|keep|avoid|choose|let|plan|join|be|go|tell|share|remember"
    r"|make"
    r"|limit|wear|call|write|check|learn)\b",
    re.IGNORECASE,
)
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
_FURTHER_USE = re.compile(r"\b(?:is|are) also\b", re.IGNORECASE)
_NUMBER = re.compile(rf"\b{_FIGURE}\b|\d", re.IGNORECASE)
_NAMES_A_TREATMENT = re.compile(rf"{_TREATMENT}|\btreat|\btherap", re.IGNORECASE)
_ASKING = re.compile(r"[^.?!]+\?")
_ASKING_ITEM = re.compile(r"\?\s*(?:\n|\Z)")


def wants_of(question: str) -> tuple[Want, ...]:
    """What a question wants, in a fixed order; of a message, what its sentences with a question mark want."""
    asking = " ".join(_ASKING.findall(question)) or question
    return tuple(want for want, patterns in _PATTERNS.items() if patterns.question.search(asking))


def meets(wants: Sequence[Want], quote: str, headings: Sequence[str]) -> float:
    """The share of the wants that a quote's words speak to, 0 to 1; a heading that does counts half."""
    if not wants:
        return 0.0
    met = 0.0
    for want in wants:
        patterns = _PATTERNS[want]
        announced = patterns.heading is not None and any(map(patterns.heading.search, headings))
        met += 1.0 if patterns.quote.search(quote) else 0.5 * announced
    return met / len(wants)


def says_little(introduction: str, quote: str, wants: Sequence[Want], *, is_list: bool) -> bool:
    """Whether a quote explains a word that nobody asked for, or refers the answer to others.

    `introduction` is what stands before the items of a list, or the quote itself.
    """
    if is_list and Want.QUESTIONS not in wants and len(_ASKING_ITEM.findall(quote)) > 1:
        return True
    if not is_list and _SAYS_LITTLE.match(quote) is not None:
        return True
    if Want.DIAGNOSED in wants and _ONCE_DIAGNOSED.search(quote) is not None:
        return True
    if Want.CAUSE in wants and _STOCK_CAUSE.search(quote) is not None:
        return True
    if Want.USE in wants and not is_list and _FURTHER_USE.search(quote) is not None:
        return True
    if Want.FIGURE in wants and _DEPENDS.search(introduction) is not None and not _NUMBER.search(quote):
        return True
    if Want.TREATMENTS not in wants:
        return False
    if _NAMES_A_TREATMENT.search(quote) is None:
        return True
    return (_DEPENDS_ALONE if is_list else _DEPENDS).search(introduction) is not None


def is_conditional(quote: str) -> bool:
    """Whether a quote begins with the case in which alone it holds."""
    return _CASE.match(quote) is not None


def asks_for_advice(question: str) -> bool:
    """Whether a question wants to be told what to do."""
    return _ASKS_FOR_ADVICE.search(question) is not None


def advises(quote: str) -> bool:
    """Whether a quote tells its reader what to do."""
    return _ADVICE.match(quote) is not None


def tells_no_use(introduction: str, wants: Sequence[Want]) -> bool:
    """Whether a quote leaves unsaid what a thing is used for, where the question asks that."""
    return Want.USE in wants and _PATTERNS[Want.USE].quote.search(introduction) is None
