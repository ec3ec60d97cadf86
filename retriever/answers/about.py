"""About: which quotes are about what was asked, and what of it they leave unsaid."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from retriever.answers.quote_subject import subject_of, terms_of
from retriever.answers.quotes import Quote
from retriever.query import Hit
from retriever.questions.leaning import ASIDE_TERMS
from retriever.questions.narrative import NARRATIVE_TERMS
from retriever.questions.question import FACET_TERMS, SAYS_OF_SUBJECT, Question
from retriever.questions.title_fit import page_name

HALF_TOLD = 0.5
"""A quote is about something else that tells less than this part of what the best tells of the subject."""
OF_QUOTE = 0.6
"""What a subject's word counts that a quote says itself, or by its headings; the rest is its passage's."""
MOST_UNSAID = 0.75
"""From this share of a question's subject on, a passage that does not say it is beside the point."""
NO_SUBJECT = FACET_TERMS | SAYS_OF_SUBJECT | ASIDE_TERMS
"""Terms that ask for a side of a subject, or hold a sentence together, and never are the subject."""
_LEAST_LETTERS = 3
_SAME_BEGINNING = 6
_COMPOUNDED = 5
"""How many letters a compound has before its last part, and that has, at least: "nontoxic" is nothing toxic."""


def about(question: Question, quotes: Sequence[Quote]) -> dict[int, float]:
    """The places of the quotes that are about what was asked: those that tell half as much of its subject as the
    best does. With each stands how much of it the quote itself, its headings and its page's name say, 0 to 1.

    Held against the best, since no page may say it in the question's words. Of a long message, whose subject is
    one of many things that it names, all are.
    """
    told = asked_words(question)
    if not told:
        return dict.fromkeys(range(len(quotes)), 1.0)
    passages = {quote.hit.rank: _told(told, _passage_terms(quote.hit)) for quote in quotes}
    own = [_told(told, subject_of(quote)) for quote in quotes]
    each = [
        OF_QUOTE * tells + (1 - OF_QUOTE) * passages[quote.hit.rank]
        for tells, quote in zip(own, quotes, strict=True)
    ]
    least = HALF_TOLD * max(each, default=0.0)
    return {place: own[place] for place, tells in enumerate(each) if tells >= least}


def asked_words(question: Question) -> dict[str, float]:
    """The question's words that can be its subject, with their idf; none of a long message."""
    return {term: weight for term, weight in _subject_words(question).items() if term not in NARRATIVE_TERMS}


def _told(told: Mapping[str, float], found: frozenset[str]) -> float:
    """The part of the subject's weight whose words are said, 0 to 1."""
    return sum(weight for term, weight in told.items() if says(found, term)) / sum(told.values())


def are_beside_the_point(question: Question, hits: Iterable[Hit]) -> bool:
    """Whether every passage, with its headings and its page's name, leaves most of the question's subject unsaid.

    One word tells nothing: a page may say it by another (myeloid for myelogenous).
    """
    told = _subject_words(question)
    return all(_leaves_most_unsaid(told, hit) for hit in hits)


def says(found: Collection[str], word: str) -> bool:
    """Whether a term is among these, or one that begins alike (sexual for sex, radioactive for radiation), or a
    compound of it: a herpesvirus is a virus.
    """
    return word in found or any(_begin_alike(word, term) or _is_compound(term, word) for term in found)


def _subject_words(question: Question) -> dict[str, float]:
    if question.is_long:
        return {}
    return {
        term: weight for term, weight in question.weights.items() if term not in NO_SUBJECT and not term.isdigit()
    }


def _passage_terms(hit: Hit) -> frozenset[str]:
    """The terms of a whole passage, its headings and its page's name."""
    return terms_of("\n".join((page_name(hit.document.metadata), *hit.passage.headings, hit.passage.text)))


def _leaves_most_unsaid(told: Mapping[str, float], hit: Hit) -> bool:
    found = _passage_terms(hit)
    unsaid = [weight for term, weight in told.items() if not says(found, term)]
    return len(unsaid) > 1 and sum(unsaid) >= MOST_UNSAID * sum(told.values())


def _begin_alike(one: str, other: str) -> bool:
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(shorter) >= _LEAST_LETTERS and longer.startswith(shorter):
        return True
    return len(shorter) >= _SAME_BEGINNING and one[:_SAME_BEGINNING] == other[:_SAME_BEGINNING]


def _is_compound(term: str, word: str) -> bool:
    return len(word) >= _COMPOUNDED and len(term) >= len(word) + _COMPOUNDED and term.endswith(word)
