"""What is asked, and what comes back: queries, filters, hits."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from retriever.document import Document
from retriever.freshness import Freshness
from retriever.passage import Passage

MAX_QUERY_CHARS = 2_000
MAX_PER_DOCUMENT = 3


class Mode(StrEnum):
    """Which searches take part."""

    HYBRID = "hybrid"
    DENSE = "dense"
    LEXICAL = "lexical"


class Operator(StrEnum):
    """How a metadata field is compared with a value."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    IN = "in"
    NIN = "nin"


class Junction(StrEnum):
    """How several filters are joined."""

    AND = "and"
    OR = "or"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on one metadata field; `value` is a tuple for `in` and `nin`, else a scalar."""

    operator: Operator
    key: str
    value: str | int | float | bool | tuple[str | int | float | bool, ...]


@dataclass(frozen=True, slots=True)
class Compound:
    """Several filters joined by `and` or `or`."""

    junction: Junction
    filters: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """That a document's review stands on the day `today` as one of `standings` says."""

    standings: frozenset[Freshness]
    today: date


Filter = Condition | Compound | ReviewStanding


@dataclass(frozen=True, slots=True)
class Query:
    """One question. `text` has gone through `normalise_question`.

    `sentences` is the same by `sentences_of`, for whoever reads what a message asks; None where it is one line.
    """

    text: str
    top_k: int = 5
    mode: Mode = Mode.HYBRID
    filters: Filter | None = None
    max_per_document: int = MAX_PER_DOCUMENT
    sentences: str | None = None


class NoHits(StrEnum):
    """Why a query has no hits at all."""

    EMPTY_INDEX = "empty_index"
    FILTERED_OUT = "filtered_out"
    NO_MATCH = "no_match"


@dataclass(frozen=True, slots=True)
class Hit:
    """One ranked passage. `score` is the fused score, larger is better; the parts are None where not searched.

    `dense` is the cosine of question and passage; `lexical` the BM25 score of the passage's own text.
    `also_in` lists other passages of exactly the same text, which are not ranked again.
    """

    rank: int
    passage: Passage
    document: Document
    score: float
    dense: float | None
    lexical: float | None
    also_in: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Meant:
    """A question as it is read, for search and judgment alone: no response shows it as the words of who asked.

    Its typing errors are mended, and what stands around the question in a message may be left out. `told` has what
    its abbreviations stand for behind them, "CT (computed tomography)", and a medicine in its brand's place: so it
    is searched and judged. `in_place` has all in their place: the quotes of an answer are in the pages' words.
    """

    told: str
    in_place: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A question, or a part of one, as it is read, and its vector, shape (dimension,)."""

    meant: Meant
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """The hits of one query, from one generation. `no_hits` says why there are none, if there are none.

    `vector` is what was searched with, shape (dimension,); None where only words were searched. `meant` is how the
    question was read; None where nothing was searched. `whole` is the message where only what it
    asks was searched, see `messages`. `untold_sides`: of two things that the question
    compares, how many no hit tells of; None where it compares nothing. `is_reranked`: whether the scores are of a
    second stage. `behind` gives what is `further`.
    """

    hits: tuple[Hit, ...]
    no_hits: NoHits | None
    encode_ms: float
    search_ms: float
    behind: Callable[[], tuple[Hit, ...]] = field(default=tuple, compare=False, repr=False)
    vector: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    meant: Meant | None = field(default=None, compare=False, repr=False)
    whole: "Reading | None" = field(default=None, compare=False, repr=False)
    untold_sides: int | None = None
    is_reranked: bool = False

    @property
    def further(self) -> tuple[Hit, ...]:
        """The next best passages of the first hits' pages, their ranks going on from the last hit's.

        An answer may have to read on there. Made when they are asked for: who only searches reads no further.
        """
        return self.behind()

    def in_place(self, query: Query) -> str:
        """The question to choose quotes by: as it was read, what its names stand for in their place."""
        return query.text if self.meant is None else self.meant.in_place
