"""Closed questions: those that yes or no answers."""

import re

from retriever.late_pattern import late_pattern

_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|can|could|should|will|would|has|have|had|may|might|must)(?:n['’]t|nt)?"
)
_CLOSED = late_pattern(
    rf"(?:^|[.,;:!?]\s+)(?:and |but |so |or |then )?{_AUXILIARY}\s+\w"
    rf"|\b{_AUXILIARY} (?:it|they|this|that|there|he|she|i|we|you)\b",
    re.IGNORECASE,
)
_OPEN = late_pattern(r"\b(?:what|whats|which|who|whom|whose|when|where|why|how|hows)\b", re.IGNORECASE)


def is_closed(question: str) -> bool:
    """Whether yes or no answers a question."""
    found = _CLOSED.search(question)
    return found is not None and _OPEN.search(question, 0, found.end()) is None
