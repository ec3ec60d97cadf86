"""Subject told: which quotes are about what was asked, and what of it they leave unsaid."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.quote_subject import page_terms, subject_of, terms_of
from retriever.answers.wanted.named_things import NOTHING_NAMED, Named
from retriever.answers.wanted.subject_words import saying
from retriever.query import Hit
from retriever.questions.title_fit import page_name

HALF_TOLD = 0.5
"""A quote is about something else that tells less than this part of what the best tells of the subject."""
OF_QUOTE = 0.6
"""What a subject's word counts that a quote says itself, or by its headings; the rest is its passage's."""


class Told(NamedTuple):
    """How much of a question's subject a quote itself, its headings and its page's name say, 0 to 1; and whether
    it `is_about` that subject: tells, with its passage, half as much of it as the best does.
    """

    itself: float
    is_about: bool


def subject_told(words: Mapping[str, float], quotes: Sequence[Quote], named: Named = NOTHING_NAMED) -> list[Told]:
    """What each quote tells of what was asked.

    `words` are those that can be the subject, with their idf, see `asked_words`. Held against the best, since no
    page may say it in the question's words. Of a long message, whose subject is one of many things that it names,
    all are.
    """
    if not words:
        return [Told(1.0, is_about=True)] * len(quotes)
    subjects = [subject_of(quote) for quote in quotes]
    hits = {quote.hit.rank: quote.hit for quote in quotes}
    passages = {rank: named.told(passage_terms(hit), page_terms(hit)) for rank, hit in hits.items()}
    said_by = saying(words, frozenset().union(*subjects, *passages.values()))
    total = sum(words.values())

    def told(found: frozenset[str]) -> float:
        return sum(weight for word, weight in words.items() if not said_by[word].isdisjoint(found)) / total

    own = [told(subject) for subject in subjects]
    of_passage = {rank: told(found) for rank, found in passages.items()}
    each = [
        OF_QUOTE * told(named.told(subject, page_terms(quote.hit))) + (1 - OF_QUOTE) * of_passage[quote.hit.rank]
        for subject, quote in zip(subjects, quotes, strict=True)
    ]
    least = HALF_TOLD * max(each, default=0.0)
    return [Told(itself, tells >= least) for itself, tells in zip(own, each, strict=True)]


def passage_terms(hit: Hit) -> frozenset[str]:
    """The terms of a whole passage, its headings and its page's name."""
    return terms_of("\n".join((page_name(hit.document.metadata), *hit.passage.headings, hit.passage.text)))
