"""Standing alone: whether a sentence says, taken out of its page, what it says there."""

import re
from itertools import islice

from retriever.late_pattern import late_pattern

MIN_WORDS = 3

_NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten)"
_LINK = (
    "however|but|and|or|so|also|thus|hence|yet|then|moreover|furthermore|instead|for example|for instance|"
    "in this case|in these cases|in that case|as a result|therefore|otherwise|likewise|by contrast|"
    "in contrast|on the other hand|similarly|consequently|in addition|if so|if not"
)
_ANAPHOR = late_pattern(
    rf"""(?:(?:{_LINK.replace(" ", "[ ]")}|still|in\ general|sometimes|usually
      |often|rarely|when|while|because\ of|after|before|during|with|without|for|in|as|once
      |although|even\ though|even|by|to|if|(?:most|many|some|all|any|none|each|one|several|{_NUMBER})\ of),?\s+)*
    (?:it|its|it[’']s|this|these|they|they[’']re|their|theirs|them|that|those|such|he|she|his|her|hers|him
      |both(?!\s(?:\S+\s){{1,4}}and\b)|neither|either(?!\s(?:\S+\s){{1,4}}or\b)|another|others?(?!\sthan\b|-)
      |additional|the\ (?:latter|former|same|others?|above|remaining|rest)
      |the\ {_NUMBER}\ (?!(?:main|major|most)\b))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_POINTS_BACK = late_pattern(r"(?:\S+\s+){0,9}these\b|(?:\S+\s+){0,4}(?:this|such)\b(?!\s+as\b)", re.IGNORECASE)
_PAGE = r"(?:page|leaflet|fact sheet|summary|section|article|guide|booklet)\b"
_CONNECTIVE = late_pattern(
    rf"(?:{_LINK}|additionally|conversely|even so|that said|nevertheless|nonetheless|nor|meanwhile|besides|"
    r"accordingly|in other words|in particular|in fact|indeed|"
    r"(?:still|next|first|second|third|finally|again|rather|specifically|overall|afterwards?|later|no"
    r"|yes),)(?!\w)",
    re.IGNORECASE,
)
_IMPERSONAL = late_pattern(
    r"(?:there (?:is|are|was|were|may|can|has|have)"
    r"|it(?: is|[’']s|(?: may| can)? be) (?:not |\w+ly )?(?:(?:\w+ ){0,2}(?:that|whether)\b"
    r"|(?:important|im?possible|hard|difficult|easy|easier|common|rare|normal|natural|helpful|useful|likely"
    r"|unlikely"
    r"|best|better|good|safe|necessary|essential|okay|hoped|clear)(?: (?:for|in|of) (?:\S+ ){1,3}| )(?:to|if)\b)"
    r"|it (?:(?:usually|often|can|may|might|will) )?takes? (?![^.]*\b(?:this|these|such|them|it)\b)"
    r"(?:[\w-]+ ){1,6}"
    r"(?:to|for|before|until)\b)",
    re.IGNORECASE,
)
"""It stands for what follows; in "it is used to treat" it is something that was named before."""
_THE_ONE_BEFORE = late_pattern(
    r"(?:(?:in|of|from|during|after|before|for|at)\s+)?the\s+(?:(?:new|current|latest|present|recent)\s+)?"
    r"(?:analysis|approach|approval|authors?|cancer|combination|company|condition|device|disease|disorder|drug"
    r"|exam"
    r"|findings?|group|investigators?|medication|medicine|operation|panel|participants|procedure|process|report"
    r"|researchers?|results?|scan|scientists|study|syndrome|team|test|therapy|treatment|trial|tumou?r|vaccine"
    r"|virus)"
    r"(?:[’']s)?\s*(?:,|\b(?:is|are|was|were|be|may|might|can|could|will|would|has|have|had|does|do|did|must"
    r"|should"
    r"|also|often|usually|then|that|who|which|showed|shows|found|suggest\w*|reported|concluded|noted|enrolled"
    r"|included|includes|involves?|uses?|takes?|works?|helps?|causes?|begins?|removes?|makes?|kills?|spreads?"
    r"|grows?)\b)",
    re.IGNORECASE,
)
"""Which "the drug" is meant stands in the sentence before; "the drug tamoxifen", "the test for it" say it."""

_END = late_pattern(r"[.!…]['\"”’»)\]*_]*\Z")
_LETTER_WORD = late_pattern(r"[^\W\d_]{2,}")
_POINTER = late_pattern(
    r"\(?(?:see|refer to|go to|visit|click|read|watch|play|learn|to learn|find out|explore|also see|call the|"
    r"contact|scroll|for (?:more|further|additional)|for (?:\w+ ){0,2}information|more information|"
    r"drug information from|definition from|(?:here|below) (?:is|are)|the (?:table|figure|list|link|video"
    r"|picture)s?|"
    rf"(?:in )?(?:this|the) {_PAGE}|"
    r"(?:for|to) [^.;:]{3,160}, (?:please )?see (?!an?\b|your\b|the (?:doctor|dentist|nurse)\b)|"
    r"(?:an? )?(?:drawing|photo|photograph|diagram|illustration|anatomy|picture)(?= (?:of|shows|showing)\b))\b",
    re.IGNORECASE,
)
_TOLD_ELSEWHERE = late_pattern(
    r"\b(?:is|are) (?:also )?(?:described|explained|discussed|covered|listed|given|told)"
    r" (?:(?:on|in) (?:an?|the|other|another|separate|its|their)\b[^.]*\b(?:pages?|leaflets?|sections?|chapters?"
    r"|summar(?:y|ies)|fact sheets?)\b|under\b|below\b|elsewhere\b)",
    re.IGNORECASE,
)
_SHORT_WORDS = 6
_LABEL_WORDS = 8
_STATE = late_pattern(
    r"(?:the\s+)?(?:cancer|tumou?rs?|cancer cells|abnormal cells|disease)\s+(?:(?:may|might|can)\s+)?(?:has|have"
    r"|is|are|be)\s+"
    r"(?:(?:not|also|either|only|now)\s+)*(?:spread|formed|grown|found|present|seen|larger|smaller|any\ssize"
    r"|limited"
    r"|confined|no\slarger|in\s|\d)",
    re.IGNORECASE,
)
_NAMELESS = late_pattern(
    r"(?:the\s+)?(?:(?:other|common|possible|standard|early|short-term|long-term)\s+)?(?:treatments?"
    r"|treatment options|therapy"
    r"|signs|symptoms|signs (?:and|or) symptoms|side effects|late effects|problems|tests?)\s+(?:(?:may|might|can"
    r"|could)\s+)?"
    r"(?:also\s+)?includes?\b[^.]*:?\Z",
    re.IGNORECASE,
)
_KIND_ALONE = late_pattern(
    r"(?![^.]*\bcalled\b)(?:the\s+(?:surgical\s+)?(?:removal|use|process|study|examination|measurement)\s+of"
    r"|an?\s+(?:[\w-]+\s+){0,2}?(?:procedure|test|exam|examination|condition|disease|surgery|drug|substance|form"
    r"|type"
    r"|treatment|method)\s+(?:of|in\s+which|that|to|done|for|used|made))\b",
    re.IGNORECASE,
)
_SAYS = late_pattern(
    r"\b(?:is|are|was|were|be|has|have|had|may|might|can|could|will|would|should|must|do|does|did|not"
    r"|\w+[^su\W]s|\w+ed|\w+n[’']t)\b"
    r"|^(?:\w+s|ask|avoid|bring|brush|call|check|choose|drink|eat|exercise|find|get|give|keep|let|limit|make|plan"
    r"|remember|report|rest|rinse|sleep|speak|start|stay|stop|take|talk|tell|try|use|walk|wash|wear|write"
    r"|we|you|they|i|he|she|it)\b",
    re.IGNORECASE,
)
"""A verb, as far as its form tells, or a beginning that one follows; a short line without either is a name."""


def leans_on_another(sentence: str) -> bool:
    """Whether a sentence begins with, or soon has, a word whose meaning stands in the sentence before it."""
    if _CONNECTIVE.match(sentence) or (_ANAPHOR.match(sentence) and not _IMPERSONAL.match(sentence)):
        return True
    return _POINTS_BACK.match(sentence) is not None or _THE_ONE_BEFORE.match(sentence) is not None


def leans_on_heading(sentence: str) -> bool:
    """Whether a sentence says something of what only its heading or its label names.

    So does the state of a stage ("Cancer has spread to the lymph nodes.") and a definition without its subject
    ("The removal of a piece of bone.").
    """
    return _STATE.match(sentence) is not None or _KIND_ALONE.match(sentence) is not None


def is_nameless(introduction: str) -> bool:
    """Whether what introduces a list leaves unsaid whose treatment or whose symptoms it lists."""
    return _NAMELESS.match(introduction) is not None


def is_label(sentence: str) -> bool:
    """Whether a sentence is a name that its paragraph begins with: "Stage IIA. Cancer has spread"."""
    return (
        ends(sentence)
        and len(sentence.split()) <= _LABEL_WORDS
        and sentence[-1] == "."
        and not points_elsewhere(sentence)
        and _SAYS.search(sentence) is None
    )


def ends(sentence: str) -> bool:
    """Whether a sentence comes to its end, and not with a question or in the middle."""
    return _END.search(sentence) is not None


def is_whole(sentence: str) -> bool:
    """Whether a sentence is one, with some words and its end, and says more than where to read on."""
    if not ends(sentence) or points_elsewhere(sentence):
        return False
    return len(list(islice(_LETTER_WORD.finditer(sentence), MIN_WORDS))) == MIN_WORDS


def is_statement(sentence: str) -> bool:
    """Whether a sentence says something: no question or rest of a sentence, and no pointer elsewhere."""
    return (
        is_whole(sentence)
        and not sentence.startswith(("[", ",", ";"))
        and (len(sentence.split()) > _SHORT_WORDS or _SAYS.search(sentence) is not None)
    )


def points_elsewhere(sentence: str) -> bool:
    """Whether a sentence only says where to read on, or what its page is about."""
    if _POINTER.match(sentence) is not None:
        return True
    told = _TOLD_ELSEWHERE.search(sentence)
    return told is not None and not _claims(sentence[: told.start()].rpartition(";")[0])


def _claims(clause: str) -> bool:
    """Whether a part of a sentence says something by itself."""
    return len(_LETTER_WORD.findall(clause)) >= MIN_WORDS and _SAYS.search(clause) is not None
