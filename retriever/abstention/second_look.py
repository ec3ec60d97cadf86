"""Second look: what the quotes of an answer, read together with the question, change in how probable it is."""

from collections.abc import Callable
from math import exp, log

from retriever.abstention.evidence import Evidence

OPEN_FROM, OPEN_UNTIL = 0.03, 0.97
"""Between these the numbers of the retrieval leave it open whether the collection answers."""
SLOPE, ZERO = 0.3, -4.85
"""What a logit counts, and the one that changes nothing: a pair reader is trained on five wrong texts to one that
answers, and the best of twelve quotes is rarely the worst. Fitted to the questions of eight sets that the reader
was not trained on (decision 32)."""
_LEAST = 1e-4

Read = Callable[[], float | None]
"""Gives the best logit of the quotes, read together with the question; None where they cannot be read."""


def not_read() -> None:
    """Quotes that nobody reads."""


def is_open(probability: float) -> bool:
    """Whether the quotes are worth reading: below it is hardly ever answered, above it hardly ever not."""
    return OPEN_FROM <= probability < OPEN_UNTIL


def seen_again(probability: float, read: float, evidence: Evidence) -> float:
    """The probability, 0 to 1, with the best logit of the quotes as further evidence; rounded to four places.

    Where another of the same kind stands in the place of what was asked, or a name is not in the collection, what
    is read can only make an answer less probable: the quotes of a neighbour's page read like answers.
    """
    known = min(max(probability, _LEAST), 1 - _LEAST)
    change = SLOPE * (read - ZERO)
    if evidence.neighbour > 0 or evidence.unknown > 0:
        change = min(change, 0.0)
    return round(1 / (1 + exp(-log(known / (1 - known)) - change)), 4)
