"""Omissions: where a page may show more than its reading text holds, as far as the source map tells.

A link that marks words on the page has to know: what is shown in between parts them there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SHORTEST_REFERENCE = 9
"""Code points of `[[1](#a)]`."""
_EMPHASIS = 2
_ENDS_OF_LABELS = ".:!?"
_BEFORE_REFERENCES = ".,;:!?)]”\"'"


@dataclass(frozen=True, slots=True)
class Omissions:
    """The places of a reading text, in order, where its page may show more than it holds.

    `references`: behind marks of punctuation, where the page may show the number of a reference or marks of
    emphasis that it does not take for such, and behind lines, where it may show a picture with its links.
    `blanks`, int32: a blank that is no blank in the source; mostly a line ends there or a no-break space stands
    there, now and then a narrow one, at which no word ends for a browser.
    `wide`, int32: those of them that are wider in the source; mostly a mark of emphasis or of a link stands there,
    now and then a no-break space beside the blank, and a browser tells two blanks from one.
    """

    references: tuple[int, ...]
    blanks: NDArray[np.int32]
    wide: NDArray[np.int32]


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
    references = [end for end in candidates if text[end - 1] in _BEFORE_REFERENCES or text[end] == "\n"]
    is_blank = starts > ends
    # `**Label:**text`, which we part with a blank: Markdown readers show the marks here too.
    labels = ends[(starts == ends + 1) & (left_out == _EMPHASIS)].tolist()
    references += [end for end in labels if text[end - 1] in _ENDS_OF_LABELS]
    return Omissions(
        references=tuple(sorted(references)),
        blanks=ends[is_blank],
        wide=ends[is_blank & (left_out > starts - ends)],
    )
