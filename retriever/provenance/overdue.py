"""Overdue pages: which they are, and what becomes of the passages of one under a service's policy."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from retriever.document import Document
from retriever.freshness import Freshness, review
from retriever.query import Hit


class FreshnessPolicy(StrEnum):
    """What becomes of passages whose page is overdue for review."""

    IGNORE = "ignore"
    WARN = "warn"
    DEMOTE = "demote"
    EXCLUDE = "exclude"


def is_overdue(document: Document, *, today: date) -> bool:
    """Whether a page's next review was due before `today`. A page that promises no review never is."""
    return review(document.metadata, today=today).freshness is Freshness.OVERDUE


def may_be_searched(documents: Sequence[Document], policy: FreshnessPolicy, *, today: date) -> tuple[bool, ...]:
    """Which documents a search may find under a policy, in their order: `exclude` leaves overdue ones out."""
    is_strict = policy is FreshnessPolicy.EXCLUDE
    return tuple(not (is_strict and is_overdue(document, today=today)) for document in documents)


def apply_freshness(hits: Sequence[Hit], policy: FreshnessPolicy, *, today: date) -> tuple[Hit, ...]:
    """The hits under a policy, ranked anew from 1; the order among hits of one standing never changes.

    `demote` puts overdue ones behind all others, `exclude` leaves them out, `ignore` and `warn` change nothing.
    """
    overdue = [hit for hit in hits if is_overdue(hit.document, today=today)]
    others = [hit for hit in hits if not is_overdue(hit.document, today=today)]
    match policy:
        case FreshnessPolicy.IGNORE | FreshnessPolicy.WARN:
            return tuple(hits)
        case FreshnessPolicy.DEMOTE:
            kept = [*others, *overdue]
        case FreshnessPolicy.EXCLUDE:
            kept = others
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(kept, start=1))
