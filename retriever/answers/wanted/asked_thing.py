"""Asked thing: what a question wants explained or defined."""

import re

from retriever.late_pattern import late_pattern
from retriever.questions.follow_ups import ASIDE_TERMS
from retriever.questions.question import FACET_TERMS
from retriever.search.analyze import terms

_ASKS_WHAT = late_pattern(
    r"(?:what(?:['’]s| is| are| is \(are\))|define|meaning of|definition of|explain|tell me (?:what|about))"
    r"\s+(?:an?\s|the\s)?\s*(.+?)(?:\s+(?:and|,)\s+(?:how|why|what|when|who)\b.*)?[\s?.!]*\Z"
    r"|what (?:does|do)\s+(.+?)\s+(?:mean|stand for)\b.*\Z"
    r"|((?!.*\b(?:and|but|or|i|my)\b)[^,.;:?!]+?),?\s+what (?:is|are) (?:it|they|that|those)[\s?.!]*\Z",
    re.IGNORECASE,
)
_STATED = late_pattern(
    r"(?:(?:i|i['’]ve|we|he|she|my (?:\w+ )?\w+)\b[^,.;:?!]*\b(?:have|has|had|got|diagnosed with)"
    r"|(?:newly |just )?diagnosed with)\s+(?:an?\s)?"
    r"(?P<thing>(?:(?!(?:that|which|and|but|or|since|after|for|in|on|to|been|no|not|never|a|the|last|this|just"
    r"|today|yesterday)\b)[\w'’-]+\s*){1,6})"
    r"(?:\b(?:last|this) \w+|today|yesterday)?[\s.!]*\Z",
    re.IGNORECASE,
)
"""That someone has something, and no word more."""
_NAMED_PROCEDURE = late_pattern(
    r"\w.*[\s-](?:therap(?:y|ies)|biops(?:y|ies)|tests?|scans?|surger(?:y|ies)|x-rays?|transplants?|screening"
    r"|exams?|care"
    r"|vaccines?|treatment)[\s?.!]*\Z",
    re.IGNORECASE,
)
_PREPOSITION = late_pattern(r"\s(for|of|in|to|with|between|after|before|from|during|against)\s")
_USED_FOR = late_pattern(r"\b(?:for\s*\Z|used\b|brand names?\b|trade names?\b)", re.IGNORECASE)
_BARE_WORDS = 4
"""A question of at most so many words without a verb is taken as the name of what it asks for."""
_VERB_IN_QUESTION = late_pattern(
    r"\b(?:is|are|do|does|did|can|could|should|will|would|may|how|why|when|where|who|which|get|have|has)\b",
    re.IGNORECASE,
)


def asked_thing(question: str) -> frozenset[str]:
    """The terms of what a question wants to have defined ("What is X?", "X").

    None where it asks another thing, a side of X included ("What are the symptoms of X?").
    """
    found = _ASKS_WHAT.match(question)
    if found is not None:
        thing = found[1] or found[2] or found[3] or ""
        if _USED_FOR.search(thing):
            return frozenset()
        head, preposition, _ = (
            _PREPOSITION.split(thing, maxsplit=1) if _PREPOSITION.search(thing) else (thing, "", "")
        )
        is_side = preposition and frozenset(terms(head)) <= FACET_TERMS | ASIDE_TERMS
        return frozenset() if is_side else frozenset(terms(thing))
    if len(question.split()) <= _BARE_WORDS and not _VERB_IN_QUESTION.search(question):
        return frozenset(terms(question))
    return frozenset()


def stated_thing(message: str) -> str | None:
    """What a message says that someone has, where it says and asks nothing else ("my aunt has gout")."""
    found = _STATED.match(message)
    return None if found is None else found["thing"].strip()


def asks_what_a_procedure_is(question: str) -> bool:
    """Whether a question wants a test or treatment explained that it names by such a word ("bone scan")."""
    found = _ASKS_WHAT.match(question)
    thing = "" if found is None else found[1] or found[2] or ""
    return _NAMED_PROCEDURE.match(thing) is not None and _PREPOSITION.search(thing) is None
