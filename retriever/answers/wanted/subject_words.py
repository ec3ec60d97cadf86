"""Subject words: those of a question that can be its subject, and the terms that say one of them."""

from collections.abc import Collection, Iterable, Mapping

from retriever.late_pattern import late_pattern
from retriever.questions.follow_ups import ASIDE_TERMS
from retriever.questions.narrative import NARRATIVE_TERMS
from retriever.questions.question import FACET_TERMS, SAYS_OF_SUBJECT, Question

NO_SUBJECT = FACET_TERMS | SAYS_OF_SUBJECT | ASIDE_TERMS
"""Terms that ask for a side of a subject, or hold a sentence together, and never are the subject."""
_POSSESSIVE = "s"
_LEAST_LETTERS = 3
_SAME_BEGINNING = 6
_SHORT_ENDING = late_pattern(r"s|i|ing|ual")
_ENDING = late_pattern(r"[aeiouy].*|[dnrs]|li|ti|less.*|ful.*|ment.*|hood|ner")
"""What may follow a word in a longer form of it. One of three letters begins too many others ("tea" and team), and
what goes on like a word is another thing ("breastfeeding"); only an o at the end cuts one short ("chemo")."""


def asked_words(question: Question) -> dict[str, float]:
    """The question's words that can be its subject, with their idf; none of a long message."""
    return {term: weight for term, weight in subject_words(question).items() if term not in NARRATIVE_TERMS}


def subject_words(question: Question) -> dict[str, float]:
    """The same, with the words that a message tells its story in."""
    if question.is_long:
        return {}
    return {
        term: weight
        for term, weight in question.weights.items()
        if term not in NO_SUBJECT and not term.isdigit() and term != _POSSESSIVE
    }


def says(found: Collection[str], word: str) -> bool:
    """Whether a term is among these, or one that begins alike (sexual for sex, metastatic for metastasis)."""
    return word in found or any(_says(term, word) for term in found)


def saying(words: Iterable[str], found: Collection[str]) -> Mapping[str, frozenset[str]]:
    """For each word those of the terms found that say it, for a question that is held against many quotes."""
    said_by: dict[str, frozenset[str]] = {}
    for word in words:
        beginning = word[:_LEAST_LETTERS]
        near = [term for term in found if term[:_LEAST_LETTERS] == beginning]
        said_by[word] = frozenset(term for term in near if _says(term, word))
    return said_by


def _says(term: str, word: str) -> bool:
    return term == word or _begin_alike(word, term)


def _begin_alike(one: str, other: str) -> bool:
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if longer.startswith(shorter):
        if len(shorter) <= _LEAST_LETTERS:
            return len(shorter) == _LEAST_LETTERS and _SHORT_ENDING.fullmatch(longer, len(shorter)) is not None
        return shorter[-1] == "o" or _ENDING.fullmatch(longer, len(shorter)) is not None
    return len(shorter) >= _SAME_BEGINNING and one[:_SAME_BEGINNING] == other[:_SAME_BEGINNING]
