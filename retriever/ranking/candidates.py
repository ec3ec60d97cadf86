"""The candidates of a question: found by each search, scored by all of them, fused, best first."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retriever.index import Index
from retriever.provenance.audience import Audience, audience_of
from retriever.query import Mode
from retriever.questions.facets import facet_mask, facets_of_question
from retriever.questions.question import subject_weights
from retriever.questions.title_fit import TitleFit, page_name
from retriever.ranking.children import asks_of_a_child, is_on_children
from retriever.ranking.heading_facets import HeadingFacets
from retriever.ranking.likely_words import told_likely
from retriever.ranking.naming import named
from retriever.ranking.ranking import Priors, Ranking, best_of_document, coverage
from retriever.ranking.rerank import Reranker, reranked
from retriever.search.byte_scan import ByteScan
from retriever.search.dense import cosines
from retriever.search.fuse import fuse
from retriever.search.top_rows import different, top_rows

CANDIDATES = 100
"""How deep each search goes; what it finds is scored by all of them and fused."""
_DEEPER = 2
"""Each search goes so many times as deep as passages are wanted, where that is deeper."""


class Candidates:
    """Ranks the passages of one open generation. Safe to share between threads."""

    def __init__(self, index: Index, *, ranking: Ranking, reranker: Reranker | None) -> None:
        """`reranker` reads the best once more where the search is hybrid."""
        self._index = index
        self._ranking = ranking
        self._reranker = reranker
        self._facets = HeadingFacets(index)
        self._professional = np.array(
            [audience_of(document) is Audience.PROFESSIONAL for document in index.documents], dtype=np.bool_
        )

    @cached_property
    def _on_children(self) -> NDArray[np.bool_]:
        """Whether each document is on children by its name, shape (documents,)."""
        return np.array([is_on_children(page_name(one.metadata)) for one in self._index.documents], dtype=np.bool_)

    @cached_property
    def _titles(self) -> TitleFit:
        """Made for the first question whose ranking counts titles: short texts are ranked without."""
        return TitleFit([page_name(document.metadata) for document in self._index.documents])

    def ranked(
        self,
        text: str,
        mode: Mode,
        vector: NDArray[np.float32] | None,
        allowed: NDArray[np.bool_] | None,
        *,
        top_k: int,
        look: ByteScan | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], dict[str, NDArray[np.float32]]]:
        """All candidates best first: rows, fused scores, and the parts in the same order.

        There are no more than each search's best `CANDIDATES` unless `top_k`, the passages wanted, asks for more.
        `look` is what `DenseIndex.looks` gave for the vector, None to look anew.
        """
        depth = max(CANDIDATES, _DEEPER * top_k)
        lexical = {} if mode is Mode.DENSE else self._lexical(text, allowed)
        found = [top_rows(scores, depth) for scores in lexical.values()]
        if vector is not None:
            nearest = self._index.dense.search(vector, top_k=depth, allowed=allowed, look=look)
            found.append(nearest[1])
        rows = different(np.concatenate(found))
        documents = self._index.document_of_row[rows]
        parts = {name: scores[rows] for name, scores in lexical.items()}
        is_named = 1.0
        if lexical:
            weights = subject_weights(text, self._index)
            in_headings, in_body = (
                field.each_held(weights, rows.astype(np.int32))
                for field in (self._index.headings, self._index.body)
            )
            held = in_headings | in_body
            is_likely = self._ranking.knows_likely_words
            told = told_likely(weights, held, self._index.body, rows.astype(np.int32)) if is_likely else held
            parts["coverage"] = coverage(weights, told)
            if self._ranking.unnamed is not None:
                is_named = named(text, weights, in_headings)
            parts["document_body"] = best_of_document(parts["body"], documents)
        if vector is not None:
            parts["dense"] = self._index.dense.scores_of(vector, rows, known=nearest)
            parts["document_dense"] = best_of_document(parts["dense"], documents)
            parts["heading_dense"] = cosines(self._index.heading_vectors[self._index.heading_of_row[rows]], vector)
        fused = fuse(parts, self._ranking.weights_for(text, mode, is_named))
        if mode is not Mode.DENSE:
            counts = self._ranking.priors_for(is_named)
            fused = np.clip(fused + self._priors(text, rows, counts), 0, None) / (1 + counts.facet)
        fused = np.round(fused, 9)
        if self._reranker is not None and mode is Mode.HYBRID:
            fused = reranked(text, rows, fused, index=self._index, reranker=self._reranker)
        order = np.lexsort((rows, -fused))
        return rows[order], fused[order], {name: scores[order] for name, scores in parts.items()}

    def _priors(self, question: str, rows: NDArray[np.int64], counts: Priors) -> NDArray[np.float64]:
        """What a passage's heading, title, audience and repetition say for and against it, shape (len(rows),)."""
        documents = self._index.document_of_row[rows]
        against = counts.boilerplate * self._index.boilerplate[rows] / 100
        against += counts.professional * self._professional[documents]
        if counts.title:
            against += counts.title * self._titles.misfit(question, documents)
        if counts.children and not asks_of_a_child(question):
            against += counts.children * self._on_children[documents]
        if not counts.facet:
            return -against
        asked = facet_mask(facets_of_question(question))
        own, above = self._facets.of(rows)
        announced = np.where(own & asked, 1.0, np.where(above & asked, 0.5, 0.0))
        return counts.facet * announced - against

    def _lexical(self, question: str, allowed: NDArray[np.bool_] | None) -> dict[str, NDArray[np.float32]]:
        scores = {"body": self._index.body.search(question), "headings": self._index.headings.search(question)}
        if allowed is not None:
            scores = {name: np.where(allowed, one, np.float32(0)) for name, one in scores.items()}
        return scores
