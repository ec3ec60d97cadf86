"""Other words by which a page may say a word: "itchy" and "itching", "forgot" and "forget", "petrol" and "fuel".

Forms that the stem does not show and other names stand in a table, `other_words.txt`, read when first asked for.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources

from retriever.search.analyze import is_short_for, terms

TABLE_FILE = "other_words.txt"
SHORTEST_FORM = 4
"""Letters of the shortest stem that may begin another form of its word."""
LONGEST_ENDING = 2
"""Letters by which two forms of a word may differ at their end."""


def other_forms(term: str) -> frozenset[str]:
    """The terms by which a page may say a term, besides endings: itself, its irregular forms, its other names."""
    return _table().get(term, frozenset((term,)))


def has_form(term: str, found: Collection[str]) -> bool:
    """Whether a term, a form of it or another name is among these."""
    if any(form in found for form in other_forms(term)):
        return True
    if len(term) < SHORTEST_FORM:
        return False
    short, long = max(SHORTEST_FORM, len(term) - LONGEST_ENDING), len(term) + LONGEST_ENDING
    return any(
        (short <= len(other) <= long and (other.startswith(term) or term.startswith(other)))
        or is_short_for(term, other)
        for other in found
    )


@cache
def _table() -> Mapping[str, frozenset[str]]:
    return parse_other_words(resources.files(__package__).joinpath(TABLE_FILE).read_text(encoding="utf-8"))


def parse_other_words(content: str) -> Mapping[str, frozenset[str]]:
    """Of each term in the text of such a table those that say it, itself among them."""
    said_by: dict[str, set[str]] = defaultdict(set)
    for line in content.splitlines():
        rule, *_ = line.split("#")
        words, arrow, others = rule.partition("=>")
        asked = terms(words)
        for term in asked:
            said_by[term].update((term, *terms(others if arrow else words)))
    return {term: frozenset(others) for term, others in said_by.items()}
