"""The units of whole pages of an index: what an answer that is marked in a dataset is read as."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from retriever.answers.quotable.units import Unit, UnitKind, section_of, section_units
from retriever.index import Index

HEADINGS = 2
_PAGES_KEPT = 64


class Place(NamedTuple):
    """A stretch of the reading text of one document, half-open."""

    document_id: str
    start_char: int
    end_char: int

    def shared_with(self, other: "Place") -> int:
        """How many characters lie in both."""
        if self.document_id != other.document_id:
            return 0
        return max(0, min(self.end_char, other.end_char) - max(self.start_char, other.start_char))


class PageUnits:
    """Units of the pages of one open generation."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._of = lru_cache(maxsize=_PAGES_KEPT)(self._read)

    def whole(self, place: Place) -> Place:
        """The same place drawn out to the ends of the units that it lies in."""
        touched = [
            unit
            for unit in self._of(place.document_id)
            if unit.start_char < place.end_char and place.start_char < unit.end_char
        ]
        if not touched:
            return place
        return Place(place.document_id, touched[0].start_char, touched[-1].end_char)

    def within(self, window: Place) -> list[Place]:
        """Each unit that lies in a window as a whole and is no heading."""
        return [
            Place(window.document_id, unit.start_char, unit.end_char)
            for unit in self._of(window.document_id)
            if unit.kind is not UnitKind.HEADING
            and window.start_char <= unit.start_char
            and unit.end_char <= window.end_char
        ]

    def prefix(self, place: Place) -> str:
        """The title of its page and the last two headings above it, as a quote from there has them."""
        document = self._index.documents[self._index.place_of(place.document_id)]
        return " > ".join((document.prefix_title, *section_of(document, place.start_char).headings[-HEADINGS:]))

    def text(self, place: Place) -> str:
        """Its reading text."""
        return self._index.reading_text(place.document_id)[place.start_char : place.end_char]

    def _read(self, document_id: str) -> Sequence[Unit]:
        document = self._index.documents[self._index.place_of(document_id)]
        text, language = self._index.reading_text(document_id), document.metadata.language
        units = (unit for one in document.sections for unit in section_units(text, one, language=language))
        return sorted(units, key=lambda unit: unit.start_char)
