"""Answers over HTTP as a suspicious reader checks them: every quote, and every link in a browser."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from eval.datasets.dataset import Question
from eval.links.browser import Looking, chromium
from eval.links.landing import Alignment, Extent, Landing, Marked, extent, landing, letters_of
from eval.links.page_copies import html_of_markdown, html_of_text, in_a_site, served, shown_letters
from eval.systems.given_answer import TOP_K
from eval.systems.service import ServiceClient, ServiceFailed

_REFUSALS = (400, 422)
_BETWEEN_QUOTES = re.compile(r"(?:\s*(?:\[\d+\])?\s*)*")
MOST_FAILURES = 5
"""After so many questions in a row that the service does not answer, the rest is not asked."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that did not hold, and where: ids and offsets, never a question.

    `why` says of a link what it looks for in its page, and what the browser marked instead.
    """

    kind: str
    question_id: str
    document_id: str
    start_char: int
    end_char: int
    why: str = ""


@dataclass(slots=True)
class Checked:
    """Counts of what was checked, and the faults."""

    questions: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    passages: int = 0
    quotes: int = 0
    links: int = 0
    without_link: int = 0
    landings: Counter[str] = field(default_factory=Counter)
    quotes_marked: Counter[str] = field(default_factory=Counter)
    passages_marked: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """The counts as plain values, with every fault."""
        kinds = Counter(fault.kind for fault in self.faults)
        return {
            "questions": self.questions,
            "answered": self.answered,
            "refused": self.refused,
            "failed": self.failed,
            "passages": self.passages,
            "quotes": self.quotes,
            "links_followed": self.links,
            "pages_without_address": self.without_link,
            "landings": {str(landing): self.landings[landing] for landing in Landing},
            "quotes_marked": {str(extent): self.quotes_marked[extent] for extent in Extent},
            "passages_marked": {str(extent): self.passages_marked[extent] for extent in Extent},
            "faults": dict(sorted(kinds.items())),
            "examples": [
                {
                    "kind": one.kind,
                    "question": one.question_id,
                    "document": one.document_id,
                    "start_char": one.start_char,
                    "end_char": one.end_char,
                    "why": one.why,
                }
                for one in self.faults
            ],
        }


def check_links(
    questions: Sequence[Question],
    service: ServiceClient,
    *,
    corpus: Path | None,
    executable: str | None,
    tick: Callable[[], None],
    is_framed: bool = False,
) -> Checked:
    """Asks every question and checks what comes back; links are followed where `executable` names a browser.

    A page's copy is its file below `corpus`, rendered by another Markdown reader than ours; without the file it
    is the reading text. With `is_framed` it is shown as a site shows it, below a table of contents.
    Raises ServiceFailed, BrowserMissing.
    """
    checking = _Checking(service, corpus, is_framed=is_framed)
    if executable is None:
        checking.ask_all(questions, None, tick)
        return checking.checked
    with served(checking.copies) as copies, chromium(executable) as browser:
        checking.ask_all(questions, Looking(browser, copies), tick)
    return checking.checked


class _Checking:
    """The pages seen so far and the counts."""

    def __init__(self, service: ServiceClient, corpus: Path | None, *, is_framed: bool = False) -> None:
        self.checked = Checked()
        self.copies: dict[str, str] = {}
        self._service = service
        self._corpus = corpus
        self._is_framed = is_framed
        self._letters: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._alignments: dict[str, Alignment] = {}
        self._followed: set[tuple[str, int, int]] = set()

    def ask_all(self, questions: Sequence[Question], looking: Looking | None, tick: Callable[[], None]) -> None:
        in_a_row = 0
        for question in questions:
            self.checked.questions += 1
            try:
                self._ask(question, looking)
                in_a_row = 0
            except ServiceFailed:
                self.checked.failed += 1
                in_a_row += 1
                if in_a_row in (len(questions), MOST_FAILURES):
                    raise
                self._fault("the service did not answer", question.question_id, ("", 0, 0))
            tick()

    def _ask(self, question: Question, looking: Looking | None) -> None:
        body = {"query": question.text, "top_k": TOP_K, "answer": "extractive"}
        found = self._service.post("/v1/query", body, refusals=_REFUSALS)
        if "passages" in found:
            self._check(question.question_id, found, looking)
        else:
            self.checked.refused += 1

    def _check(self, question_id: str, found: dict[str, Any], looking: Looking | None) -> None:
        for passage in found["passages"]:
            cited = passage["citation"]
            place = (passage["document_id"], cited["start_char"], cited["end_char"])
            self.checked.passages += 1
            if self._text(place[0])[place[1] : place[2]] != passage["text"]:
                self._fault("a passage is not its span", question_id, place)
            self._follow(question_id, place, cited["deep_link"], looking, self.checked.passages_marked)
        if found["answer"] is not None:
            self.checked.answered += 1
            for place, link in self._quotes(question_id, found):
                self._follow(question_id, place, link, looking, self.checked.quotes_marked)

    def _quotes(
        self, question_id: str, found: dict[str, Any]
    ) -> Iterator[tuple[tuple[str, int, int], str | None]]:
        """The places of an answer's quotes, each checked, with its deep link."""
        answer, end = found["answer"], 0
        ranked = {passage["rank"]: passage for passage in found["passages"]}
        for span in answer["spans"]:
            quote, passage = span["quote"], ranked[span["passage_rank"]]
            place = (quote["document_id"], quote["start_char"], quote["end_char"])
            self.checked.quotes += 1
            if answer["text"][span["start_char"] : span["end_char"]] != self._text(place[0])[place[1] : place[2]]:
                self._fault("a quote is not its span", question_id, place)
            cited = passage["citation"]
            if (
                passage["document_id"] != place[0]
                or not cited["start_char"] <= place[1] <= place[2] <= cited["end_char"]
            ):
                self._fault("a quote lies outside its passage", question_id, place)
            if not _BETWEEN_QUOTES.fullmatch(answer["text"][end : span["start_char"]]):
                self._fault("an answer holds words that are no quote", question_id, place)
            end = span["end_char"]
            yield place, quote["deep_link"]
        if not _BETWEEN_QUOTES.fullmatch(answer["text"][end:]):
            self._fault("an answer holds words that are no quote", question_id, ("", end, len(answer["text"])))

    def _follow(
        self,
        question_id: str,
        place: tuple[str, int, int],
        link: str | None,
        looking: Looking | None,
        extents: Counter[str],
    ) -> None:
        if link is None:
            self.checked.without_link += 1
            return
        if looking is None or place in self._followed or "#page=" in link:
            return
        self._followed.add(place)
        document_id = place[0]
        if document_id not in self.copies:
            copy = self._copy(document_id)
            self.copies[document_id] = in_a_site(copy) if self._is_framed else copy
        marked = looking.follow(document_id, link)
        landed, how_much = self._landing(place, marked)
        self.checked.links += 1
        self.checked.landings[landed] += 1
        extents[how_much] += 1
        if landed is not Landing.FOUND:
            kind = f"a link's target is {landed}".replace("_", " ")
            self._fault(kind, question_id, place, why=_why(link, marked or ()))

    def _landing(self, place: tuple[str, int, int], marked: Sequence[Marked] | None) -> tuple[Landing, Extent]:
        if marked is None:
            return Landing.NOT_LOADED, Extent.NOTHING
        document_id, start, end = place
        text = self._text(document_id)
        if document_id not in self._alignments:
            self._letters[document_id] = shown_letters(self.copies[document_id])
            self._alignments[document_id] = Alignment(text, self._letters[document_id])
        alignment = self._alignments[document_id]
        shown = alignment.place(start, end)
        return (
            landing(shown, alignment.letters(start, end), marked),
            extent(letters_of(text[start:end]), shown, self._letters[document_id], marked),
        )

    def _text(self, document_id: str) -> str:
        if document_id not in self._texts:
            self._texts[document_id] = str(self._service.get(f"/v1/documents/{document_id}/text")["text"])
        return self._texts[document_id]

    def _copy(self, document_id: str) -> str:
        path = str(self._service.get(f"/v1/documents/{document_id}")["source_path"])
        if self._corpus is not None and path.endswith(".md"):
            file = (self._corpus / path).resolve()
            if file.is_relative_to(self._corpus.resolve()) and file.is_file():
                return html_of_markdown(file.read_text(encoding="utf-8"))
        return html_of_text(self._text(document_id))

    def _fault(self, kind: str, question_id: str, place: tuple[str, int, int], why: str = "") -> None:
        self.checked.faults.append(Fault(kind, question_id, *place, why))


def _why(link: str, marked: Sequence[Marked]) -> str:
    """What a link looks for in its page, and what is marked there instead."""
    sought = f"looks for {unquote(link.partition(':~:')[2])}"
    return f"{sought}; marked is: {' / '.join(one.words for one in marked)}" if marked else sought
