"""Saying little: quotes on the subject that explain a word nobody asked for, or leave what was asked to others."""

import re
from collections.abc import Sequence

from retriever.answers.quotable.quote import Quote
from retriever.answers.wanted.want_patterns import FIGURE, TREATMENT, Want
from retriever.late_pattern import late_pattern

_SAYS_LITTLE = late_pattern(
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
_DEPENDS = late_pattern(r"\b(?:depends?(?:ing)? (?:up)?on|(?:is|are) (?:based on|planned|decided|chosen))\b", re.I)
_ONCE_DIAGNOSED = late_pattern(
    r"^after\b.*\bdiagnosed\b|\balso (?:be )?used (?:to (?:help )?|for )(?:stage|staging|plan)|\bspread\b"
    r"|\b(?:may|will|can) be repeated\b|\bhow well (?:the|your) treatment\b|\bfollow-up\b"
    r"|\bafter treatment (?:has )?end",
    re.I,
)
_DEPENDS_ALONE = late_pattern(r"\boptions\b[^.]{0,40}\bdepends? (?:up)?on\b[^.]*\Z", re.IGNORECASE)
_NUMBER = late_pattern(rf"\b{FIGURE}\b|\d", re.IGNORECASE)
_NAMES_A_TREATMENT = late_pattern(rf"{TREATMENT}|\btreat|\btherap", re.IGNORECASE)


def says_little(quote: Quote, wants: Sequence[Want]) -> bool:
    """Whether a quote explains a word that nobody asked for, or refers the answer to others."""
    said, introduction = quote.text, quote.introduction
    if not quote.is_list and _SAYS_LITTLE.match(said) is not None:
        return True
    if Want.DIAGNOSED in wants and Want.EXTENT not in wants and _ONCE_DIAGNOSED.search(said) is not None:
        return True
    if (
        (Want.FIGURE in wants or Want.SHARE in wants)
        and _DEPENDS.search(introduction) is not None
        and not _NUMBER.search(said)
    ):
        return True
    if Want.TREATMENTS not in wants:
        return False
    if _NAMES_A_TREATMENT.search(said) is None:
        return True
    return (_DEPENDS_ALONE if quote.is_list else _DEPENDS).search(introduction) is not None
