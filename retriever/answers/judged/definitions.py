"""Definitions: whether a sentence says what a thing is."""

import re
from collections.abc import Mapping

from retriever.answers.quotable.dictionary_form import GLOSS, without_label
from retriever.late_pattern import late_pattern
from retriever.search.analyze import terms

_ARTICLE = late_pattern(r"(?:an?|the)\s+", re.IGNORECASE)
_PARENTHESIS = late_pattern(
    r"\s*\(([^()]*)\)|,\s+(?:also|or|sometimes|often|which (?:is|are))\b([^,]*),|\s*\[[^\[\]]*\]"
)
_DEFINES = late_pattern(
    r"(?P<subject>[^.;:?!]{1,90}?),?\s+(?:(?:is|are)\s+(?:(?:also|usually|often|sometimes|now)\s+)?"
    r"(?P<kind>(?:an?|any|the|one|when|what|where|cancers?|tumou?rs?|substances?|drugs?|proteins?|cells"
    r"|procedures?"
    r"|conditions?|changes|tests?|types?|treatments?|diseases?|care|medicines?|growths?)\b"
    r"|(?:[\w'’/-]+\s+){1,4}?(?:that|which|in which|in the|in a|of|caused by|made|where|when)\b)"
    r"|(?:refers? to|means|describes?|happens? when|occurs? when|is (?:used|made|caused|defined|called|given))\b)",
    re.IGNORECASE,
)
_NOT_A_KIND = late_pattern(r"\s*(?:most|second|third|leading|main|same|only|first|one of the)\b", re.IGNORECASE)
_DOES = late_pattern(
    r"(?P<subject>[^.;:?!,]{1,60}?)\s+(?:uses?|works?|treats?|measures?|involves?|kills?|forms?|begins?|starts?"
    r"|combines?|helps?|looks?|checks?|targets?|blocks?|develops?|affects?)\b",
    re.IGNORECASE,
)
_DOES_SHARE = 0.6
_SUBJECT_FITS = 0.4


def defines(sentence: str, asked: frozenset[str], weights: Mapping[str, float]) -> float:
    """How well a sentence says what a thing is, 0 to 1: its form, and whether its subject is that thing.

    `weights` holds what each of the question's terms weighs; a word that is not asked for weighs their mean.
    """
    if not asked:
        return 0.0
    aliases = " ".join(filter(None, (name for pair in _PARENTHESIS.findall(sentence) for name in pair)))
    plain = _PARENTHESIS.sub("", without_label(sentence))
    found, form = GLOSS.match(plain) or _DEFINES.match(plain), 1.0
    if found is None or ("kind" in found.groupdict() and found["kind"] and _NOT_A_KIND.match(plain, found.end())):
        found, form = _DOES.match(plain), _DOES_SHARE
    if found is None:
        return 0.0
    subject = frozenset(terms(_ARTICLE.sub("", found["subject"], count=1)))
    known = subject | frozenset(terms(aliases)) if aliases else subject
    each = {term: weights.get(term, 0.0) for term in asked}
    mean = sum(each.values()) / len(each) or 1.0
    said = sum(weight or mean for term, weight in each.items() if term in known)
    wanted = sum(weight or mean for weight in each.values()) + mean * len(subject - asked)
    fit = said / wanted
    return form * fit if fit >= _SUBJECT_FITS else 0.0
