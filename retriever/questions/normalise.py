"""The form in which a question is searched: composed, without control characters, single spaces."""

import unicodedata

from retriever.errors import QueryInvalid
from retriever.query import MAX_QUERY_CHARS
from retriever.questions.lines import as_sentences


def normalise_question(text: str) -> str:
    """The question as it is searched: NFKC, no control or format characters, single spaces.

    Raises QueryInvalid (`query_empty`, `query_too_long`, `invalid_unicode`).
    """
    is_plain = text.isascii() and text.isprintable()
    if not is_plain and any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise QueryInvalid(
            "the question holds a lone surrogate; send valid Unicode",
            code="invalid_unicode",
            pointer="/query",
        )
    question = " ".join((text if is_plain else _composed(text)).split())
    if not question:
        raise QueryInvalid(
            "the question is empty; write what you want to know", code="query_empty", pointer="/query"
        )
    if len(question) > MAX_QUERY_CHARS:
        raise QueryInvalid(
            f"the question has {len(question):,} characters; at most {MAX_QUERY_CHARS:,} are read",
            code="query_too_long",
            pointer="/query",
        )
    return question


def lines_as_sentences(text: str) -> str | None:
    """The question with a full stop where only the end of a line ends what is said; None where no line does.

    For `Query.sentences` alone: what is searched for, shown and kept is the question in one line.
    """
    lines = text.splitlines()
    return as_sentences([_composed(line) for line in lines]) if len(lines) > 1 else None


def _composed(text: str) -> str:
    """NFKC, with a space for whatever is one, without control and format characters."""
    return "".join(
        " " if c.isspace() else c
        for c in unicodedata.normalize("NFKC", text)
        if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf")
    )
