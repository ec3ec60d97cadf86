"""An evaluation dataset: questions, judged documents, gold spans, and which questions have no answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one document's source file, half-open."""

    document: str
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """Where an answer stands: code points of the source file, half-open."""

    document: str
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True)
class GoldQuote:
    """An answer given as an exact quotation of a page's reading text; the index knows its span."""

    document: str
    text: str


@dataclass(frozen=True, slots=True)
class GoldSlice:
    """An answer given as a span of the source file, code points, half-open, with the digest of its words.

    For collections whose text is not to stand in the dataset; `words_digest` makes the digest.
    """

    document: str
    start_char: int
    end_char: int
    digest: str


GoldPlace = GoldQuote | GoldSlice


class Half(StrEnum):
    """The parts of a dataset that is divided: rules are tuned on one and looked at on the other."""

    TUNE = "tune"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `subsets` names the smaller sets that it is also reported in, such as `tight`.

    `answerable` is None where the dataset does not say; `category` groups the unanswerable ones. Each of `quotes`
    answers it alone; each of `distractors` looks like an answer and is none: of another drug, group or time.
    `half` is the part of a dataset that rules are tuned on, or the one that is only looked at. `window` is what
    the author read through of the first answer's page: in it, nothing but the quotes answers.
    `where` is the file and line that it was read from.
    """

    question_id: str
    text: str
    subsets: tuple[str, ...] = ()
    answerable: bool | None = None
    category: str | None = None
    quotes: tuple[GoldPlace, ...] = ()
    distractors: tuple[GoldPlace, ...] = ()
    reference: str | None = None
    half: Half | None = None
    window: Span | None = None
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions and their judgments. Documents go by the dataset's own ids.

    `qrels` gives the relevance of each judged document of a question; `spans` the gold spans of a question.
    `excluded` lists documents that the search has to leave out. `sha256` is the digest of the files that
    were read.
    """

    name: str
    sha256: str
    questions: tuple[Question, ...]
    qrels: Mapping[str, Mapping[str, int]]
    spans: Mapping[str, tuple[GoldSpan, ...]]
    excluded: tuple[str, ...] = ()

    @property
    def judged(self) -> frozenset[str]:
        """Every document that a judgment, a span or a quotation names."""
        return frozenset(
            {document for judged in self.qrels.values() for document in judged}
            | {span.document for spans in self.spans.values() for span in spans}
            | {place.document for one in self.questions for place in (*one.quotes, *one.distractors)}
        )

    @property
    def is_graded(self) -> bool:
        """Whether some question has judged documents of different relevance.

        Where none has, a ranking of judged documents alone only says which of them were found.
        """
        return any(len(set(judged.values())) > 1 for judged in self.qrels.values())

    @property
    def quoted(self) -> frozenset[str]:
        """Ids of the questions whose answers are given as quotations, or as spans with their digests."""
        return frozenset(question.question_id for question in self.questions if question.quotes)

    def measured(self) -> frozenset[str]:
        """Ids of the questions with at least one relevant document: those that rankings are measured on."""
        return frozenset(
            question.question_id
            for question in self.questions
            if any(relevance > 0 for relevance in self.qrels.get(question.question_id, {}).values())
        )
