"""What is encoded before anybody asks: a text of each usual width, and never in the way."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from api.widths_ahead import USUAL_WIDTHS, meet_widths_ahead
from retriever.errors import EncoderUnavailable
from tests.hashing import HashingEncoder


class CountingEncoder(HashingEncoder):
    """Notes how many words each text has that it encodes as a passage, and fails at `broken` of them."""

    def __init__(self, *, broken: int = 0) -> None:
        super().__init__()
        self.words: list[int] = []
        self._broken = broken

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.words.extend(len(text.split()) for text in texts)
        if self.words[-1] == self._broken:
            raise EncoderUnavailable("no memory")
        return super().encode_passages(texts)


def test_a_text_of_each_usual_width_is_encoded() -> None:
    encoder = CountingEncoder()
    meet_widths_ahead(encoder).join()
    padded = [-(-(words + 2) // 16) * 16 for words in encoder.words]  # with the two signs that mark its ends
    assert padded == list(USUAL_WIDTHS)


def test_an_encoder_that_fails_is_left_to_whoever_asks() -> None:
    encoder = CountingEncoder(broken=USUAL_WIDTHS[1] - 8)
    meet_widths_ahead(encoder).join()
    assert len(encoder.words) == 2
