"""The parts of a message, and those of them that ask: "hello all ... can i still drink coffee, many thanks"."""

import re
from collections.abc import Sequence

from retriever.late_pattern import late_pattern
from retriever.questions.closings import CLOSING
from retriever.questions.contractions import without_contractions
from retriever.questions.follow_ups import points_back
from retriever.questions.narrative import NARRATIVE_TERMS
from retriever.questions.question import FACET_TERMS
from retriever.search.analyze import terms

MOST_READINGS = 16
"""Each is encoded and looked for by itself, so many parts must not make many of them."""
SIDE_TERMS = FACET_TERMS | NARRATIVE_TERMS
"""Words that name a side of a subject or tell a story: no evidence, whether they are found or not."""

_VERB = r"(?:can|could|should|shall|do|does|did|is|are|was|were|will|would|may|must|has|have|had)"
_WH = r"(?:how|what|why|when|where|which|who|whose)"
_WHO_ACTS = r"(?:i|we|you|he|she|they|my|our|his|her|their|it)"
_END = late_pattern(
    r"(?<=[.?!;…])\s+|\s+[-–—]\s+"
    # One that runs on behind a comma: "we moved house, can i still have it, thanks".
    rf"|,\s+(?=(?:(?:and|but|so)\s+)?(?:{_VERB}|how|what|why)\s)"
    r"|,\s+(?=(?:i|we|my|our|it|thanks|thank|please|sorry|any|many|hi|hello)\b)"
    rf"|,\s+(?={CLOSING})",
    re.IGNORECASE,
)
_POLITE = r"^\W*(?:(?:and|but|so|hi|hello|hey|please|also|ok|then)\b\W*)*"
_ASKS = late_pattern(
    r"\?\W*$"
    rf"|{_POLITE}(?:{_VERB}\b|{_WH}\b(?!\s+{_WHO_ACTS}\b)|tell|explain|advise|any (?:\w+ )?(?:on|about|for|if)\b)"
    rf"|\b(?:want|like|need|love) to (?:know|find|ask|understand)\b.*\b(?:if|whether|about|{_WH})\b"
    rf"|\b(?:wonder\w*|not sure|no idea|know|ask\w*|question is|tell me)\b.*\b(?:if|whether|{_WH})\b"
    # What somebody wants to have, which pages seldom hold.
    r"|^\W*(?:(?:i|we)\b(?:['’]?m|['’]?re|\s+am|\s+are)?\s+)?(?:also\s+|just\s+)?"
    r"(?:need(?:ing)?|want|(?:would|['’]?d) like|look(?:ing)? for|searching for|trying to (?:find|get|book))\b"
    r"|\bplease (?:send|give|recommend|book|call|find|help me (?:find|get))\b|^\W*recommend\b",
    re.IGNORECASE,
)
_OF_ALL = late_pattern(
    r"^\W*(?:(?:and|but|so|please|ok|then)\b\W*)*"
    r"(?:now what|what (?:now|next|then)|what (?:do|should|shall|can|must|would) (?:i|we|he|she|they) (?:do|try)"
    r"|what to do|what(?:['’]?s| is| could be| might be) (?:\w+ )?(?:going on|happening|wrong|up|the matter)"
    r"|(?:should|shall|must|do) (?:i|we|he|she) (?:need to )?"
    r"(?:wait|(?:call|ring|see|go to|get) (?:\w+ )?"
    r"(?:doctors?|dr|gp|nurse|team|hospital|er|ambulance|some(?:one|body)|clinic|help|checked|seen|\d{3})))"
    r"(?:\W+(?:now|next|then|first|here|about (?:it|this|that)|please|thanks|today|tonight))*\W*$",
    re.IGNORECASE,
)
"""A question on all that was told: "what now", "should I ring somebody"."""
_ASIDE = late_pattern(
    r"\b(?:a|an|the|my|his|her|our|or|and|so|maybe|perhaps|possibly|(?:could|might|may) be)\b", re.I
)
LONGEST_BARE = 2
"""Words of the longest part that asks by its question mark alone and so leans on what was told: "prostate?"."""
_STATE = late_pattern(
    r"\b(?:have|has|had|having|['’]ve|got|diagnosed|on|tak(?:es?|en|ing)|took|finish(?:ed|ing)|start(?:s|ed|ing))\b",
    re.IGNORECASE,
)
"""What somebody has, takes or has been through: where a message tells more than that, it is not what it asks."""
_THE_ONE = late_pattern(
    r"\b(?:the|these|those|my|our|his|her|their) (?:other )?"
    r"(?:tablets?|pills?|medicines?|medications?|meds|drugs?|injections?|jabs?|shots?|infusions?|doses?|op|operation)\b"
    r"(?! (?:of|for|called)\b)"
    r"|\b(?:he|she|him|his|hers?)\b"
    # "if these contain gluten", but not "these symptoms", "those with osteoporosis".
    r"|\b(?:if|whether|do|can|could|will|would|should|are) (?:these|those) (?!\w+s\b|(?:with|who|that|of|in)\b)",
    re.IGNORECASE,
)
"""What is taken or done and who has it, told before if at all."""
_STAFF = late_pattern(
    r"\b(?:do|did|will|would|can|could)\s+they\s+(?:usually\s+|actually\s+)?"
    r"(?:do (?:in|at|during|when)|put|give|remove|use|test|check|find|look|cut|insert|measure|operate|diagnose"
    r"|treat)\b",
    re.IGNORECASE,
)
"""They who work in a hospital, of whom nobody has to be told before."""
_TAKEN = late_pattern(
    r"\b(?:tak(?:es?|en|ing)|took|on|start(?:s|ed|ing)|prescribed|given|gave|giving|us(?:es?|ed|ing)|having|had"
    r"|getting)\s+([^\W\d_]{5,})",
    re.IGNORECASE,
)
_AGAIN = late_pattern(r"\b([^\W\d_]{3,})(?:\W+\1\b){2}", re.IGNORECASE)


def parts_of(message: str) -> Sequence[str]:
    """The sentences of a message, and what runs on behind a comma as one more; at least one."""
    return [part for part in map(str.strip, _END.split(message)) if any(map(str.isalnum, part))] or [message]


def asks(part: str) -> bool:
    """Whether a part asks something of a subject. "I would like to know before then" says of what nowhere."""
    return _ASKS.search(part) is not None and _says_something(part)


def readings(parts: Sequence[str]) -> Sequence[Sequence[int]]:
    """What of a message may be all that it asks, each as places of its `parts_of`; none where it needs them all.

    The parts that ask together, unless one of them leans on the others ("should I stop the tablets?"). Where none
    asks ("my skin is red where they radiate me"), any part may be the one that is more than a greeting or what
    somebody has.
    """
    if len(parts) < 2:
        return []
    forms = [part for part in parts if _ASKS.search(part) is not None]
    if any(_leans(part) for part in forms):
        return []
    asking = [place for place, part in enumerate(parts) if asks(part)]
    if _asks_of_all(parts, asking):
        return []
    if asking:
        return [asking] if len(asking) < len(parts) else []
    apart = [[place] for place, part in enumerate(parts) if _says_something(part) and not _STATE.search(part)]
    return apart if len(apart) <= MOST_READINGS else []


def named_before(message: str) -> Sequence[str]:
    """What somebody in a message takes or is given, where what is asked leans on it.

    "She takes bazedoxifene. What dose is normal?" is on bazedoxifene; with "Can she have a mammogram?" it is not.
    """
    parts = parts_of(message)
    leaning = [place for place, part in enumerate(parts) if _ASKS.search(part) is not None and _leans(part)]
    return [name for part in parts[: leaning[-1]] for name in _TAKEN.findall(part)] if leaning else []


def is_repetition(message: str) -> bool:
    """Whether a message says one word again and again, and asks nothing by it."""
    found = _AGAIN.search(message)
    return found is not None and _says_something(found[1])


def asking_parts(parts: Sequence[str]) -> Sequence[str]:
    """The parts that ask, or all of them where they ask it of all that was told; none where none asks."""
    asking = [place for place, part in enumerate(parts) if asks(part)]
    return parts if _asks_of_all(parts, asking) else [parts[place] for place in asking]


def _asks_of_all(parts: Sequence[str], asking: Sequence[int]) -> bool:
    """Whether what asks says nothing, or names no more than a thing, beside others that say something."""
    if any(not _is_bare(parts[place]) and not _OF_ALL.search(parts[place]) for place in asking):
        return False
    others = [part for place, part in enumerate(parts) if place not in asking]
    is_of_all = bool(asking) or any(_OF_ALL.search(part) for part in others)
    return is_of_all and any(_says_something(part) for part in others)


def _is_bare(part: str) -> bool:
    return len(_ASIDE.sub(" ", part).rstrip(" ?!.").split()) <= LONGEST_BARE


def _leans(part: str) -> bool:
    said = _STAFF.sub("", part)
    return _THE_ONE.search(said) is not None or points_back(said, _says_something)


def _says_something(text: str) -> bool:
    return any(not term.isdigit() and term not in SIDE_TERMS for term in terms(without_contractions(text)))
