"""Whole words: those that an encoder's model has as one piece, since its language uses them often."""

from functools import cached_property

from retriever.encoder import Encoder
from retriever.method_cache import remembering

_WORD, _NO_WORD = "word", "qxvzkwj"
_KEPT = 4_096
"""Words that are remembered. Each stop word of a question is asked for: a collection counts none of them."""


class WholeWords:
    """Tells words of the language from what may be misspelt. Safe to share between threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._is_one_piece = remembering(self._counted_as_one, most=_KEPT)

    def has(self, word: str) -> bool:
        """Whether the model has the word as one piece; of a model that has any string so, never."""
        return self._tells and self._is_one_piece(word)

    def _counted_as_one(self, word: str) -> bool:
        return self._encoder.count_tokens([word])[0] == self._one_piece

    @cached_property
    def _one_piece(self) -> int:
        return self._encoder.count_tokens([_WORD])[0]

    @cached_property
    def _tells(self) -> bool:
        return self._encoder.count_tokens([_NO_WORD])[0] > self._one_piece
