"""What kind of thing it is: questions that ask whether a named thing is one of a kind ("is X a chemotherapy")."""

import re
from collections.abc import Collection
from functools import lru_cache

from retriever.late_pattern import late_pattern
from retriever.questions.question import FACET_TERMS, SAYS_OF_SUBJECT
from retriever.search.analyze import terms

_KIND = r"(?:(?:type|kind|form) of )?(?P<kind>(?!(?:an?|the|for|in|of|to|with)\b)[\w-]+(?: [\w-]+)?)\W*"
_IS_ONE = late_pattern(
    rf"\W*(?:so |and )?(?:is|are) (?:an? |the )?(?P<thing>[\w-]+(?: [\w-]+)?)"
    rf" (?:(?:really|actually) )?an? {_KIND}",
    re.IGNORECASE,
)
_IS_SUCH = late_pattern(
    r"\W*(?:is|are) (?P<thing>[\w-]+(?: (?!for\b|in\b|of\b|to\b|with\b|on\b|by\b|from\b|like\b|as\b)[\w-]+)?)"
    r" (?P<kind>[\w-]+)\W*",
    re.IGNORECASE,
)
_DESCRIBES = late_pattern(r".*(?:ful|ous|able|ible|ive|less|ing|ed|ent|ant|ic|al|ier|er)", re.IGNORECASE)
"""A word that says what something is like, and names no kind."""


@lru_cache(maxsize=256)
def asks_what_kind(question: str, things: frozenset[str]) -> bool:
    """Whether a question asks if one of these things is one of a kind."""
    is_one = _IS_ONE.fullmatch(question)
    found = is_one or _IS_SUCH.fullmatch(question)
    if found is None or things.isdisjoint(terms(found["thing"])):
        return False
    if is_one is None and _DESCRIBES.fullmatch(found["kind"]):
        return False
    return _names_something(terms(found["kind"]))


def _names_something(kind: Collection[str]) -> bool:
    return any(term not in FACET_TERMS and term not in SAYS_OF_SUBJECT for term in kind)
