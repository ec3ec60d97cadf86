"""The checks of a generated answer: which of its sentences a reader gets to see, and with which marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.generation.sentence_reader import ModelSentence
from api.generation.support import SupportingPassage, is_plain_statement
from api.query.response import PassageBody
from retriever.answers.quotable.standing_alone import leans_on_another

MAX_KEPT = 8


@dataclass(frozen=True, slots=True)
class Kept:
    """A sentence that its passages support, without marks, and their ranks."""

    text: str
    ranks: tuple[int, ...]


class Checker:
    """Checks the sentences of one reply, in their order, against the passages that the model was given."""

    def __init__(self, passages: Sequence[PassageBody]) -> None:
        """Cuts the passages into what may support a sentence."""
        self._evidence = {
            passage.rank: SupportingPassage(
                passage.rank,
                passage.text,
                title=passage.citation.title,
                headings=passage.citation.headings,
                language=passage.citation.language,
            )
            for passage in passages
        }
        self._follows_kept = False
        self._seen: set[str] = set()
        self.dropped = 0

    def check(self, written: ModelSentence) -> Kept | None:
        """The sentence with the marks that hold, or None.

        A mark on a passage that was not given fails the sentence. Marks of passages that do not support it are
        taken off; a sentence without marks gets that of the first passage that does.
        """
        kept = self._checked(written)
        self._follows_kept = kept is not None
        if kept is None:
            self.dropped += 1
        else:
            self._seen.add(kept.text)
        return kept

    def _checked(self, written: ModelSentence) -> Kept | None:
        if len(self._seen) >= MAX_KEPT or written.text in self._seen or not is_plain_statement(written.text):
            return None
        if any(mark not in self._evidence for mark in written.marks):
            return None
        if leans_on_another(written.text) and not self._follows_kept:
            return None
        candidates = written.marks or tuple(self._evidence)
        ranks = tuple(rank for rank in candidates if self._evidence[rank].supports(written.text))
        if not ranks:
            return None
        return Kept(written.text, ranks if written.marks else ranks[:1])
