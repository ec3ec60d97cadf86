"""The bodies that describe the collection: its index, its documents, their reading text."""

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from pydantic import Field

from api.bodies import ResponseBody
from retriever.document import Document, Metadata, ReviewFrequency
from retriever.freshness import Freshness, review
from retriever.index import Index
from retriever.provenance.audience import Audience, audience_of
from retriever.ranking.ranking import CollectionKind, kind_of

_METADATA = tuple(each.name for each in fields(Metadata))


class EncoderBody(ResponseBody):
    """The language model that built the vectors."""

    model: str = Field(examples=["all-MiniLM-L6-v2"])
    model_sha256: str = Field(description="One digest over the model's files.")
    arithmetic: str = Field(examples=["openvino-int8"])
    artifact_sha256: str | None = Field(
        description="Digest of the converted model, null where it runs as it came."
    )
    dimension: int
    max_tokens: int = Field(description="Word pieces that the model reads; more are not embedded.")
    query_prompt: str
    passage_prompt: str


class SplitBody(ResponseBody):
    """How documents were split into passages; lengths in word pieces."""

    splitter: str
    version: int
    chunk_size: int
    max_tokens: int


class CoverageBody(ResponseBody):
    """The share of passages that each search covers, 1.0 for all."""

    dense: float = Field(
        ge=0, le=1, description="By meaning: 0.0 while an ingest is still making the vectors, then 1.0."
    )
    lexical: float = Field(ge=0, le=1, description="By words: always 1.0.")


class ApproximationBody(ResponseBody):
    """Passages lie in cells, and a search by meaning looks into those nearest to the question."""

    cells: int
    probed: int = Field(description="Cells that a search looks into.")
    recall_at_100: float = Field(
        ge=0,
        le=1,
        description="Share of the 100 nearest passages that it finds, measured when the index was opened.",
    )
    sample: int = Field(description="Passages of the collection that this was measured with, each as a question.")


class IndexBody(ResponseBody):
    """The generation that serves now."""

    generation: str = Field(examples=["gen-000042"])
    fingerprint: str = Field(description="Digest of all that determines the contents.")
    documents: int
    passages: int
    encoder: EncoderBody
    split: SplitBody
    created: str = Field(description="ISO 8601, UTC.", examples=["2026-11-22T07:48:00Z"])
    ranking: CollectionKind = Field(
        description="How passages are ranked: `pages` where documents have three headings or more on average, "
        "else `texts`."
    )
    coverage: CoverageBody
    approximation: ApproximationBody | None = Field(
        description="How much the search by meaning may miss; null where it looks at every passage."
    )


class DocumentBody(ResponseBody):
    """One document of the collection; metadata that is not known is null."""

    document_id: str = Field(examples=["denosumab"])
    source_path: str = Field(description="The file below its root, as it was given to ingest.")
    title: str
    url: str | None
    source: str | None
    source_type: str | None
    citation: str | None
    license: str | None
    language: str | None
    audience_level: str | None = Field(description="As the page declares it.")
    audience: Audience | None = Field(
        description="For whom it is written: by its title, address and heading, else as it declares."
    )
    status: str | None
    version: str | None
    last_reviewed: date | None
    review_frequency: ReviewFrequency | None
    tags: list[str]
    cancer_types: list[str]
    extra: dict[str, Any] = Field(description="Front matter that has no field of its own.")
    sha256: str = Field(description="Digest of the file's bytes.")
    passages: int = Field(description="How many passages the document has.")
    review_due: date | None
    freshness: Freshness


class DocumentPage(ResponseBody):
    """A page of the list of documents, in order of their ids."""

    documents: list[DocumentBody]
    next: str | None = Field(description="Send it as `after` for the next page; null on the last page.")


class TextBody(ResponseBody):
    """A span of a document's reading text, in code points."""

    document_id: str
    start_char: int
    end_char: int
    text: str


class SectionBody(ResponseBody):
    """A stretch of a reading text under one heading; the heading's own line is its beginning."""

    start_char: int
    end_char: int
    headings: list[str] = Field(description="The headings above it, outermost first; empty before the first.")


class OutlineBody(ResponseBody):
    """A document's sections in order; together they are the whole reading text."""

    document_id: str
    sections: list[SectionBody]


def index_body(index: Index) -> IndexBody:
    """What the index says of itself."""
    manifest = index.manifest
    return IndexBody(
        generation=index.generation,
        fingerprint=index.fingerprint,
        documents=manifest.documents,
        passages=manifest.passages,
        encoder=EncoderBody(**asdict(manifest.encoder)),
        split=SplitBody(**asdict(manifest.split)),
        created=manifest.created,
        ranking=kind_of(index),
        coverage=coverage_of(index),
        approximation=None if index.approximation is None else ApproximationBody(**asdict(index.approximation)),
    )


def coverage_of(index: Index) -> CoverageBody:
    """What each search covers: words every passage, meaning every passage or, while the vectors are made, none."""
    return CoverageBody(dense=float(index.manifest.has_vectors), lexical=1.0)


def document_body(index: Index, document: Document, *, today: date) -> DocumentBody:
    """One document with its review as it stands on `today`."""
    due = review(document.metadata, today=today)
    return DocumentBody(
        **{name: getattr(document.metadata, name) for name in _METADATA},
        document_id=document.document_id,
        source_path=document.source_path,
        audience=audience_of(document),
        sha256=document.sha256,
        passages=index.passage_count(document.document_id),
        review_due=due.due,
        freshness=due.freshness,
    )
