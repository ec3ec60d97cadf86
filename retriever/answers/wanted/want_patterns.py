"""Want patterns: what questions ask for beyond their facets, and how a question, heading or quote words it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from retriever.late_pattern import late_pattern


class Want(StrEnum):
    """What a question may want to hear."""

    INHERITED = "inherited"
    CURABLE = "curable"
    FATAL = "fatal"
    AGE = "age"
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
    SHARE = "share"
    NAMES = "names"
    EXISTS = "exists"
    DANGER = "danger"
    CONTAGIOUS = "contagious"
    OCCURS = "occurs"
    SIDE_EFFECTS = "side effects"
    ALLOWED = "allowed"
    EXCLUDED = "excluded"
    EXTENT = "extent"
    LASTING = "lasting"
    MEANING = "meaning"
    RECURRENT = "recurrent"
    UNTREATED = "untreated"


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


@dataclass(frozen=True, slots=True)
class Patterns:
    """How a want shows: in a question, in a heading that announces the answer, and in a quote that gives it."""

    question: re.Pattern[str]
    heading: re.Pattern[str] | None
    quote: re.Pattern[str]


def _compile(question: str, quote: str, heading: str | None = None) -> Patterns:
    return Patterns(
        late_pattern(question, re.IGNORECASE),
        None if heading is None else late_pattern(heading, re.IGNORECASE),
        late_pattern(quote, re.IGNORECASE),
    )


_DONE = r"done|performed|carried out|given|made|taken|put in|placed|administered"
TREATMENT = (
    r"(?:surgery|surgical|resection|excision|chemotherapy|radiation|radiotherapy|immunotherapy|targeted"
    r"|hormone therapy"
    r"|transplant|cryosurgery|ablation|antibod\w+|drugs?|medicines?|watchful waiting|active surveillance"
    r"|palliative)"
)
FIGURE = (
    r"(?:every|(?:once|twice)(?= (?:an?|per|every|each|or|daily|weekly|monthly|yearly)\b)"
    r"|daily|weekly|monthly|yearly|annually|\d[\d,.]* (?:percent|in|out of)|\$\d+"
    r"|(?:\d+|an?|one|two|three|four|five|six|eight|ten|twelve|several|few|many)"
    r" (?:(?:to|or|and) (?:\d+|\w+) )?(?:more )?"
    r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|times)"
    r"|(?:minutes|hours|days|weeks|months|years) (?:or|to|after)|(?:same|next) day|the day (?:of|after)|right away"
    r"|immediately|as soon as)"
)
_PERIODS = r"(?:hours|days|weeks|months|years|times)"
_OCCURS = r"(?:[\w'’-]+ ){2,7}(?:happen|occur)s?\b"
"""Behind "how often": what asks for a share, and not for an interval."""
_NOT = r"(?:\b(?:not|never|without)|n['’]t)"
_COUNT = r"(?:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten)"
PATTERNS: Mapping[Want, Patterns] = {
    Want.INHERITED: _compile(
        r"\binherit\w*|\bheredit\w*|\bgenetic\b(?! test)|\bruns? in (?:the |my )?famil|passed (?:on|down)",
        r"\binherit\w*|\bheredit\w*|\bfamil(?:y history|ial)|\bruns? in|passed (?:on|down)|genetic (?:change"
        r"|condition"
        r"|syndrome|mutation)s?|gene changes?|\bparents?\b",
    ),
    Want.CURABLE: _compile(
        r"\bcurable\b|\bcured?\b(?! rate)",
        r"\bcur(?:e|es|ed|able)\b|surviv\w*|remission",
        r"prognosis|outlook|cure",
    ),
    Want.FATAL: _compile(
        r"\b(?:die|dying|fatal|deadly|kills? (?:you|people))\b",
        r"\bdeaths?\b|\bdie[sd]?\b|\bdying\b|fatal|life.threatening|surviv\w*",
    ),
    Want.AGE: _compile(
        r"(?:what|which) age|how old|\bages?\b|when (?:should |do |does |must |can |to ).*(?:start|begin|screen"
        r"|get|have|first)",
        r"\bage[ds]?\s+(?:of\s+)?\d|\d+\s+(?:years? )?(?:to|and|or)\s+\d+|\d+\s+years (?:old|of age)|\byears old\b"
        r"|\bevery \w+ years",
    ),
    Want.DIAGNOSED: _compile(
        r"\bdiagnos(?:e|ed|is|ing)\b|\bdetect\w*|how (?:do|can|is|are) .*\b(?:find|found|tested)\b",
        r"\bused to (?:diagnose|find|detect)|\bbiops\w+|physical exam\w*|ultrasound|\b(?:CT|MRI|PET)\b|x-ray"
        r"|blood tests?"
        r"|\btests that\b|imaging",
        r"diagnos\w*|tests? ",
    ),
    Want.RISK: _compile(
        r"risk factors?|at risk|\bwho gets\b|\bturn(?:s|ed)? (?:in)?to\b|\bbecomes? (?:an? )?(?:cancer|malignan)"
        r"|\bleads? to (?:\w+ )?cancer|(?:raise|increase|lower|reduce|cut"
        r"|decrease)\w* (?:\w+ ){0,4}(?:risk|chance)"
        r"|chance of getting",
        r"risk factors? (?:for|include)|(?:increases?|raises?|higher|greater|lowers?|reduces?"
        r"|decreases?) (?:\w+ ){0,3}"
        r"(?:risk|chance)|increased risk|more likely|linked to|\bturn\w* into\b"
        r"|\bbecom(?:e|es|ing) (?:an? )?(?:\w+ )?cancer|could lead to (?:\w+ )?cancer",
        r"risk",
    ),
    Want.TREATMENTS: _compile(
        r"(?<!\bused to )\btreat(?:ment|ments|ed)?\b|\btherap(?:y|ies) (?:for|of)\b|\boptions\b",
        rf"{TREATMENT}.*\b{TREATMENT}|treatment (?:\w+ ){{0,12}}(?:may|can|might)? ?includes?",
        r"treat\w*|options",
    ),
    Want.PROCEDURE: _compile(
        rf"how (?:is|are|do they|does one) .*\b(?:{_DONE})\b|what happens (?:during|in|at)|what to expect"
        r"|what do (?:they|doctors|you) do (?:during|in|at|for)\b|what is done (?:during|in|at|for)\b",
        r"\b(?:is|are) (?:then |usually |often |first )?(?:inserted|injected|placed|put|removed|taken|passed"
        r"|used|moved"
        r"|numbed|made|sent|collected|viewed|checked|swallowed|withdrawn)\b|\bneedle\b|\btube\b|\blie[s]? |x-rays?"
        r"|\byou (?:will|may) (?:be|lie|have|feel|need|get)\b|(?:is|are) (?:an? )?(?:procedure|x-ray"
        r"|imaging test)",
    ),
    Want.MECHANISM: _compile(
        r"how (?:do|does|can|is|are) .*\b(?:work|kill|fight|treat|affect)s?\b",
        r"\bworks? by\b|\bkill(?:s|ing)?\b|\bblock(?:s|ing)?\b|\bstop(?:s|ping)?\b|\bslow(?:s|ing)?\b"
        r"|\battack(?:s|ing)?\b"
        r"|\bdestroy(?:s|ing)?\b|\bprevent(?:s|ing)?\b|\bdamag(?:es|ing)\b|\bhelps? (?:the|your) immune"
        r"|\bbind(?:s|ing)?\b"
        r"|\bboost(?:s|ing)?\b|\binterfer\w+",
    ),
    Want.COPING: _compile(
        r"\bcop(?:e|ing)\b|\bdeal(?:ing)? with\b|\bmanag(?:e|ing)\b|\bhelps?\b(?! prevent)"
        r"|\bwhat (?:can|do|should|could) (?:I|we|you|he|she|they) do\b|\bget rid of\b"
        r"|\brelie(?:f|ve)"
        r"|\bhow (?:do|can|should) I (?:talk|tell|sleep|handle|live)|\bwhat (?:should I|to|can I) (?:eat|do)\b"
        r"|\bfoods?\b",
        r"(?:^|\n|[.:] )[-*• ]*(?:try|talk|ask|eat|drink|use|take|get|rest|stay|keep|avoid|choose|find|let|plan"
        r"|learn to"
        r"|join|be|set|go|tell|share|remember|make|limit|wear|call|write|exercise|sip|rinse|treat|protect)\b"
        r"|\b(?:may|can|might) help\b"
        r"|\bhelps? (?:(?:you|people|to|relieve|reduce|ease)\b|(?:you|people|patients) )",
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
    ),
    Want.EFFECT: _compile(
        r"(?:^|[.,:;!?]\s+)(?:so |but |and )?(?:do|does|did|can|could|will|is|are)\b(?! (?:I|we|my)\b).*"
        r"\b(?:works?|helps?|cures?|effective|treats?|fights?|kills?|shrinks?|prevents?|stops?|protects?"
        r"|(?:good|ok|okay|useful|any (?:use|good)) (?:for|against)"
        r"|do (?:anything|any good|much) (?:for|against))\b",
        r"\beffective\w*|\bevidence\b|\b(?:has|have|had|been) (?:not )?shown\b|\bshow(?:s|ed)?\b|\bbenefits?\b"
        r"|\b(?:little|no|any|an|anticancer) (?:\w+ )?effects?\b|\bimprove[sd]?\b|\bworks?\b"
        r"|\b(?:does|do|did|is|are|has|have) not\b"
        r"|\bcannot\b|\bapproved\b|\b(?:reduce|lower|prevent|shrink|relieve|help)(?:s|d|ed)?\b",
    ),
    Want.CAUSE: _compile(
        r"\bwhat (?:\w+ ){0,3}causes?\b|\bcauses? of\b|\bcaused by what\b"
        r"|\b(?:why|how) do(?:es)? (?:people|someone|you|I|we)\b.*\bget\b"
        r"|\b(?:do|does|did|can|could) .*\b(?:cause|give (?:you|me|him|her|us|people)|lead to)\b",
        r"\b(?:main|most common|leading) causes?\b|\bcaused by\b|\bcauses?\b|\blinked to\b|\bdue to\b"
        r"|\b(?:increase|raise)[sd]? (?:\w+ ){0,3}(?:risk|chance)|risk factors? (?:for|include)|\bbecause\b",
        r"caus\w*|risk",
    ),
    Want.FIGURE: _compile(
        rf"\bhow (?:long|often(?! {_OCCURS})|much|soon|frequent\w*|many {_PERIODS})\b",
        rf"\b{FIGURE}\b|\d\s?%",
    ),
    Want.SHARE: _compile(
        rf"^(?:are|do|is) most\b|, are most\b|\bhow (?:common|rare|likely|many(?! {_PERIODS})|often {_OCCURS})\b"
        r"|\bsurviv\w*|\bpercent\w*|\bshare\b|\bchances?\b"
        r"|\bodds\b|\b(?:cure|death|success) rates?\b|\blifetime risk\b|\b(?:per|each|every) year\b",
        rf"\d\s?%|\d percent\b|\b{_COUNT} (?:in|out of) (?:every |about )?{_COUNT}\b|\bper (?:\d|million)"
        r"|\b\d[\d,]* (?:[\w-]+ ){0,3}(?:people|persons|patients|women|men|children|adults|cases|deaths|americans"
        r"|will)\b|\b(?:half|thirds?|quarters?) of\b",
    ),
    Want.EXISTS: _compile(
        r"\b(?:is|are) there (?:an?|any)\b",
        r"(?:^|[.;:] )(?:currently, )?there (?:is|are|has been) (?:\w+ )?(?:no|not|one|two|several|many)\b"
        r"|\b(?:no (?:standard|routine|effective|reliable|approved|known|recommended)|not (?:yet )?recommended)\b"
        r"|\b(?:is|are|been) (?:now |also )?(?:approved|available|licensed|recommended|sold|offered)\b",
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
    Want.SIDE_EFFECTS: _compile(
        r"^(?!.*\b(?:manag|cop|deal|help|reliev|reduc|prevent|treat(?!ments?\b)|eas|avoid|last|long|start|when|why)\w*\b)"
        r".*\bside.?effects?\b",
        r"side.?effects?|advers\w+|unwanted|toxi\w+|reactions?|complications?|\bharm\w*"
        r"|\brisks? (?:of|for|include)|\bproblems? (?:may|can|that|from|with|caused|include)|\bcaused by\b"
        r"|\b(?:may|can|might|often|sometimes) (?:also )?"
        r"(?:caus|lead|damage|have|feel|get|notice|experience|lose|become|happen|occur)",
        r"\beffects\b|side.?effect|advers|unwanted|toxi|reactions?|complications?|risks?|harms?|drawbacks|safety",
    ),
    Want.ALLOWED: _compile(
        r"(?<!what )(?<!how )(?<!where )(?<!when )\b(?:can|may|could) (?:i|we|he|she|they|my \w+)\b"
        r"(?! (?:get|catch|have|find|see|tell|die|survive|live)\b)"
        r"|\bam i allowed\b|\bsafe\b|\b(?:ok|okay|all ?right|allowed|bad) (?:for \w+ )?(?:to|if|while|during)\b",
        r"\b(?:refused|declined|forbidden|prohibited|banned|permitted|(?<!=)never)\b"
        r"|\bnot (?:accepted|possible|enough)\b"
        r"|\b(?:un)?safe|\b(?:should|must|allowed|need to|may need|you (?:can|may)|okay|unless|until)\b"
        r"|\b(?:do not|don[’']t|(?:ask|talk|check) (?:to|with|your|the))\b"
        r"|\b(?:avoid|interact|interfer|less effective|harm|recommend|advis|risk|side effect)"
        r"|\b(?:changes?|affects?) (?:the way|how)\b",
        r"safe|risk|side effect|interact|avoid|\bnever\b|\bdo not\b|\bdon[’']t\b",
    ),
    Want.EXTENT: _compile(
        r"\b(?:has|have|had|if|whether|where)\b.*\bspread\b", r"\bspread\b|\bstag(?:e|ing)\b|\bmetasta\w+"
    ),
    Want.LASTING: _compile(
        r"\bpermanent\b|\bgo(?:es)? away\b|\bget better\b|\bforever\b|\bwears? off\b|\bback to normal\b"
        r"|\btemporary\b|\bclears? up\b|\b(?:do|does|will) .*\b(?:pass|settle|ease|fade|stop eventually)\b",
        r"\bpermanent\w*|\b(?:go|goes|going|gone|went) away\b|\btemporary|\bcontinues?\b|\blast(?:s|ing)?\b"
        r"|\b(?:get|gets|gotten) better\b|\bimproves?\b|\bresolves?\b|\breturns? to\b|\blong.term\b|\blifelong\b"
        r"|\bchronic\b|\breversible\b|\bfor (?:months|years)\b|\b(?:pass|settle|ease|fade)(?:s|es|ed|d)?\b"
        r"|\bwears? off\b|\bclears? up\b|\bgrows? back\b|\bfor a few (?:hours|days|weeks)\b",
    ),
    Want.MEANING: _compile(
        r"\bwhat (?:does|do|would|did|could)\b.*\bmean\b|\bmeaning of\b",
        r"\bmeans?\b|\bindicat\w+|\bsigns? of\b|\bsuggest\w*|\bcalled\b|\brefers?\b|\bdefined as\b|\bterm\b"
        r"|\bdescribes?\b|\bwords? for\b",
    ),
    Want.EXCLUDED: _compile(
        r"\b(?:who|whom|what|which|when)\b(?:(?!\bif\b|\bhappens\b)[^?])*"
        r"(?:\b(?:should|can|could|must|may|would)(?: not\b|n['’]?t\b)|\bcannot\b|\bavoid\b)",
        r"\b(?:not|never|cannot|avoid\w*|without|unless|until|except|limit|stop|unsafe|allerg\w*"
        r"|rather than)\b|n[’']t\b",
        r"\bnot\b|avoid|before",
    ),
    Want.RECURRENT: _compile(
        r"\b(?:comes?|came|coming|gets?) back\b(?! to\b)|\brecur\w*|\brelaps\w*",
        r"\b(?:comes?|came|coming) back\b|\brecur\w*|\brelaps\w*|\brefractory\b|\breturn(?:s|ed)?\b",
    ),
    Want.UNTREATED: _compile(
        rf"\buntreated\b|{_NOT} (?:\w+ ){{0,2}}treat(?:ed|ment|ing)?\b|\bleft alone\b",
        rf"\buntreated\b|{_NOT} (?:\w+ ){{0,2}}treat(?:ed|ment|ing)?\b|\bif left\b|\bno treatment\b",
    ),
    Want.NAMES: _compile(r"\b(?:brand|trade|generic|other) names?\b", r"\bnames?\b|\balso (?:called|known as)\b"),
}
