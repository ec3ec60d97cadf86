"""Suggestions: questions to begin with, made of the collection's own titles and headings."""

import re
from collections.abc import Iterable, Sequence

from pydantic import Field

from api.bodies import ResponseBody
from retriever.document import Document
from retriever.filters import is_active
from retriever.index import Index
from retriever.provenance.audience import Audience, audience_of
from retriever.provenance.governance import suspect_title
from retriever.search.analyze import terms

MAX_CHARS = 80
MAX_NAME_CHARS = 40
MIN_QUESTION_WORDS = 4
_SITE = re.compile(r"\s+[|–—-]\s+[^|–—-]{1,24}\Z")
_NOT_A_NAME = re.compile(r"[.!?…:|]")


class SuggestionBody(ResponseBody):
    """A question, and the document whose words it is made of."""

    text: str = Field(examples=["What is metastatic cancer?", "Vitamin D: How much"])
    document_id: str


def suggest(documents: Sequence[Document], limit: int) -> list[SuggestionBody]:
    """Up to `limit` suggestions from as many documents, spread over all of them; the same for the same documents.

    Headings that are questions come first. Where there are not enough of them, a title with one of its
    headings is as good a question. Copies of a page suggest the same once.
    """
    asked = _once((one.document_id, _heading_that_asks(one)) for one in documents)
    if len(asked) < limit:
        asked = _once((one.document_id, _title_with_heading(one)) for one in documents) or asked
    chosen = [asked[place * len(asked) // limit] for place in range(limit)] if len(asked) > limit else asked
    return [SuggestionBody(text=text, document_id=document_id) for document_id, text in chosen]


def _once(made: Iterable[tuple[str, str | None]]) -> list[tuple[str, str]]:
    """Of document and question each question once, with the first document that has it."""
    first: dict[str, str] = {}
    for document_id, text in made:
        if text:
            first.setdefault(text, document_id)
    return [(document_id, text) for text, document_id in first.items()]


def _heading_that_asks(document: Document) -> str | None:
    """A heading that is a whole question about its page's subject: it shares a word with the title.

    The one in the middle: first comes `What is ...?`, page after page.
    """
    subject = set(terms(_name(document)))
    headings = dict.fromkeys(section.headings[-1] for section in document.sections if section.headings)
    asking = [
        one
        for one in headings
        if one.endswith("?")
        and len(one.split()) >= MIN_QUESTION_WORDS
        and len(one) <= MAX_CHARS
        and "|" not in one
    ]
    whole = [one for one in asking if subject & set(terms(one))]
    return whole[len(whole) // 2] if whole else None


def _title_with_heading(document: Document) -> str | None:
    """`Vitamin D: How much`, where both are short names; the heading is one of the first half."""
    name = _name(document)
    below = dict.fromkeys(section.headings[-1] for section in document.sections if len(section.headings) > 1)
    headings = [one for one in below if _is_name(one) and one.casefold() != name.casefold()]
    if not headings or not _is_name(name) or suspect_title(name):
        return None
    return f"{name}: {headings[len(headings) // 3]}"


def _name(document: Document) -> str:
    """The title without the name of its site."""
    return _SITE.sub("", document.metadata.title)


def _is_name(text: str) -> bool:
    return 0 < len(text) <= MAX_NAME_CHARS and not _NOT_A_NAME.search(text)


def offered(index: Index) -> Sequence[Document]:
    """The documents whose words questions may be made of: those that are searched and not for professionals."""
    return [
        document
        for document in index.documents
        if is_active(document.metadata.status) and audience_of(document) is not Audience.PROFESSIONAL
    ]
