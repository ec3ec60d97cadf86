"""The facets that the headings of passages announce, worked out for those that are looked at and then kept."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from retriever.index import Index
from retriever.questions.facets import facet_mask, facets_of_heading


class HeadingFacets:
    """Facets of the headings of one open generation. Safe to share between threads.

    Nothing is worked out at the start: a large collection has tens of thousands of headings, a question looks at
    a hundred.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        sections = [len(document.sections) for document in index.documents]
        first_section = np.concatenate([np.zeros(1, np.int64), np.cumsum(sections, dtype=np.int64)])
        self._section_of_row = first_section[index.document_of_row] + index.rows["section"]
        self._masks = np.zeros((2, int(first_section[-1])), dtype=np.uint32)
        self._is_known = np.zeros(int(first_section[-1]), dtype=np.bool_)
        self._mask_of = lru_cache(maxsize=None)(_mask)

    def of(self, rows: NDArray[np.int64]) -> NDArray[np.uint32]:
        """What each passage's own heading announces, and the one above it, as masks, shape (2, len(rows)).

        The page's title says what the subject is, not which side of it, and so announces none.
        """
        sections = self._section_of_row[rows]
        for row in rows[~self._is_known[sections]].tolist():
            document = self._index.documents[int(self._index.document_of_row[row])]
            headings = document.sections[int(self._index.rows["section"][row])].headings
            if headings and document.metadata.title.casefold().startswith(headings[0].casefold()):
                headings = headings[1:]
            above, own = ("", "", *headings)[-2:]
            section = int(self._section_of_row[row])
            self._masks[:, section] = self._mask_of(own), self._mask_of(above)
            self._is_known[section] = True  # last, so that no other thread reads what is half written
        return self._masks[:, sections]


def _mask(heading: str) -> int:
    return facet_mask(facets_of_heading(heading)) if heading else 0
