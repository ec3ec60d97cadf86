"""The extractive answer: one to four stretches of the passages, verbatim, that answer the question best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from retriever.answers.chosen.placing import Ordering, in_order, in_place
from retriever.answers.chosen.scored import Reading
from retriever.answers.chosen.selector import Selection, Selector
from retriever.answers.chosen.stretches import Chosen
from retriever.answers.quotable.units import is_item
from retriever.encoder import Encoder
from retriever.index import Index
from retriever.query import MAX_PER_DOCUMENT, Hit


class AnswerWarning(StrEnum):
    """What a reader of the answer should know; the values are the API's codes."""

    SOURCES_DIFFER = "sources_differ"
    LIST_CONTINUES = "list_continues"


_DETAILS: Mapping[AnswerWarning, str] = {
    AnswerWarning.SOURCES_DIFFER: (
        "these pages do not say the same; both are quoted: read them before you rely on one"
    ),
    AnswerWarning.LIST_CONTINUES: "the list goes on in the page; read all of it there",
}


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning, about the passages of these ranks."""

    code: AnswerWarning
    passage_ranks: tuple[int, ...]
    detail: str


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """One footnoted stretch: `text[start_char:end_char]` of the answer, without its mark, equals to the letter
    the reading text of `document_id` from `quote_start_char` to `quote_end_char`, inside the passage of that rank.
    """

    start_char: int
    end_char: int
    passage_rank: int
    document_id: str
    quote_start_char: int
    quote_end_char: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The text with a footnote mark `[rank]` behind each stretch, where the stretches stand, and what to know.

    `hits` are the passages that the ranks name: those that were found, and in the places of some that are not
    quoted, passages from further down their pages that are. `read` is the best logit of the quotes that were read
    together with the question, None where none was.
    """

    text: str
    spans: tuple[AnswerSpan, ...]
    warnings: tuple[Warned, ...]
    hits: tuple[Hit, ...]
    read: float | None = None


class Answerer:
    """Answers from the passages of one open generation. Safe to share between threads."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        """Reads the titles of all pages. `encoder` is the one that built the index."""
        self._selector = Selector(index, encoder)

    def answer(
        self,
        question: str,
        hits: Sequence[Hit],
        *,
        further: Sequence[Hit] | None = None,
        max_per_document: int = MAX_PER_DOCUMENT,
        vector: NDArray[np.float32] | None = None,
        reading: Reading | None = None,
        ordering: Ordering | None = None,
    ) -> Answer | None:
        """What the hits say to the question, in their own words; None where nothing in them may stand alone.

        `further` are more passages of the hits' pages, ranked behind them: an answer reads on there where the
        hits leave it room (`Retrieval.further`), and no document comes more than `max_per_document` times.

        The same question, hits and index give the same answer. `question` is as the retrieval read it
        (`Retrieval.in_place`); `vector` is the one that it was searched with, and is made here where there was
        none. With a `reading` quotes are read together with the question before one is chosen; an
        `ordering` then gives the passages the order in which they are shown.
        """
        selection = self._selector.select(question, hits, further=further, vector=vector, reading=reading)
        if selection is None:
            return None
        placed = in_place(hits, selection, max_per_document=max_per_document)
        if placed is None:
            return self.answer(question, hits, vector=vector, reading=reading, ordering=ordering)
        return _written(*(placed if ordering is None else in_order(*placed, ordering)))


def _written(hits: tuple[Hit, ...], selection: Selection) -> Answer:
    text = ""
    spans: list[AnswerSpan] = []
    previous: Chosen | None = None
    for chosen in selection.chosen:
        if previous is not None:
            is_apart = chosen.indent > 0 or any(
                "\n" in one.text or is_item(one.text) for one in (previous, chosen)
            )
            text += "\n\n" + " " * chosen.indent if is_apart else " "
        start = len(text)
        text += chosen.text
        spans.append(
            AnswerSpan(
                start_char=start,
                end_char=len(text),
                passage_rank=chosen.hit.rank,
                document_id=chosen.hit.document.document_id,
                quote_start_char=chosen.start_char,
                quote_end_char=chosen.end_char,
            )
        )
        text += f" [{chosen.hit.rank}]"
        previous = chosen
    return Answer(text=text, spans=tuple(spans), warnings=_warnings(selection), hits=hits, read=selection.read)


def _warnings(selection: Selection) -> tuple[Warned, ...]:
    warnings = [
        Warned(AnswerWarning.SOURCES_DIFFER, ranks, _DETAILS[AnswerWarning.SOURCES_DIFFER])
        for ranks in selection.differing
    ]
    unfinished = sorted({chosen.hit.rank for chosen in selection.chosen if chosen.continues})
    warnings += [
        Warned(AnswerWarning.LIST_CONTINUES, (rank,), _DETAILS[AnswerWarning.LIST_CONTINUES])
        for rank in unfinished
    ]
    return tuple(warnings)
