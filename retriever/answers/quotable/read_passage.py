"""A passage read for quotes: its units among those of its section, and what a sentence of it leans on."""

from collections.abc import Sequence
from dataclasses import dataclass

from retriever.answers.quotable.quote import Quote
from retriever.answers.quotable.standing_alone import (
    ends,
    is_label,
    is_whole,
    leans_on_another,
    leans_on_heading,
)
from retriever.answers.quotable.units import Unit, UnitKind
from retriever.query import Hit

_MAX_ANTECEDENTS = 2
_HEADING_WORDS = 4
"""A heading of fewer words is a name, whatever it ends with."""


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """One hit's passage in its page: `text` is the page's reading text, `units` are those of its section, `inside`
    those of them that lie in the passage. A place counts the units in `inside`.
    """

    hit: Hit
    text: str
    units: Sequence[Unit]
    inside: Sequence[Unit]
    language: str | None

    def said(self, unit: Unit) -> str:
        """What a unit says."""
        return self.text[unit.start_char : unit.end_char]

    def quote(
        self,
        start_char: int,
        end_char: int,
        *,
        core: int,
        units: int = 1,
        is_list: bool = False,
        continues: bool = False,
    ) -> Quote:
        """The stretch from one place of the reading text to another as a quote, see `Quote`."""
        text = self.text[start_char:end_char]
        return Quote(self.hit, start_char, end_char, core, units, is_list, continues, text)

    def quote_of_units(self, first: int, last: int) -> Quote:
        """The units from one place to another as a quote, the last of which was looked for."""
        start, end = self.inside[first].start_char, self.inside[last].end_char
        return self.quote(start, end, core=self.inside[last].start_char, units=last - first + 1)

    def antecedent(self, place: int) -> int | None:
        """The place of the sentence with which a quote that ends here must begin; None where there is none."""
        first = place
        while leans_on_another(self.said(self.inside[first])):
            before = self.inside[first - 1] if first else None
            if before is not None and before.kind is UnitKind.HEADING:
                said = self.said(before)
                return first - 1 if is_sentence(said) and not leans_on_another(said) else None
            if before is None or before.kind is not UnitKind.SENTENCE or before.block != self.inside[first].block:
                return None
            first -= 1
            if place - first > _MAX_ANTECEDENTS:
                return None
            if not is_whole(self.said(before)):
                return None
        return self._named(first)

    def _named(self, first: int) -> int | None:
        """The place of the name that a sentence belongs to: its paragraph's label, or its heading; else its own.

        None where it needs a name and the passage does not hold it.
        """
        unit = self.inside[first]
        needs_name = unit.kind is UnitKind.SENTENCE and leans_on_heading(self.said(unit))
        before = self.inside[first - 1] if first else None
        if before is not None:
            name = self.said(before)
            if before.kind is UnitKind.HEADING:
                return first - 1 if needs_name and not name.endswith("?") else first
            if before.kind is UnitKind.SENTENCE and before.block == unit.block:
                if is_label(name):
                    return first - 1
                if needs_name and is_whole(name):
                    return self._named(first - 1)
        return None if needs_name else first


def is_sentence(heading: str) -> bool:
    """Whether a heading is a whole sentence, and may be quoted as one."""
    return len(heading.split()) >= _HEADING_WORDS and ends(heading)
