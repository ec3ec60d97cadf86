"""Which pages are on the type of cancer that a request names: by what they declare, and by their titles."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from api.evidence.policy import CancerTypes
from retriever.document import Document
from retriever.search.analyze import terms


class Fit(Enum):
    """What a page says of the type that was asked for."""

    NAMED = "named"
    """It declares the type, or its title names it."""
    OPEN = "open"
    """It declares none, or that it is for all."""
    TITLED_OTHERWISE = "titled_otherwise"
    """It declares none, and its title names another."""
    OTHER = "other"
    """It declares others only."""


@dataclass(frozen=True, slots=True)
class AskedType:
    """A type of cancer as its telling terms; `others` are those of all types that a title may name."""

    wanted: frozenset[str]
    others: frozenset[frozenset[str]]
    rules: CancerTypes

    def fit(self, document: Document) -> Fit:
        """Whether a page is on it. A narrower or a wider type counts too: `lung` for `small cell lung`."""
        metadata = document.metadata
        declared = [self._telling(each) for each in metadata.cancer_types if not _is_general(each, self.rules)]
        title = _terms(metadata.title)
        if self.wanted <= title or any(each <= self.wanted or self.wanted <= each for each in declared if each):
            return Fit.NAMED
        if declared:
            return Fit.OTHER
        named = any(other <= title for other in self.others if not other <= self.wanted)
        return Fit.TITLED_OTHERWISE if named else Fit.OPEN

    def _telling(self, name: str) -> frozenset[str]:
        return _telling_terms(name, self.rules)


def asked_type(name: str | None, documents: Sequence[Document], rules: CancerTypes) -> AskedType | None:
    """The type that a request names; None where it names none, or all of them (`general`, `cancer`)."""
    if name is None or _is_general(name, rules):
        return None
    wanted = _telling_terms(name, rules)
    if not wanted:
        return None
    declared = {each for document in documents for each in document.metadata.cancer_types}
    named = {_telling_terms(each, rules) for each in (*declared, *rules.known) if not _is_general(each, rules)}
    return AskedType(wanted, frozenset(each for each in named if each), rules)


def _is_general(name: str, rules: CancerTypes) -> bool:
    return name.strip().casefold() in {each.casefold() for each in rules.general}


def _telling_terms(name: str, rules: CancerTypes) -> frozenset[str]:
    return _terms(name.replace("_", " ")) - _terms(" ".join(rules.generic))


@lru_cache(maxsize=32_768)
def _terms(text: str) -> frozenset[str]:
    """Remembered, since every request looks at the titles and types of all pages."""
    return frozenset(terms(text))
