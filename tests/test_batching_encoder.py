"""Questions that come together are encoded together, and nobody gets another's vector."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from retriever.answers.chosen.quote_vectors import QuoteVectors
from retriever.batching import MOST_TOGETHER
from retriever.encoding.batching_encoder import BatchingEncoder
from retriever.errors import EncoderUnavailable
from tests.hashing import HashingEncoder
from tests.waiting import PATIENCE_S


class SlowEncoder(HashingEncoder):
    """Remembers what it was given at once; its first call lasts until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[list[str]] = []
        self.began, self.let_go = threading.Event(), threading.Event()
        self.held_back, self.let_go_of_held_back = "", threading.Event()

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls.append(list(texts))
        self.began.set()
        self.let_go.wait(PATIENCE_S)
        if self.held_back in texts:
            self.let_go_of_held_back.wait(PATIENCE_S)
        if "broken" in texts:
            raise EncoderUnavailable("this encoder is broken; run `footnoted doctor`")
        return super().encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls.append(list(texts))
        return HashingEncoder.encode_queries(self, texts)


def asked_at_once(encoder: SlowEncoder, texts: Sequence[str]) -> list[NDArray[np.float32] | BaseException]:
    """What each text gets when all but the first come while the first is being encoded."""
    batching = BatchingEncoder(encoder)
    with ThreadPoolExecutor(len(texts)) as threads:
        first = threads.submit(batching.encode_queries, [texts[0]])
        assert encoder.began.wait(PATIENCE_S)
        others = [threads.submit(batching.encode_queries, [text]) for text in texts[1:]]
        while len(batching._batching._queue) < len(others):
            pass
        encoder.let_go.set()
        done = [first, *others]
        return [one.exception() or one.result()[0] for one in done]


def test_what_comes_during_an_encoding_is_encoded_in_one_go_and_everyone_gets_their_own() -> None:
    encoder = SlowEncoder()
    texts = [f"question {number}" for number in range(8)]
    found = asked_at_once(encoder, texts)
    assert [len(call) for call in encoder.calls] == [1, 7]
    for text, vector in zip(texts, found, strict=True):
        assert np.array_equal(np.asarray(vector), HashingEncoder().encode_queries([text])[0])


def test_no_more_go_together_than_may_and_none_is_left_over() -> None:
    encoder = SlowEncoder()
    found = asked_at_once(encoder, [f"question {number}" for number in range(MOST_TOGETHER + 6)])
    assert max(len(call) for call in encoder.calls) <= MOST_TOGETHER
    assert sum(len(call) for call in encoder.calls) == len(found)
    assert all(isinstance(one, np.ndarray) for one in found)


def test_who_has_a_vector_does_not_wait_for_the_encoding_after_it() -> None:
    encoder = SlowEncoder()
    batching = BatchingEncoder(encoder)
    with ThreadPoolExecutor(MOST_TOGETHER + 2) as threads:
        first = threads.submit(batching.encode_queries, ["first"])
        assert encoder.began.wait(PATIENCE_S)
        others = [threads.submit(batching.encode_queries, [f"{place}"]) for place in range(MOST_TOGETHER)]
        while len(batching._batching._queue) < MOST_TOGETHER:
            pass
        last = threads.submit(batching.encode_queries, ["stays under way"])
        while len(batching._batching._queue) < MOST_TOGETHER + 1:
            pass
        encoder.held_back = "stays under way"
        encoder.let_go.set()
        assert [len(one.result(60)) for one in (first, *others)] == [1] * (MOST_TOGETHER + 1)
        assert not last.done()
        encoder.let_go_of_held_back.set()
        assert len(last.result(60)) == 1


def test_an_error_reaches_everyone_who_was_encoded_with_it_and_nobody_later() -> None:
    encoder = SlowEncoder()
    found = asked_at_once(encoder, ["fine", "broken", "beside it"])
    assert isinstance(found[0], np.ndarray)
    assert isinstance(found[1], EncoderUnavailable)
    assert isinstance(found[2], EncoderUnavailable)
    assert BatchingEncoder(encoder).encode_queries(["later"]).shape[0] == 1


def test_a_quote_is_encoded_once_while_it_is_remembered() -> None:
    encoder = SlowEncoder()
    vectors = QuoteVectors(encoder, kept=2)
    first = vectors.of(["one", "two"])
    assert np.array_equal(vectors.of(["two", "one"]), first[::-1])
    assert encoder.calls == [["one"], ["two"]]
    vectors.of(["three", "one"])
    vectors.of(["two"])
    assert encoder.calls[2:] == [["three"], ["two"]]


@pytest.mark.parametrize("text", ["", "the same words"])
def test_a_quote_has_the_vector_that_the_encoder_gives_it(text: str) -> None:
    expected = HashingEncoder().encode_passages([text])
    assert np.array_equal(QuoteVectors(HashingEncoder()).of([text]), expected)
