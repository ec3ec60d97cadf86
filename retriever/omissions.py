"""Omissions: where a page may show more than its reading text holds, as far as the source map tells.

A link that marks words on the page has to know: what is shown in between parts them there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SHORTEST_REFERENCE = 9
"""Code points of `[[1](#a)]`."""
_EMPHASIS = 2
_SHORTEST_CONTENTS = 256
"""Code points of a handful of links to headings of the same page."""
_BEFORE_REFERENCES = ".,;:!?)]”\"'"


@dataclass(frozen=True, slots=True)
class Omissions:
    """The places of a reading text, in order, where its page may show more than it holds.

    `references`: behind marks of punctuation, where the page may show the number of a reference, and behind lines,
    where it may show a picture with its links.
    `blanks`, int32: a blank that is no blank in the source; mostly a line ends there or a no-break space stands
    there, now and then a narrow one, at which no word ends for a browser.
    `wide`, int32: those of them that are wider in the source; mostly a mark of emphasis or of a link stands there,
    now and then a no-break space beside the blank, and a browser tells two blanks from one.
    `contents_at`: the first place where so much is left out that it may be a table of contents, which holds the
    headings below it; None where there is none.
    """

    references: tuple[int, ...]
    blanks: NDArray[np.int32]
    wide: NDArray[np.int32]
    contents_at: int | None = None


def omissions_of(rows: NDArray[np.int32], text: str) -> Omissions:
    """What a document's page may show besides its reading text; `rows` are those of its source map.

    A reference stands behind a mark of punctuation, a picture behind a line, and both take more room in the source
    than marks of emphasis do; what else is left out there is taken for one too.
    """
    starts, ends = rows[1:, 0], (rows[:, 0] + rows[:, 2])[:-1]
    left_out = rows[1:, 1] - rows[:-1, 1] - rows[:-1, 2]
    # Marks of emphasis between a full stop and a letter are shown by Markdown readers, not taken for marks.
    is_reference = (left_out >= _SHORTEST_REFERENCE) | ((left_out >= _EMPHASIS) & (starts == ends))
    candidates = ends[is_reference].tolist()
    references = tuple(end for end in candidates if text[end - 1] in _BEFORE_REFERENCES or text[end] == "\n")
    much = ends[left_out >= _SHORTEST_CONTENTS]
    is_blank = starts > ends
    return Omissions(
        references=references,
        blanks=ends[is_blank],
        wide=ends[is_blank & (left_out > starts - ends)],
        contents_at=int(much[0]) if len(much) else None,
    )
