"""The tail: what follows the hits that people read, for who asks for many: a language model, a second stage."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray

from retriever.index import Index
from retriever.query import Hit, Mode, Query, Reading
from retriever.ranking.candidates import Candidates
from retriever.ranking.hits import hits_of

HEAD = 20
"""So many hits are as they were ranked; who asks for no more gets no tail."""
FIRST_HITS = 10
"""The names of so many first hits are looked for again,"""
MOST_OF_A_NAME = 50
"""unless more documents than this are called the same: such a name tells nothing."""
MOST_BY_NAME = 15
"""So many are added by their names, which is all that fits in turns between rank `HEAD` and 50."""


class Tail:
    """Hits behind the first ones, of one open generation. Safe to share between threads."""

    def __init__(self, index: Index, candidates: Candidates, *, reads_on_by_name: bool) -> None:
        """`reads_on_by_name`: whether documents of one title are on one thing, see `Ranking`."""
        self._index = index
        self._candidates = candidates
        self._reads_on_by_name = reads_on_by_name

    def behind(
        self,
        hits: tuple[Hit, ...],
        query: Query,
        asked: Reading,
        whole: Reading | None,
        allowed: NDArray[np.bool_] | None,
    ) -> tuple[Hit, ...]:
        """The hits with those from rank `HEAD` + 1 on in turns with what two others find, at most `top_k` of all.

        The others are the whole message, where the hits are of what it asks alone, and the best passage of each
        document that is called as one of the first hits' documents. No passage comes twice and no document more
        often than it may. An added hit has the score of the one before it, and the `dense` and `lexical` of what
        was `asked`.
        """
        if query.top_k <= HEAD or not hits:
            return hits
        others = []
        if whole is not None:
            rows, _, _ = self._candidates.ranked(
                whole.meant.told, Mode.HYBRID, whole.vector, allowed, top_k=query.top_k
            )
            others.append(rows)
        if self._reads_on_by_name:
            others.append(self._of_the_same_names(hits, asked.vector, allowed))
        if not others:
            return _in_turns(hits, (), query)
        by_words = self._index.body.search(asked.meant.told)
        found = [self._hits(query, rows, asked.vector, by_words, allowed) for rows in others]
        return _in_turns(hits, found, query)

    @cached_property
    def _called(self) -> Mapping[str, Sequence[int]]:
        """The places of the documents that share a title with another, by that title."""
        called = defaultdict[str, list[int]](list)
        for place, document in enumerate(self._index.documents):
            called[document.metadata.title.casefold()].append(place)
        return {title: places for title, places in called.items() if 1 < len(places) <= MOST_OF_A_NAME}

    def _of_the_same_names(
        self, hits: Sequence[Hit], vector: NDArray[np.float32], allowed: NDArray[np.bool_] | None
    ) -> NDArray[np.int64]:
        """The row nearest the question of each further document called as the first hits' are, in the order of
        these; of one name the nearest first."""
        shown = {self._index.place_of(hit.document.document_id) for hit in hits[:HEAD]}
        titles = dict.fromkeys(hit.document.metadata.title.casefold() for hit in hits[:FIRST_HITS])
        found: list[int] = []
        for title in titles:
            nearest: list[tuple[float, int]] = []
            for document in set(self._called.get(title, ())) - shown:
                rows = np.arange(*np.searchsorted(self._index.document_of_row, (document, document + 1)))
                if allowed is not None:
                    rows = rows[allowed[rows]]
                if rows.size:
                    scores = self._index.dense.scores_of(vector, rows)
                    best = int(scores.argmax())
                    nearest.append((-float(scores[best]), int(rows[best])))
            found.extend(row for _, row in sorted(nearest))
        return np.array(found[:MOST_BY_NAME], dtype=np.int64)

    def _hits(
        self,
        query: Query,
        rows: NDArray[np.int64],
        vector: NDArray[np.float32],
        by_words: NDArray[np.float32],
        allowed: NDArray[np.bool_] | None,
    ) -> tuple[Hit, ...]:
        parts = {"dense": self._index.dense.scores_of(vector, rows), "body": by_words[rows]}
        return hits_of(query, self._index, rows, np.full(len(rows), np.inf), parts, allowed)


def _in_turns(hits: Sequence[Hit], others: Sequence[Sequence[Hit]], query: Query) -> tuple[Hit, ...]:
    placed = list(hits[:HEAD])
    known = {passage.passage_id for hit in placed for passage in (hit.passage, *hit.also_in)}
    of_document = Counter(hit.document.document_id for hit in placed)
    for hit in chain.from_iterable(zip_longest(*others, hits[HEAD:])):
        if hit is None or hit.passage.passage_id in known:
            continue
        if of_document[hit.document.document_id] < query.max_per_document:
            known.update(passage.passage_id for passage in (hit.passage, *hit.also_in))
            of_document[hit.document.document_id] += 1
            placed.append(replace(hit, score=min(hit.score, placed[-1].score), rank=len(placed) + 1))
    return tuple(placed[: query.top_k])
