"""Verify: whether a citation still holds, for citations of this generation and of older ones."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from retriever.index import Index


class Verdict(StrEnum):
    """What became of a citation."""

    MATCH = "match"
    MOVED = "moved"
    DOCUMENT_CHANGED = "document_changed"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Verification:
    """`valid` is true for `match` alone: the text stands, to the letter, where the citation says.

    `start_char`/`end_char` say where the text stands today (`match` and `moved`), else None. `stood_before` tells
    whether an older generation that is still kept has the cited version of the document with this text in its
    place: None where no such version is at hand.
    """

    valid: bool
    reason: Verdict
    start_char: int | None
    end_char: int | None
    stood_before: bool | None


OlderText = Callable[[str, str], str | None]
"""The reading text of a document by its id and the digest of its file, from an older generation, if one has it."""


def verify_citation(
    index: Index,
    document_id: str,
    start_char: int,
    end_char: int,
    text: str,
    *,
    document_sha256: str | None = None,
    older: OlderText | None = None,
) -> Verification:
    """Whether `text` stands in the document from `start_char` to `end_char`.

    - `match`: it does, today.
    - `moved`: it stands elsewhere in the document; the place nearest to the cited one is given.
    - `document_changed`: it stands nowhere today, and the cited version of the document was another one.
    - `not_found`: there is no such document, or its cited version never had the text there.

    Raises ValueError for an empty text or a span that is not one.
    """
    if not text:
        raise ValueError("the cited text is empty; give the text that the citation quotes")
    if not 0 <= start_char < end_char:
        raise ValueError("the cited span is empty or negative; give 0 <= start_char < end_char")
    document = index.document(document_id)
    today = None if document is None else index.reading_text(document_id)
    if today is not None and today[start_char:end_char] == text:
        return Verification(True, Verdict.MATCH, start_char, end_char, None)
    is_other_version = document_sha256 is not None and (document is None or document.sha256 != document_sha256)
    stood_before = None
    if document_sha256 is not None and is_other_version and older is not None:
        before = older(document_id, document_sha256)
        stood_before = None if before is None else before[start_char:end_char] == text
    found = None if today is None else _nearest(today, text, start_char)
    if found is not None:
        return Verification(False, Verdict.MOVED, found, found + len(text), stood_before)
    # a version that is not at hand may have had the text: only one that is can say it had not
    was_cited = is_other_version and (stood_before if document is None else stood_before is not False)
    verdict = Verdict.DOCUMENT_CHANGED if was_cited else Verdict.NOT_FOUND
    return Verification(False, verdict, None, None, stood_before)


def _nearest(text: str, quoted: str, start_char: int) -> int | None:
    """Where the quoted text stands nearest to the place, the earlier of two equally near; None where nowhere."""
    after = text.find(quoted, start_char)
    before = text.rfind(quoted, 0, start_char + len(quoted))
    found = [place for place in (before, after) if place >= 0]
    return min(found, key=lambda place: (abs(place - start_char), place), default=None)
