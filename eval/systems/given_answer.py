"""What a system says to a question: whether it answers, how sure it is, and in whose words."""

from dataclasses import dataclass

TOP_K = 5
"""Passages that an answer is made from: what the service takes when it is not told otherwise."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """One footnoted stretch of an answer. Places count in the reading text of its document.

    `is_exact` says whether the stretch equals its place in the document to the letter.
    """

    document_id: str
    start_char: int
    end_char: int
    text: str
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Given:
    """The decision and the answer to one question.

    `decided` is the decision to answer; `quotes` may be empty then too, where no sentence may stand alone.
    """

    decided: bool
    probability: float
    threshold: float
    text: str
    quotes: tuple[Quoted, ...]
