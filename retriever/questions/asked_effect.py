"""Asked effect: what a question asks yes or no of, and the effect of it, or the act with it, that it asks for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from retriever.late_pattern import late_pattern
from retriever.questions.question import FACET_TERMS, SAYS_OF_SUBJECT
from retriever.search.analyze import terms

_PERSON = r"(?:i|we|you|he|she|it|they|this|that|these|those|there|people|someone|anyone|my \w+)\b"
_ACTS = (
    r"(?:causes?|gives?|leads? to|results? in|brings? (?:on|back)|triggers?|damages?|harms?|hurts?|affects?"
    r"|weakens?|stunts?|turns?|makes?|raises?|increases?|lowers?|reduces?|cuts?|prevents?|helps?|eases?|worsens?"
    r"|interacts? with|interferes? with|carr(?:y|ies)|brings?|thins?|slows?|kills?|feeds?|stops?|becomes?|shrinks?"
    r"|inflames?|irritates?|cures?|treats?|changes?|sets? off|upsets?|mess(?:es)? up|speeds? up|stains?|blocks?"
    r"|burns?|dries)\b"
)
_NOUNS = r"[\w'’ ()-]"
_DOES = late_pattern(
    rf"\b(?:does|do|did|can|could|will|would|may|might) (?P<of>(?!{_PERSON}){_NOUNS}{{2,60}}?)"
    rf"(?<! they)(?<! we)(?<! you) {_ACTS}(?P<effect>{_NOUNS}{{2,80}})",
    re.IGNORECASE,
)
_IS = late_pattern(
    rf"\b(?:is|are) (?P<of>(?!{_PERSON}){_NOUNS}{{2,60}}?) "
    r"(?:(?:bad|safe|good|dangerous|harmful|toxic|risky|ok|okay) (?:for|in|with|to|after|during|at|on|while)"
    r"|(?:linked|related|connected|tied) (?:to|with)"
    r"|an? (?:early )?(?:sign|symptom|cause|risk factor) (?:of|for))\b"
    rf"(?P<effect>{_NOUNS}{{2,80}})",
    re.IGNORECASE,
)
_MAY = late_pattern(
    rf"\b(?:(?:can|could|may|should|must|will|would) {_PERSON}|(?:is|are) it \w+ (?:for \w+ )?to)"
    rf"(?P<effect> {_NOUNS}{{2,60}}) (?:with|on|while|whilst|during|after|before)\b(?P<of>{_NOUNS}{{2,60}})",
    re.IGNORECASE,
)
_CLAUSE = late_pattern(r"\b(?:to|from|if|when|while|because|so|that)\b.*", re.IGNORECASE)
_SAFE = late_pattern(r"\b(?:safe|ok|okay)\b", re.IGNORECASE)
_DEGREES = frozenset(
    terms(
        "worse worsen faster slower stronger anything something anybody likely early less more fewer lower higher"
    )
)
_PERSONS = frozenset(terms("kids children baby babies men women man woman adults elderly seniors teenagers"))
"""What is bad for people is bad for these, whether or not a page names them; whether it is safe it has to say.
Nor do they tell which effect is meant, where more is said."""
_ACTIONS = frozenset(terms("drink eat fly travel"))
"""What of "drink alcohol" is not what is asked about, where more is said."""
_SMALL_VERBS = frozenset(terms("go put get feel be start stay come"))
"""What of "go swimming" or "put on weight" never is; who may "go on" a medicine may take it."""
HALF = 0.5
"""So much of one side has to be said, by weight or by number: the rarer word is often the less formal one."""


@dataclass(frozen=True, slots=True)
class AskedEffect:
    """The terms that name what is asked of, and those of the effect or act; the second may be empty.

    `is_act` says that somebody asks whether he may do something with it.
    """

    of: frozenset[str]
    effect: frozenset[str]
    is_act: bool


@lru_cache(maxsize=256)
def asked_effect(question: str) -> AskedEffect | None:
    """What a question of yes or no asks about two things that it tells apart; None for one of another form."""
    for form in (_DOES, _IS, _MAY):
        if (found := form.search(question)) is None or not (of := _named(found["of"])):
            continue
        effect = _named(_CLAUSE.sub("", found["effect"])) - of
        if form is _IS and _SAFE.search(question) is None:
            effect -= _PERSONS
        elif form is _DOES:
            effect = effect - _PERSONS or effect
        return AskedEffect(of=of, effect=effect, is_act=form is _MAY)
    return None


def says_half(words: frozenset[str], weights: Mapping[str, float], said: frozenset[str]) -> bool:
    """Whether those of the words that are said are half of all, or weigh half of what all do, or more."""
    if len(said) >= HALF * len(words):
        return True
    return sum(weights.get(word, 0.0) for word in said) >= HALF * sum(weights.get(word, 0.0) for word in words)


def _named(part: str) -> frozenset[str]:
    beside = FACET_TERMS | SAYS_OF_SUBJECT | _DEGREES | _SMALL_VERBS
    said = frozenset(term for term in terms(part) if term not in beside)
    named = frozenset(term for term in said if len(term) > 1 and not term.isdigit())
    return named - _ACTIONS or named or said
