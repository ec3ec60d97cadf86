"""What hits say: the terms of a text, and its phrases, by the names that the question uses too."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from retriever.query import Hit
from retriever.questions.other_names import OtherNames, term_line, told_otherwise
from retriever.questions.title_fit import page_name
from retriever.search.analyze import terms


class Said:
    """The terms of texts, remembered: hits come again, their titles more often. Safe to share between threads."""

    def __init__(self) -> None:
        self._terms_of = lru_cache(maxsize=8_192)(_term_set)
        self._line_of = lru_cache(maxsize=1_024)(term_line)

    def terms(self, text: str, others: Sequence[OtherNames] = ()) -> frozenset[str]:
        """The terms of a text, and those of the question's names that it says by another."""
        found = self._terms_of(text)
        return found | frozenset(told_otherwise(others, self._line_of(text)).split()) if others else found

    def apart(self, term: str, hits: Sequence[Hit]) -> bool:
        """Whether a hit says a term in two words: "x-ray" says "xray", "sun cream" says "suncream"."""
        lines = self._lines(hits)
        halves = [f" {term[:place]} {term[place:]} " for place in range(1, len(term))]
        return any(half in line for line in lines for half in halves)

    def phrased(
        self,
        phrases: Sequence[Sequence[str]],
        weights: Mapping[str, float],
        hits: Sequence[Hit],
        others: Sequence[OtherNames],
        *,
        otherwise: float,
    ) -> float:
        """The share of the words in phrases that stand so in a hit, on average; `otherwise` where none weighs."""
        lines = [line + told_otherwise(others, line) for line in self._lines(hits)]
        found = mass = 0.0
        for phrase in phrases:
            weight = sum(weights.get(term, 0.0) for term in phrase)
            written = f" {' '.join(phrase)} "
            found += weight * sum(written in line for line in lines) / len(lines)
            mass += weight
        return found / mass if mass else otherwise

    def _lines(self, hits: Sequence[Hit]) -> list[str]:
        """The terms of each hit with its title and headings, in one line."""
        return [self._line_of(f"{titles_of(hit)}\n{hit.passage.text}") for hit in hits]


def titles_of(hit: Hit) -> str:
    """What stands above a hit: its page's title and name, and its headings."""
    return " ".join((hit.document.prefix_title, page_name(hit.document.metadata), *hit.passage.headings))


def _term_set(text: str) -> frozenset[str]:
    return frozenset(terms(text))
