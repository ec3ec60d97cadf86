"""A citation: the pointer from a passage to its page that anyone can check."""

from dataclasses import dataclass
from datetime import date

from retriever.document import Document
from retriever.freshness import Freshness, review
from retriever.passage import Passage
from retriever.provenance.audience import Audience, audience_of
from retriever.provenance.page_links import PageLinks


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a passage stands and what its page says of itself.

    `source_path` is the file below the root that was ingested.
    `start_char`/`end_char` count in the reading text, `source_start_char`/`source_end_char` in the source
    file decoded as UTF-8 without newline translation, and are None where no such place is known (HTML, PDF).
    `document_sha256` is the digest of the file's bytes.
    `audience_level` is what the page declares, `audience` for whom it is written as far as it tells.
    """

    title: str
    url: str | None
    deep_link: str | None
    source: str | None
    citation: str | None
    license: str | None
    language: str | None
    audience_level: str | None
    audience: Audience | None
    version: str | None
    source_type: str | None
    last_reviewed: date | None
    review_due: date | None
    freshness: Freshness
    headings: tuple[str, ...]
    source_path: str
    page: int | None
    start_char: int
    end_char: int
    source_start_char: int | None
    source_end_char: int | None
    document_sha256: str


def cite(document: Document, passage: Passage, *, links: PageLinks, today: date) -> Citation:
    """The citation of a passage as it stands on `today`."""
    metadata = document.metadata
    due = review(metadata, today=today)
    return Citation(
        title=metadata.title,
        url=metadata.url,
        deep_link=links.link(document.document_id, passage.start_char, passage.end_char),
        source=metadata.source,
        citation=metadata.citation,
        license=metadata.license,
        language=metadata.language,
        audience_level=metadata.audience_level,
        audience=audience_of(document),
        version=metadata.version,
        source_type=metadata.source_type,
        last_reviewed=metadata.last_reviewed,
        review_due=due.due,
        freshness=due.freshness,
        headings=passage.headings,
        source_path=document.source_path,
        page=document.page_of(passage.start_char),
        start_char=passage.start_char,
        end_char=passage.end_char,
        source_start_char=passage.source_start_char if document.is_read_as_it_stands else None,
        source_end_char=passage.source_end_char if document.is_read_as_it_stands else None,
        document_sha256=document.sha256,
    )
