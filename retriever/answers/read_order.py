"""The order of passages whose quotes were read together with the question."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from retriever.answers.chosen.selector import ANSWER_HITS
from retriever.query import Hit

READ_COUNTS = 0.01
"""What a point of a passage's logit counts beside its score."""


def by_what_was_read(hits: Sequence[Hit], read: Mapping[str, float]) -> tuple[Hit, ...]:
    """The hits, those among which quotes are looked for in a new order; ranks go from 1, and scores keep falling.

    `read` has the best logit of each passage that quotes were read of, by its id. A passage without one has no
    better quote than the worst that was read: those that look best are read.
    """
    if not read:
        return tuple(hits)
    best, unread = max(read.values()), min(read.values())

    def read_together(hit: Hit) -> Hit:
        lost = READ_COUNTS * (best - read.get(hit.passage.passage_id, unread))
        return replace(hit, score=hit.score - lost)

    first = sorted(map(read_together, hits[:ANSWER_HITS]), key=lambda hit: (-hit.score, hit.rank))
    ordered: list[Hit] = []
    for rank, hit in enumerate((*first, *hits[ANSWER_HITS:]), start=1):
        highest = ordered[-1].score if ordered else hit.score
        ordered.append(replace(hit, rank=rank, score=min(highest, hit.score)))
    return tuple(ordered)
