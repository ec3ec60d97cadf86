"""Governance: what the keeper of a collection should look at."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from retriever.document import Document
from retriever.freshness import Freshness, review
from retriever.index import Index
from retriever.late_pattern import late_pattern
from retriever.provenance.audience import AudienceConflict, audience_conflict

EXPECTED_FIELDS = (
    *("url", "source", "source_type", "citation", "license", "language", "audience_level", "status", "version"),
    *("last_reviewed", "review_frequency", "tags"),
)
"""What a page of a kept collection says of itself; not every page is on cancer, so `cancer_types` is left out."""


@dataclass(frozen=True, slots=True)
class SuspectTitle:
    """A title that looks like what a scraper met instead of the page."""

    document_id: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class SameTitle:
    """Several pages of one title, whose texts differ or not."""

    title: str
    document_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GovernanceReport:
    """The state of a collection on one day. Every list is sorted; documents go by their id.

    `freshness` and `missing` hold all keys, with an empty list where there is nothing to tell.
    """

    today: date
    documents: int
    freshness: Mapping[Freshness, tuple[str, ...]]
    missing: Mapping[str, tuple[str, ...]]
    same_text: tuple[tuple[str, ...], ...]
    same_title: tuple[SameTitle, ...]
    suspect_titles: tuple[SuspectTitle, ...]
    audience_conflicts: tuple[AudienceConflict, ...]


_SITES = frozenset(
    {
        *("facebook", "twitter", "x", "instagram", "youtube", "linkedin", "pinterest"),
        *("tiktok", "reddit", "google", "whatsapp", "vimeo", "flickr"),
    }
)
_ERRORS = late_pattern(
    r"(?:access denied|(?:page |file )?not found|forbidden|unauthori[sz]ed|just a moment|attention required"
    r"|are you (?:a )?(?:human|robot)|(?:security|robot) check|captcha|(?:internal )?server error|bad gateway"
    r"|service unavailable|(?:gateway )?time-?out|site maintenance|log ?in|sign ?in|sign ?up|redirecting|loading"
    r"|please wait|untitled(?: document)?|error(?: \d{3})?|\d{3}(?: error)?|cookies? (?:required|disabled)"
    r"|enable javascript|home(?: ?page)?|index|default|null|none|undefined|nan)"
)
_ERROR_ANYWHERE = late_pattern(
    r"\b(?:40[0134]|50[0234])\b.{0,3}\b(?:error|forbidden|not found|unauthori[sz]ed|bad|gateway|service|internal)"
    r"|\b(?:access denied|page not found|just a moment\.{2,}|verify you are (?:a )?human|enable javascript)\b"
)
_DOMAIN = late_pattern(r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?")
_SITE_SUFFIX = late_pattern(r"\s+[|–—-]\s+[^|–—-]*\Z")


def suspect_title(title: str) -> str | None:
    """Why a title looks like a scrape error, None where it does not."""
    folded = " ".join(title.casefold().split()).strip(" .!…")
    bare = _SITE_SUFFIX.sub("", folded).strip(" .!…")
    if not any(char.isalpha() for char in folded):
        return "it has no letter" if not folded or not _ERRORS.fullmatch(folded) else "it reads as an error page"
    if folded in _SITES:
        return "it is the name of a web site"
    if _ERRORS.fullmatch(folded) or _ERRORS.fullmatch(bare) or _ERROR_ANYWHERE.search(folded):
        return "it reads as an error or a placeholder"
    if _DOMAIN.fullmatch(folded):
        return "it is an address"
    return None


def words_digest(reading_text: str) -> str:
    """The digest by which two texts hold the same words, whatever white space is between them."""
    return hashlib.sha256(" ".join(reading_text.split()).encode()).hexdigest()


def govern(index: Index, *, today: date) -> GovernanceReport:
    """Reads every document's metadata and reading text once."""
    texts = {
        document.document_id: words_digest(index.reading_text(document.document_id))
        for document in index.documents
    }
    return govern_documents(index.documents, texts, today=today)


def govern_documents(
    documents: Sequence[Document], text_digests: Mapping[str, str], *, today: date
) -> GovernanceReport:
    """The report on these documents; `text_digests` gives the `words_digest` of each document_id."""
    documents = sorted(documents, key=lambda document: document.document_id)
    by_freshness: dict[Freshness, list[str]] = {freshness: [] for freshness in Freshness}
    missing: dict[str, list[str]] = {field: [] for field in EXPECTED_FIELDS}
    by_text: dict[str, list[str]] = defaultdict(list)
    by_title: dict[str, list[str]] = defaultdict(list)
    suspects: list[SuspectTitle] = []
    conflicts: list[AudienceConflict] = []
    for document in documents:
        document_id, metadata = document.document_id, document.metadata
        by_freshness[review(metadata, today=today).freshness].append(document_id)
        for field in EXPECTED_FIELDS:
            if not getattr(metadata, field):
                missing[field].append(document_id)
        by_text[text_digests[document_id]].append(document_id)
        by_title[" ".join(metadata.title.split())].append(document_id)
        if reason := suspect_title(metadata.title):
            suspects.append(SuspectTitle(document_id, metadata.title, reason))
        if conflict := audience_conflict(document):
            conflicts.append(conflict)
    return GovernanceReport(
        today=today,
        documents=len(documents),
        freshness={freshness: tuple(ids) for freshness, ids in by_freshness.items()},
        missing={field: tuple(ids) for field, ids in missing.items()},
        same_text=tuple(sorted(tuple(ids) for ids in by_text.values() if len(ids) > 1)),
        same_title=tuple(SameTitle(title, tuple(ids)) for title, ids in sorted(by_title.items()) if len(ids) > 1),
        suspect_titles=tuple(suspects),
        audience_conflicts=tuple(conflicts),
    )
