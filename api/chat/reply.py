"""The text of a reply, piece by piece: what cannot wait, the answer with its marks, notes, and the sources."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.chat.markdown_table import with_tables
from api.chat.response import Annotation, UrlCitation
from api.query.response import CitationBody, QueryResponse, WarningCode
from retriever.abstention.answerability import Decision

NEAREST = 3

_URGENT = (WarningCode.EMERGENCY, WarningCode.SELF_HARM)
_NOTHING = (WarningCode.NO_MATCH, WarningCode.FILTERED_OUT, WarningCode.EMPTY_INDEX)
_OF_THE_SEARCH = (WarningCode.QUERY_TRUNCATED, WarningCode.VECTORS_PENDING)
_OF_CITED = (WarningCode.SOURCES_DIFFER, WarningCode.LIST_CONTINUES, WarningCode.SOURCE_OVERDUE)
_NOT_QUOTABLE = "These pages speak of it, but no sentence of theirs that can be quoted answers it. Read them:"
_LINK_OR_IMAGE = re.compile(r"\](?=[(\[:])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words with their marks, and the ranks of the passages that they come from."""

    text: str
    ranks: tuple[int, ...]


def extractive_stretches(response: QueryResponse) -> Iterator[Stretch]:
    """The answer in the pages' own words; without one a plain sentence, or nothing beside an urgent text."""
    if response.answerability.decision is Decision.ABSTAIN:
        # Beside a text that cannot wait, "not found" would only sound as if that did not matter.
        if not _urgent(response):
            yield Stretch(_abstention(response), ())
        return
    if response.answer is None:
        yield Stretch(_NOT_QUOTABLE, tuple(passage.rank for passage in response.passages[:NEAREST]))
        return
    text, spans = response.answer.text, response.answer.spans
    ends = [span.start_char for span in spans[1:]] + [len(text)]
    for span, end in zip(spans, ends, strict=True):
        yield Stretch(text[span.start_char : end], (span.passage_rank,))


class Reply:
    """A reply as it is written. What is returned from its methods, in order, is `content`."""

    def __init__(self, response: QueryResponse) -> None:
        """`response` is what was found and quoted."""
        self._response = response
        self._cited: dict[int, None] = {}
        self.content = ""
        self.annotations: list[Annotation] = []

    def opening(self) -> str:
        """What must be read before anything else; empty as a rule."""
        urgent = "\n\n".join(_urgent(self._response))
        is_all = self._response.answerability.decision is Decision.ABSTAIN
        return self._add(f"{urgent}\n\n" if urgent and not is_all else urgent)

    def stretch(self, stretch: Stretch) -> str:
        """A part of the answer; its marks become annotations where its pages have an address."""
        text = with_tables(harmless(stretch.text))
        start = len(self.content) + len(text) - len(text.lstrip())
        added = self._add(text)
        for rank in stretch.ranks:
            self._cited[rank] = None
            citation = self._citation(rank)
            address = web_address(citation)
            if address is not None:
                place = UrlCitation(
                    start_index=start,
                    end_index=start + len(added.strip()),
                    url=address,
                    title=citation.title,
                )
                self.annotations.append(Annotation(url_citation=place))
        return added

    def aside(self, text: str) -> str:
        """A sentence of the service's own."""
        return self._add(text)

    def closing(self) -> str:
        """What to know of the answer, then its sources."""
        paragraphs = [*self._notes()]
        if self._cited:
            paragraphs.append("Sources:")
            paragraphs.append("\n".join(f"- {self._source(rank)}" for rank in sorted(self._cited)))
        return self._add("".join(f"\n\n{paragraph}" for paragraph in paragraphs))

    def _notes(self) -> Iterator[str]:
        marks: dict[str, list[str]] = {}
        for warning in self._response.warnings:
            if warning.code in _OF_CITED and warning.passage_rank in self._cited:
                marks.setdefault(warning.detail, []).append(f"[{warning.passage_rank}]")
            elif warning.code in _OF_THE_SEARCH:
                yield f"Note: {warning.detail}."
        for detail, ranks in marks.items():
            yield f"Note on {' and '.join(ranks)}: {detail}."

    def _source(self, rank: int) -> str:
        citation = self._citation(rank)
        name = " > ".join(harmless(" ".join(part.split())) for part in (citation.title, *_section(citation)))
        if citation.page is not None:
            name = f"{name}, page {citation.page}"
        address = web_address(citation)
        where = f" ({harmless(citation.source_path)})" if address is None else f": {address}"
        return f"[{rank}] {name}{where}"

    def _citation(self, rank: int) -> CitationBody:
        return self._response.passages[rank - 1].citation

    def _add(self, text: str) -> str:
        self.content += text
        return text


def citations_of(response: QueryResponse) -> Sequence[CitationBody]:
    """The citations that a reply may point to: none where the service abstains."""
    if response.answerability.decision is Decision.ABSTAIN:
        return []
    return [passage.citation for passage in response.passages]


def web_address(citation: CitationBody) -> str | None:
    """The address to show to a reader: of the web, or none at all."""
    address = citation.deep_link or citation.url
    if address is None or not address.lower().startswith(("https://", "http://")):
        return None
    return None if any(c.isspace() or ord(c) < 32 for c in address) else address


def harmless(text: str) -> str:
    """The text with a space where Markdown or HTML would make a link, an image or a tag of it.

    Chat clients render what they get: words of a page must not load an image from anywhere.
    """
    return _TAG.sub("< ", _LINK_OR_IMAGE.sub("] ", text))


def _section(citation: CitationBody) -> Sequence[str]:
    """The heading nearest to the words, unless the title says it: it may narrow what they are about."""
    nearest = citation.headings[-1:]
    return [heading for heading in nearest if not citation.title.casefold().startswith(heading.casefold())]


def _urgent(response: QueryResponse) -> Sequence[str]:
    return [each.detail for each in response.warnings if each.code in _URGENT]


def _abstention(response: QueryResponse) -> str:
    said = [each.detail for each in response.warnings if each.code in _NOTHING]
    return f"Not found in this collection: {said[0]}." if said else "Not found in this collection."
