"""A passage: the contiguous span of a reading text that is embedded, ranked and cited."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` equals the document's reading text from `start_char` to `end_char`; source offsets are the file's.

    `headings` is the heading path of the section that the passage lies in. `tokens` counts the word
    pieces that the encoder reads for it: prefix, text and special tokens.
    """

    document_id: str
    start_char: int
    end_char: int
    source_start_char: int
    source_end_char: int
    headings: tuple[str, ...]
    tokens: int
    text: str

    @property
    def passage_id(self) -> str:
        """Stable for the same span of the same document: `DOCUMENT_ID:START-END`."""
        return f"{self.document_id}:{self.start_char}-{self.end_char}"
