"""Both sides: a comparison whose first passages tell of one thing alone gets a passage on the other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from retriever.answers.quotable.quote_subject import terms_of
from retriever.answers.quotable.quotes import all_quotes
from retriever.index import Index
from retriever.query import Hit, Query
from retriever.questions.comparison import Sides, contrasts
from retriever.search.analyze import terms

FIRST_HITS = 5
"""A side is missing that none of so many first hits tells of."""
PLACES = (2, 4)
"""The ranks that passages on missing sides take: at most half of any number of hits, and never the first. So few
hits begin as many do, and an answer, which reads the first, sees both sides."""
LOOKED_AT = 15
"""So many hits on one side are read for one that tells of it."""
LEADING = 1
"""Terms that may stand before or within a name at the beginning of a sentence: "adult acute myeloid leukemia"."""
TOLD = 3
"""Terms beyond the name that a sentence which says something has at least; a label or a heading has fewer."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two things that are compared: its name, and the terms that tell the other from it."""

    name: str
    others: frozenset[str]

    @property
    def question(self) -> str:
        """What is searched to find a passage on this side alone."""
        return f"What is {self.name}?"

    def is_told_in(self, hit: Hit, index: Index) -> bool:
        """Whether something that can be quoted from the passage begins with this side and says something of it.

        What has it in the middle tells of something else: "tests such as a CT scan and an MRI". What begins with
        both tells of both only where it sets them against each other.
        """
        return self.is_named_in(hit) and any(self._is_subject_of(quote.text) for quote in all_quotes([hit], index))

    def is_named_in(self, hit: Hit) -> bool:
        """Whether the name's terms stand anywhere in the passage."""
        return frozenset(terms(self.name)) <= terms_of(hit.passage.text)

    def _is_subject_of(self, text: str) -> bool:
        name, said = frozenset(terms(self.name)), terms(text)
        beginning = frozenset(said[: len(name) + LEADING])
        if not name <= beginning or len(said) < len(name) + TOLD:
            return False
        return not self.others <= beginning or contrasts(text)


def missing_sides(sides: Sides, hits: Sequence[Hit], index: Index) -> list[Side]:
    """The sides that none of the first hits tells of, the one that fewer of them name first.

    One without a word of its own is never missing.
    """
    both = (
        (sides.only_one, Side(sides.one, others=sides.only_other)),
        (sides.only_other, Side(sides.other, others=sides.only_one)),
    )
    first = hits[:FIRST_HITS]
    missing = [side for own, side in both if own and not any(side.is_told_in(hit, index) for hit in first)]
    return sorted(missing, key=lambda side: sum(side.is_named_in(hit) for hit in first))


def with_side(
    hits: Sequence[Hit], found: Sequence[Hit], side: Side, *, place: int, query: Query, index: Index
) -> tuple[Hit, ...]:
    """The hits with the first of `found` that tells of this side at rank `place` or right behind the last, at most
    `top_k` in all: those after it move down by one.

    No passage comes twice and no document more often than it may. Scores keep falling: the new hit's is brought
    between those of its neighbours. Where nothing that was found tells of the side, the hits are as they were.
    """
    kept = hits[: query.top_k - 1]
    known = {passage.passage_id for hit in kept for passage in (hit.passage, *hit.also_in)}
    of_document = Counter(hit.document.document_id for hit in kept)
    fitting = (
        hit
        for hit in found
        if hit.passage.passage_id not in known
        and of_document[hit.document.document_id] < query.max_per_document
        and side.is_told_in(hit, index)
    )
    new = next(fitting, None)
    if new is None:
        return tuple(hits)
    before, after = kept[: place - 1], kept[place - 1 :]
    score = max([new.score, *(hit.score for hit in after[:1])])
    score = min([score, *(hit.score for hit in before[-1:])])
    placed = (*before, replace(new, score=score), *after)
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(placed, start=1))
