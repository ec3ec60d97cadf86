"""The body of `POST /v1/query`: strict, bounded, with nothing ignored."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from api.bodies import RequestBody
from api.query.filters import AnyFilter, core_filter
from retriever.query import Mode, Query
from retriever.questions.normalise import lines_as_sentences, normalise_question


def _only_false(value: object) -> object:
    if value is not False:
        raise PydanticCustomError(
            "explain_not_available", "this version does not explain its ranking; send false or leave it out"
        )
    return value


class AnswerKind(StrEnum):
    """Which answer text is wanted beside the passages."""

    NONE = "none"
    EXTRACTIVE = "extractive"


class QueryRequest(RequestBody):
    """A question and how to search for it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"query": "what are the side effects of denosumab?"},
                {
                    "query": "what are the side effects of denosumab?",
                    "top_k": 3,
                    "filters": {"type": "eq", "key": "language", "value": "en"},
                },
            ]
        },
    )

    query: str = Field(
        description="The question: 1 to 2,000 characters once Unicode is composed (NFKC), control characters are "
        "dropped and white space is single."
    )
    top_k: int = Field(default=5, ge=1, le=50, description="How many passages are wanted.")
    mode: Annotated[Mode, Field(strict=False)] = Field(
        default=Mode.HYBRID,
        description="Which searches take part: by meaning (`dense`), by words (`lexical`), both.",
    )
    answer: Annotated[AnswerKind, Field(strict=False)] = Field(
        default=AnswerKind.EXTRACTIVE,
        description="The passages' own sentences that answer best, each with its place (`extractive`), or no "
        "answer text (`none`).",
    )
    filters: AnyFilter | None = Field(
        default=None, description="Which documents are searched; applied before the search, never after it."
    )
    max_per_document: int = Field(
        default=3, ge=1, le=50, description="How many passages of one document may be among the passages."
    )
    explain: Annotated[Literal[False], BeforeValidator(_only_false)] = Field(
        default=False, description="Reserved; this version accepts false only."
    )

    def core_query(self, *, today: date) -> Query:
        """The question for the core; filters compare reviews with `today`.

        Raises QueryInvalid for a question or a filter that cannot be searched.
        """
        return Query(
            text=normalise_question(self.query),
            top_k=self.top_k,
            mode=self.mode,
            filters=None if self.filters is None else core_filter(self.filters, today=today),
            max_per_document=self.max_per_document,
            sentences=lines_as_sentences(self.query),
        )
