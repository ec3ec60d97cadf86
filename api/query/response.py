"""The body that answers a query, on every transport: passages, each with a citation that anyone can check."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from api.bodies import ResponseBody
from retriever.abstention.answerability import Decision, Reason
from retriever.freshness import Freshness
from retriever.index import Index
from retriever.provenance.audience import Audience


class IndexReference(ResponseBody):
    """Which published generation everything in this response comes from."""

    generation: str = Field(examples=["gen-000042"])
    fingerprint: str = Field(description="Digest of the whole generation.", examples=["sha256:5f0c..."])

    @classmethod
    def of(cls, index: Index) -> "IndexReference":
        """The generation that is open here."""
        return cls(generation=index.generation, fingerprint=index.fingerprint)


class Scores(ResponseBody):
    """The parts of a score; null where that search did not find the passage or did not take part."""

    dense: float | None = Field(allow_inf_nan=False, description="Cosine of question and passage.")
    lexical: float | None = Field(allow_inf_nan=False, description="BM25 score of the passage's own text.")


class CitationBody(ResponseBody):
    """Where a passage stands, and what its page says of itself; null is not known, never invented."""

    title: str = Field(examples=["Denosumab - NCI"])
    url: str | None = Field(description="The page as its author publishes it; check the scheme before linking.")
    deep_link: str | None = Field(
        description="The page's address with a text fragment: a browser scrolls to the passage and marks it. "
        "Null where the page names no address, or one that is not http or https.",
        examples=["https://example.org/denosumab#:~:text=It%20lowers,calcium%20levels."],
    )
    source: str | None = Field(examples=["NCI"])
    citation: str | None = Field(description="How the page wants to be cited.", examples=["NCI, 2025"])
    license: str | None = Field(examples=["public_domain"])
    language: str | None = Field(examples=["en"])
    audience_level: str | None = Field(description="As the page declares it.", examples=["patient"])
    audience: Audience | None = Field(
        description="For whom the page is written: by its title, address and heading, else as it declares."
    )
    version: str | None = Field(examples=["v1"])
    source_type: str | None
    last_reviewed: date | None
    review_due: date | None = Field(description="Last review plus the interval that the page promises.")
    freshness: Freshness = Field(
        description="`due_soon` is within 30 days; `unknown` where the page does not say."
    )
    headings: list[str] = Field(description="The headings above the passage, outermost first.")
    source_path: str = Field(
        description="The file below its root, as it was given to ingest.", examples=["medicines/denosumab.md"]
    )
    page: int | None = Field(description="Page number, for documents that have pages.")
    start_char: int = Field(ge=0, description="Start in the document's reading text, in code points.")
    end_char: int = Field(ge=0, description="End (exclusive) in the reading text.")
    source_start_char: int | None = Field(
        ge=0,
        description="Start in the source file decoded as UTF-8, newlines untouched; null for HTML, PDF and Word.",
    )
    source_end_char: int | None = Field(ge=0, description="End (exclusive) in the source file.")
    document_sha256: str = Field(description="Digest of the source file's bytes.")


class Duplicate(ResponseBody):
    """Another place of exactly the same text."""

    passage_id: str
    document_id: str
    title: str
    url: str | None
    source_path: str = Field(description="The file below its root, as it was given to ingest.")


class PassageBody(ResponseBody):
    """One ranked passage. `text` is `reading_text[start_char:end_char]`, character for character; plain text."""

    rank: int = Field(ge=1)
    passage_id: str = Field(examples=["denosumab:1203-1741"])
    document_id: str = Field(examples=["denosumab"])
    text: str = Field(description="Plain text, not markup: escape it before it is rendered.")
    score: float = Field(allow_inf_nan=False, description="Larger is better; comparable within one response.")
    scores: Scores
    also_in: list[Duplicate] = Field(description="Other places of the same text, which are not ranked again.")
    citation: CitationBody


class WarningCode(StrEnum):
    """What a reader should know before trusting a response."""

    EMERGENCY = "emergency"
    SELF_HARM = "self_harm"
    SOURCES_DIFFER = "sources_differ"
    LIST_CONTINUES = "list_continues"
    NOT_QUOTABLE = "not_quotable"
    SOURCE_OVERDUE = "source_overdue"
    QUERY_TRUNCATED = "query_truncated"
    VECTORS_PENDING = "vectors_pending"
    NO_MATCH = "no_match"
    FILTERED_OUT = "filtered_out"
    EMPTY_INDEX = "empty_index"


class WarningBody(ResponseBody):
    """One thing to know. `passage_rank` is null where it concerns the whole response."""

    code: WarningCode
    passage_rank: int | None = Field(ge=1)
    detail: str


class AnswerabilityBody(ResponseBody):
    """Whether the collection answers the question, as far as what was retrieved tells."""

    decision: Decision
    probability: float = Field(
        ge=0, le=1, description="Calibrated: of the questions at 0.9, nine in ten are answerable."
    )
    threshold: float = Field(ge=0, le=1, description="From which probability on an answer is given.")
    reason: Reason | None = Field(
        description="Why no answer is given, null where one is. None of the reasons says that there is no answer "
        "anywhere: only not in this collection."
    )


class QuoteBody(ResponseBody):
    """Where a stretch of the answer stands: `reading_text[start_char:end_char]` of that document."""

    document_id: str = Field(examples=["denosumab"])
    start_char: int = Field(ge=0)
    end_char: int = Field(ge=0)
    deep_link: str | None = Field(
        description="The page's address with a text fragment: a browser scrolls to the quote and marks it. "
        "Null where the citation's is."
    )


class AnswerSpanBody(ResponseBody):
    """One stretch of the answer: `text[start_char:end_char]` is its quote, to the letter."""

    start_char: int = Field(ge=0)
    end_char: int = Field(ge=0)
    passage_rank: int = Field(ge=1, description="The passage that holds the quote.")
    quote: QuoteBody


class AnswerBody(ResponseBody):
    """The passages' own words that answer the question; a footnote mark `[rank]` stands behind each stretch."""

    text: str = Field(
        description="Plain text.", examples=["Known side effects include skin infections and low calcium. [1]"]
    )
    spans: list[AnswerSpanBody]


class Timings(ResponseBody):
    """Milliseconds."""

    encode: float = Field(ge=0, allow_inf_nan=False)
    search: float = Field(ge=0, allow_inf_nan=False)
    total: float = Field(ge=0, allow_inf_nan=False)


class QueryResponse(ResponseBody):
    """The answer and the passages for one question, all from one generation."""

    query_id: str = Field(description="Sorts by time.", examples=["q_01J8ZC4Q0D8T4V5N3T1X9B7K2M"])
    query: str = Field(description="The question as it was searched.")
    index: IndexReference
    answerability: AnswerabilityBody
    answer: AnswerBody | None = Field(
        description="Null where none was asked for, where the decision is to abstain, or where no sentence of the "
        "passages may stand alone: then `warnings` says `not_quotable`."
    )
    passages: list[PassageBody] = Field(description="Best first; empty with a warning that says why.")
    warnings: list[WarningBody]
    timings_ms: Timings
