"""When a page is due for review, and what that makes it today."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from retriever.document import Metadata, ReviewFrequency

DUE_SOON_DAYS = 30

_MONTHS = {
    ReviewFrequency.MONTHLY: 1,
    ReviewFrequency.QUARTERLY: 3,
    ReviewFrequency.SEMI_ANNUAL: 6,
    ReviewFrequency.ANNUAL: 12,
}


class Freshness(StrEnum):
    """Where a page stands in its own review cycle."""

    CURRENT = "current"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Review:
    """`due` is None where the page promises no interval, or its last review is not said or still to come."""

    due: date | None
    freshness: Freshness


def is_to_come(reviewed: date, *, today: date) -> bool:
    """Whether a review that a page declares has not happened: most often a typing error, and never a sign of age.

    The day after `today` may have begun where the page was written.
    """
    return reviewed > today + timedelta(days=1)


def review(metadata: Metadata, *, today: date) -> Review:
    """When the page's next review is due and what that means on `today`; a page is overdue after the due day."""
    due = _due(metadata, today=today)
    if due is None:
        return Review(due=None, freshness=Freshness.UNKNOWN)
    if today > due:
        return Review(due=due, freshness=Freshness.OVERDUE)
    if today >= due - timedelta(days=DUE_SOON_DAYS):
        return Review(due=due, freshness=Freshness.DUE_SOON)
    return Review(due=due, freshness=Freshness.CURRENT)


def _due(metadata: Metadata, *, today: date) -> date | None:
    if metadata.last_reviewed is None or metadata.review_frequency not in _MONTHS:
        return None
    if is_to_come(metadata.last_reviewed, today=today):
        return None
    month = metadata.last_reviewed.month - 1 + _MONTHS[metadata.review_frequency]
    year = metadata.last_reviewed.year + month // 12
    if year > date.max.year:
        return None
    month = month % 12 + 1
    return date(year, month, min(metadata.last_reviewed.day, monthrange(year, month)[1]))
