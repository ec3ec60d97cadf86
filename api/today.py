"""The day by which reviews are judged, the same in every process."""

from datetime import UTC, date, datetime


def utc_today() -> date:
    """The day in UTC: every server gives the same freshness at the same moment."""
    return datetime.now(UTC).date()
