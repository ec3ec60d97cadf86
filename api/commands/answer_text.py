"""An answer for people: footnotes, the quoted words marked in their passages, and what to know of each page.

Colours and marks appear on a terminal only, and no colour where NO_COLOR is set; a pipe gets the same words plain.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, zip_longest

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from api.query.response import AnswerBody, CitationBody, Duplicate, PassageBody, QueryResponse
from retriever.abstention.answerability import Decision
from retriever.freshness import Freshness

WIDTH = 100
"""Lines are no longer than this, nor than the terminal."""

_INDENT = "    "
_ITEM = re.compile(r"\s*(?:[-*+•] |\d{1,2}[.)] )")
_QUOTED = "bold underline"
_MARK = "bold cyan"
_FRESHNESS = {
    Freshness.CURRENT: ("reviewed in time", "green"),
    Freshness.DUE_SOON: ("review due soon", "yellow"),
    Freshness.OVERDUE: ("REVIEW OVERDUE", "bold red"),
    Freshness.UNKNOWN: ("review date unknown", "dim"),
}
_URGENT = ("emergency", "self_harm")
_ON_ANSWER = ("sources_differ", "list_continues")


def print_response(response: QueryResponse, *, data: Console, talk: Console) -> None:
    """Prints the answer and its passages on `data`, and notes on the whole of it on `talk`."""
    for warning in response.warnings:
        if warning.code.value in _URGENT:
            _print(talk, Text(warning.detail, "bold red"), after="\n")
        elif warning.passage_rank is None:
            _print(talk, Text(f"Note: {warning.detail}."))
    if response.answer is not None:
        _print(data, _answer(response.answer), after="\n")
        for note in _notes_on_answer(response):
            _print(data, Text(note, "yellow"), after="\n")
    elif response.answerability.decision is Decision.ABSTAIN:
        text = Text("Not found in this collection.", "bold yellow")
        if response.passages:
            text.append(" These are the nearest pages:\n", "not bold default")
        _print(data, text)
    for passage in response.passages:
        _print_passage(data, passage, response.answer)


def _answer(answer: AnswerBody) -> Text:
    """The text with its footnote marks, `[rank]` behind each span, standing out."""
    text, done = Text(), 0
    for span in answer.spans:
        text.append(_plain(answer.text[done : span.end_char]))
        mark = f" [{span.passage_rank}]"
        done = span.end_char
        if answer.text.startswith(mark, done):
            text.append(mark, _MARK)
            done += len(mark)
    return text.append(_plain(answer.text[done:]))


def _notes_on_answer(response: QueryResponse) -> list[str]:
    """What to know of the answer, each note once, with the marks of the passages that it concerns."""
    marks: dict[str, list[str]] = {}
    for warning in response.warnings:
        if warning.code.value in _ON_ANSWER:
            marks.setdefault(warning.detail, []).append(f"[{warning.passage_rank}]")
    return [f"Note on {' and '.join(ranks)}: {detail}." for detail, ranks in marks.items()]


def _print_passage(console: Console, passage: PassageBody, answer: AnswerBody | None) -> None:
    citation = passage.citation
    headings = [heading for heading in citation.headings if heading != citation.title]
    title = Text(_plain(" > ".join([citation.title, *headings])), "bold")
    if citation.deep_link:
        title.stylize(f"link {_plain(citation.deep_link)}")
    wording, style = _FRESHNESS[citation.freshness]
    due = f" (due {citation.review_due})" if citation.freshness is Freshness.OVERDUE else ""
    _print(console, Text.assemble((f"[{passage.rank}]", _MARK), " ", title), whole=True)
    _print(console, _with_quotes(passage, answer), indent=_INDENT)
    _print(console, Text(_plain(_origin(citation)), "dim"), indent=_INDENT)
    _print(console, Text(wording + due, style), indent=_INDENT)
    _print(console, Text(_plain(_where(citation)), "dim"), indent=_INDENT, whole=True)
    for other in passage.also_in:
        _print(console, Text(_plain(f"also in: {other.title} ({_where(other)})")), indent=_INDENT, whole=True)
    console.print()


def _with_quotes(passage: PassageBody, answer: AnswerBody | None) -> Text:
    """The passage's text; the words that the answer took from it stand out."""
    text, done = Text(), 0
    for start, end in sorted(_quoted(passage, answer)):
        text.append(_plain(passage.text[done : max(start, done)]))
        text.append(_plain(passage.text[max(start, done) : end]), _QUOTED)
        done = max(done, end)
    return text.append(_plain(passage.text[done:]))


def _quoted(passage: PassageBody, answer: AnswerBody | None) -> Iterator[tuple[int, int]]:
    for span in () if answer is None else answer.spans:
        if span.passage_rank == passage.rank and span.quote.document_id == passage.document_id:
            start = span.quote.start_char - passage.citation.start_char
            yield max(start, 0), span.quote.end_char - passage.citation.start_char


def _origin(citation: CitationBody) -> str:
    source, cited = citation.source, citation.citation
    if source and cited and not cited.startswith(source):
        return f"{source}: {cited}"
    return cited or source or "source not given"


def _where(place: CitationBody | Duplicate) -> str:
    where = place.url or f"file: {place.source_path}"
    page = place.page if isinstance(place, CitationBody) else None
    return where if page is None else f"{where} (page {page})"


def _print(console: Console, text: Text, *, indent: str = "", after: str = "", whole: bool = False) -> None:
    """The text, wrapped between words; `whole` leaves its line as long as it is."""
    width = (min(console.width, WIDTH) if console.is_terminal else WIDTH) - len(indent)
    for line, is_row in _aligned(text.split("\n", allow_blank=True)):
        item = _ITEM.match(line.plain)
        hanging = " " * len(item[0]) if item else ""
        parts = [line] if whole or is_row else _parts(line, width - len(hanging))
        for place, part in enumerate(parts):
            part.rstrip()
            shown = Text.assemble(indent, hanging if place else "", part) if part.plain else part
            console.print(shown, soft_wrap=True, highlight=False)
    if after:
        console.print(after, end="")


def _aligned(lines: Iterable[Text]) -> Iterator[tuple[Text, bool]]:
    """Each line, and whether it is a table's row; the cells of a table below each other, two spaces between."""
    for is_table, group in groupby(lines, key=lambda line: "\t" in line.plain):
        if not is_table:
            yield from ((line, False) for line in group)
            continue
        rows = [list(line.split("\t", allow_blank=True)) for line in group]
        widths = [max(cell.cell_len for cell in column) for column in zip_longest(*rows, fillvalue=Text())]
        for row in rows:
            for cell, width in zip(row, widths, strict=False):
                cell.pad_right(width - cell.cell_len)
            yield Text("  ").join(row), True


def _parts(line: Text, width: int) -> Iterable[Text]:
    """The line in parts of at most `width` columns; a longer word stays whole, for it may be an address."""
    breaks, used = [], 0
    for word in re.finditer(r"\S+\s*", line.plain):
        if used and used + cell_len(word[0].rstrip()) > width:
            breaks.append(word.start())
            used = 0
        used += cell_len(word[0])
    return line.divide(breaks)


def _plain(text: str) -> str:
    """The text without control characters, which a terminal would obey."""
    return "".join(character for character in text if character in "\n\t" or character.isprintable())
