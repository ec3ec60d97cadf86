"""A quote: a stretch of one hit's passage that stands alone, and the parts that it is judged by."""

from dataclasses import dataclass

from retriever.query import Hit


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of one hit's passage that stands alone, verbatim and contiguous.

    `core_start_char` is where the part that was looked for begins: what stands before it is a lead-in, or the
    sentence that a pronoun refers to. `units` counts its sentences, a list with its lead-in as one.
    `continues` says that its list goes on behind the passage.
    """

    hit: Hit
    start_char: int
    end_char: int
    core_start_char: int
    units: int
    is_list: bool
    continues: bool
    text: str

    @property
    def document_id(self) -> str:
        """The page that it stands on."""
        return self.hit.document.document_id

    @property
    def headings(self) -> tuple[str, ...]:
        """The nearest two headings above it, the nearer one last."""
        return self.hit.passage.headings[-2:]

    @property
    def introduction(self) -> str:
        """What stands before the items of a list; a sentence itself."""
        return self.text[: self.core_start_char - self.start_char] if self.is_list else self.text

    @property
    def core(self) -> str:
        """A sentence without those that it leans on; a list whole."""
        return self.text if self.is_list else self.text[self.core_start_char - self.start_char :]

    @property
    def items(self) -> str:
        """What stands below the introduction of a list."""
        return self.text[self.core_start_char - self.start_char :]

    @property
    def prefix(self) -> str:
        """What is encoded with it: its page's title and its last two headings."""
        return " > ".join((self.hit.document.prefix_title, *self.headings))

    def stands_in(self, other: "Quote") -> bool:
        """Whether it is another quote or a part of it."""
        return (
            self.document_id == other.document_id
            and self.start_char >= other.start_char
            and self.end_char <= other.end_char
        )
