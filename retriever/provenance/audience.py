"""Audience: for whom a page is written, by what it shows and by what it declares."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

from retriever.document import Document
from retriever.late_pattern import late_pattern

KEPT_AUDIENCES = 131_072
"""For how many pages it is kept in memory for whom they are written."""


class Audience(StrEnum):
    """For whom a page is written."""

    PATIENT = "patient"
    PROFESSIONAL = "professional"


@dataclass(frozen=True, slots=True)
class AudienceConflict:
    """A page that says it is for one audience while its own title, address or heading says another."""

    document_id: str
    declared: Audience
    found: Audience
    because: str


_DECLARED = {
    Audience.PROFESSIONAL: late_pattern(
        r"\b(?:health ?care |health )?(?:professionals?|providers?|clinicians?|"
        r"physicians?|hcps?|doctors?|nurses?)\b"
    ),
    Audience.PATIENT: late_pattern(
        r"\b(?:patients?|public|general|consumers?|lay|carers?|caregivers?|family|everyone)\b"
    ),
}
_TITLE_SAYS = {
    Audience.PROFESSIONAL: late_pattern(
        r"\b(?:health (?:care )?professionals? version"
        r"|for (?:health (?:care )?)?(?:professionals|clinicians|providers))\b"
        r"|\bhealth professional cancer information\b"
    ),
    Audience.PATIENT: late_pattern(r"\b(?:patient version|for patients|patient information)\b"),
}
_ADDRESS_SAYS = {
    Audience.PROFESSIONAL: frozenset(
        {"hp", "hcp", "professional", "professionals", "health-professional", "health-professionals", "clinicians"}
    ),
    Audience.PATIENT: frozenset({"patient", "patients", "for-patients"}),
}


def audience_of(document: Document) -> Audience | None:
    """For whom a page is written: by its own title, address and heading, else by what its front matter declares.

    None where none of them tells.
    """
    metadata = document.metadata
    return _audience(metadata.title, metadata.url, _page_heading(document), metadata.audience_level)


def _page_heading(document: Document) -> str:
    """The heading above the whole page; empty where it has none, or several of one rank."""
    first = next((section.headings[0] for section in document.sections[:2] if section.headings), "")
    return first if document.sections and document.sections[-1].headings[:1] == (first,) else ""


@lru_cache(maxsize=KEPT_AUDIENCES)
def _audience(title: str, url: str | None, heading: str, audience_level: str | None) -> Audience | None:
    """Kept, since a question with a filter on `audience` asks it of every document."""
    found = _audience_shown(title, url, heading)
    return found[0] if found else declared_audience(audience_level)


def declared_audience(audience_level: str | None) -> Audience | None:
    """The audience that the front matter declares, None where it declares none that is known."""
    level = (audience_level or "").casefold().replace("_", " ").replace("-", " ")
    return next((audience for audience, words in _DECLARED.items() if words.search(level)), None)


def audience_conflict(document: Document) -> AudienceConflict | None:
    """What a page declares, where its own title, address or heading says another audience."""
    metadata = document.metadata
    declared = declared_audience(metadata.audience_level)
    found = _audience_shown(metadata.title, metadata.url, _page_heading(document))
    if declared is None or found is None or declared is found[0]:
        return None
    return AudienceConflict(document.document_id, declared, *found)


def _audience_shown(title: str, url: str | None, heading: str) -> tuple[Audience, str] | None:
    """The audience that title, address or the page's heading show, and which of them; the title comes first."""
    if said := _audience_said(title):
        return said, "title"
    parts = frozenset(urlsplit(url or "").path.casefold().split("/"))
    for audience, names in _ADDRESS_SAYS.items():
        if parts & names:
            return audience, "url"
    said = _audience_said(heading)
    return (said, "heading") if said else None


def _audience_said(words: str) -> Audience | None:
    folded = " ".join(words.casefold().split())
    return next((audience for audience, says in _TITLE_SAYS.items() if says.search(folded)), None)
