"""Other words by which a page may say a word: "itchy" and "itching", "forgot" and "forget", "petrol" and "fuel".

Forms that the stem does not show and other names stand in a table, `other_words.txt`, read when first asked for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

from retriever.questions.name_table import NameRule, name_rules
from retriever.questions.other_names import names_searched
from retriever.questions.synonyms import default_synonyms
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
    return any(form in found for form in other_forms(term)) or has_ending(term, found)


def has_ending(term: str, found: Collection[str]) -> bool:
    """Whether a term is among these, with whatever ending."""
    if term in found:
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
    """Of each term those that say it by our own table, and by those that a question is searched by."""
    own = resources.files(__package__).joinpath(TABLE_FILE).read_text(encoding="utf-8")
    read_as = (NameRule((phrase,), (meant,)) for phrase, meant in default_synonyms().read_as.items())
    return said_by((*name_rules(own), *names_searched(), *read_as))


def said_by(rules: Iterable[NameRule]) -> Mapping[str, frozenset[str]]:
    """Of each term among single words that rules tell of, those that say it, itself among them."""
    found: dict[str, set[str]] = defaultdict(set)
    for rule in rules:
        told = [term for (term,) in filter(_is_one, map(terms, rule.told))]
        for (term,) in filter(_is_one, map(terms, rule.asked)):
            found[term].update((term, *told))
    return {term: frozenset(others) for term, others in found.items()}


def _is_one(name: Sequence[str]) -> bool:
    return len(name) == 1
