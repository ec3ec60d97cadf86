"""Whether a passage says what a sentence says: a check without a model, and without trust.

It looks for one to three neighbouring sentences of the passage in which every word, number, unit, denial and
limit of the sentence stands. It knows nothing of who does what to whom; docs/chat.md says what that leaves open.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from api.generation.hostile import speaks_to_a_model
from api.generation.words import Amount, amounts, claims, denied, is_hedged, limiting_words, spelled_out, stems
from retriever.answers.chosen.differences import QuantityKind, quantities
from retriever.answers.quotable.units import Unit, UnitKind, section_units
from retriever.document import Section
from retriever.late_pattern import late_pattern

MAX_WINDOW = 3

_COMPARING = frozenset("<>≤≥±")


@dataclass(frozen=True)
class _Said:
    """What a stretch of text says, as far as it can be compared."""

    text: str

    @cached_property
    def stems(self) -> frozenset[str]:
        return stems(self.text)

    @cached_property
    def amounts(self) -> frozenset[Amount]:
        return amounts(self.text)

    @cached_property
    def denied(self) -> frozenset[str]:
        return denied(self.text)

    @cached_property
    def is_hedged(self) -> bool:
        return is_hedged(self.text)

    @cached_property
    def limits(self) -> frozenset[str]:
        return limiting_words(self.text)


class SupportingPassage:
    """One passage, cut into what may support a sentence. Safe to share between threads."""

    def __init__(self, rank: int, text: str, *, title: str, headings: Sequence[str], language: str | None) -> None:
        """`title` and `headings` lend their words, never a number or a denial."""
        self.rank = rank
        self._named = stems(" ".join((title, *headings)))
        units = section_units(text, Section(0, len(text), tuple(headings)), language=language)
        stretches = [text[start:end] for start, end in _stretches(units)]
        self._windows = [
            _Said("\n".join(stretches[first : first + length]))
            for length in range(1, MAX_WINDOW + 1)
            for first in range(len(stretches) - length + 1)
        ]

    def supports(self, sentence: str) -> bool:
        """Whether one to three neighbouring sentences of the passage say it."""
        wanted = claims(sentence)
        said = _Said(spelled_out(sentence))
        return bool(wanted) and any(
            wanted <= (window.stems | self._named) and _agrees(said, window) for window in self._windows
        )


def _stretches(units: Sequence[Unit]) -> list[tuple[int, int]]:
    """Spans of sentences; the items of one list, and the rows of one table, are one span, headings are none."""
    spans: list[tuple[int, int]] = []
    previous: Unit | None = None
    for unit in units:
        if unit.kind is UnitKind.HEADING:
            continue
        is_next_item = previous is not None and previous.block == unit.block and unit.kind is not UnitKind.SENTENCE
        if is_next_item and previous is not None and previous.kind is unit.kind:
            spans[-1] = (spans[-1][0], unit.end_char)
        else:
            spans.append((unit.start_char, unit.end_char))
        previous = unit
    return spans


def _agrees(said: _Said, window: _Said) -> bool:
    if speaks_to_a_model(window.text):
        return False
    values = {value for value, _ in window.amounts}
    if any(amount not in window.amounts and (amount[1] or amount[0] not in values) for amount in said.amounts):
        return False
    if any(quantities(said.text, kind) - quantities(window.text, kind) for kind in QuantityKind):
        return False
    if bool(said.denied) != bool(window.denied) or said.denied - window.denied:
        return False
    if window.is_hedged and not said.is_hedged:
        return False
    if window.limits - said.limits:
        return False
    return _COMPARING & set(said.text) <= _COMPARING & set(window.text)


_NOT_TEXT = late_pattern(
    r"\w://|\bwww\.|@|[<>`{}\\|]|\]\(|\]\[|!\[|\*|#|_{2}"
    r"|\b[a-z0-9-]+\.(?:[a-z]{2,}|[a-z0-9-]+\.[a-z]{2,})(?=[/?:\s.,)]|$)",
    re.IGNORECASE,
)


def is_plain_statement(sentence: str) -> bool:
    """Whether a sentence is one, in plain text: no address, no markup, no question, nothing that nobody sees."""
    return (
        sentence.isprintable()
        and sentence.rstrip("\"'”’)").endswith((".", "!"))
        and len(sentence.split()) >= 3
        and not _NOT_TEXT.search(sentence)
        and not speaks_to_a_model(sentence)
    )
