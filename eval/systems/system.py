"""What is evaluated: anything that answers a question with ranked passages of known place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from eval.datasets.dataset import Question
from eval.systems.given_answer import Given

MOST_GIVEN = 50
"""Passages that the service gives to one question at most."""


@dataclass(frozen=True, slots=True)
class Found:
    """One passage that a system returned. Source offsets count code points of the source file.

    `start_char` and `end_char` count in the reading text; `dense` is the cosine of question and passage.
    """

    document_id: str
    score: float
    source_start_char: int
    source_end_char: int
    start_char: int
    end_char: int
    text: str
    headings: tuple[str, ...] = ()
    dense: float | None = None
    lexical: float | None = None
    copies: tuple[str, ...] = ()
    """Documents with exactly this text, which are not ranked again."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back for one question, best first; times in milliseconds.

    `refused` says that the system did not accept the question.
    """

    found: tuple[Found, ...]
    encode_ms: float
    search_ms: float
    total_ms: float
    refused: bool = False


class System(Protocol):
    """Something that can be asked."""

    @property
    def source_paths(self) -> Mapping[str, str]:
        """The source path of each document by its document_id."""

    @property
    def identity(self) -> Mapping[str, str]:
        """What a report says of it; equal for equal systems."""

    def ask(self, question: Question, *, top_k: int, max_per_document: int | None) -> Response:
        """The best passages; None leaves the number of one document's passages to the system's default."""

    def answer(self, question: Question) -> Given | None:
        """The decision and the answer as a person gets them; None where the system has neither."""
