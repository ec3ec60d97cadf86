"""Second look: what the quotes of an answer, read together with the question, change in how probable it is."""

from collections.abc import Callable
from math import exp, log

from retriever.abstention.evidence import Evidence

OPEN_FROM, OPEN_UNTIL = 0.03, 0.97
"""Between these the numbers of the retrieval leave it open whether the collection answers."""
SLOPE, ZERO = 0.3, -5.0
"""What a logit counts, and the one that changes nothing: a pair reader is trained on five wrong texts to one that
answers, and the best of six quotes is rarely the worst. Fitted to the open questions of ten sets that the reader
was not trained on (`footnoted eval pair-reader weigh`, decision 32)."""
_LEAST = 1e-4

Read = Callable[[], float | None]
"""Gives the best logit of the quotes, read together with the question; None where they cannot be read."""


def not_read() -> None:
    """Quotes that nobody reads."""


def is_open(probability: float) -> bool:
    """Whether the quotes are worth reading: below it is hardly ever answered, above it hardly ever not."""
    return OPEN_FROM <= probability < OPEN_UNTIL


def may_raise(evidence: Evidence) -> bool:
    """Whether what is read can make an answer more probable, and not only less.

    Not where another of the same kind stands in the place of what was asked, nor where the collection does not
    hold a word of it: the quotes of a neighbour's page read like answers.
    """
    return evidence.neighbour == 0 and evidence.unknown == 0


def seen_again(probability: float, read: float, evidence: Evidence) -> float:
    """The probability, 0 to 1, with the best logit of the quotes as further evidence; rounded to four places."""
    known = min(max(probability, _LEAST), 1 - _LEAST)
    change = SLOPE * (read - ZERO)
    if not may_raise(evidence):
        change = min(change, 0.0)
    return round(1 / (1 + exp(-log(known / (1 - known)) - change)), 4)
