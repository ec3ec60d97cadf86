"""Placing: where the passages stand that an answer was chosen from, and those that it reads on in."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from retriever.answers.chosen.selector import Selection
from retriever.query import Hit

Ordering = Callable[[Sequence[Hit]], tuple[Hit, ...]]
"""Gives the same hits in the order in which they are shown, their ranks and scores those of their new places."""


def in_place(
    hits: Sequence[Hit], selection: Selection, *, max_per_document: int
) -> tuple[tuple[Hit, ...], Selection] | None:
    """The hits with the passages that were quoted from behind them, and the selection by the ranks that they have
    there. None where there is no room.

    Each stands where the last hit stood, of its page if it can be, that nothing was quoted from. The first hit
    stays unless it is the only one, no document comes more often than it may, and scores keep falling. `hits` are
    in order of rank.
    """
    quoted = {chosen.hit.rank: chosen.hit for chosen in selection.chosen}
    brought = [quoted[rank] for rank in sorted(quoted) if rank > len(hits)]
    if not brought:
        return tuple(hits), selection
    free = [hit for hit in (hits[1:] or hits) if hit.rank not in quoted]
    new_rank: dict[int, int] = {}
    for hit in brought:
        own = [one for one in free if one.document.document_id == hit.document.document_id]
        if not free:
            return None
        given_up = (own or free)[-1]
        free.remove(given_up)
        new_rank[hit.rank] = given_up.rank
    replacing = {new_rank[hit.rank]: hit for hit in brought}
    placed: list[Hit] = []
    for hit in hits:
        new = replacing.get(hit.rank, hit)
        highest = placed[-1].score if placed else new.score
        placed.append(replace(new, rank=hit.rank, score=min(highest, max(new.score, hit.score))))
    of_document = Counter(hit.document.document_id for hit in placed)
    if max(of_document[hit.document.document_id] for hit in brought) > max_per_document:
        return None
    return tuple(placed), _with_ranks(selection, placed, new_rank)


def in_order(hits: Sequence[Hit], selection: Selection, ordering: Ordering) -> tuple[tuple[Hit, ...], Selection]:
    """The hits in another order, and the selection by the ranks that they have there."""
    ordered = ordering(hits)
    place = {hit.passage.passage_id: hit.rank for hit in ordered}
    new_rank = {hit.rank: place[hit.passage.passage_id] for hit in hits}
    return ordered, _with_ranks(selection, ordered, new_rank)


def _with_ranks(selection: Selection, hits: Sequence[Hit], new_rank: Mapping[int, int]) -> Selection:
    """The selection by the ranks of these hits; a rank that is not in `new_rank` stays."""
    chosen = tuple(
        replace(one, hit=hits[new_rank.get(one.hit.rank, one.hit.rank) - 1]) for one in selection.chosen
    )
    differing = tuple(tuple(sorted(new_rank.get(rank, rank) for rank in ranks)) for ranks in selection.differing)
    return replace(selection, chosen=chosen, differing=differing)
