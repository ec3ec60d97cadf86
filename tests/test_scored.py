"""Scored quotes: as few are encoded as can change what is chosen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retriever.answers.answer import Answer, Answerer, AnswerWarning
from retriever.answers.chosen import scored
from tests.hashing import HashingEncoder
from tests.small_answers import INJECTIONS, TABLETS, asked


class CountingEncoder(HashingEncoder):
    """Remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[str] = []
        self.passages: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.passages += texts
        return super().encode_passages(texts)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.questions += texts
        return super().encode_queries(texts)


def test_a_contradiction_far_below_the_best_quote_is_still_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scored, "MAX_ENCODED", 1)
    other = "# Denosumab in hospital\n\n## How often\n\nDenosumab is given every four weeks."
    answer = asked(tmp_path, {"a.md": INJECTIONS, "b.md": other}, "How often is denosumab given?")[0]
    assert answer is not None
    assert [warning.code for warning in answer.warnings] == [AnswerWarning.SOURCES_DIFFER]


def test_what_stands_far_below_the_best_quote_is_not_encoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (
        "# Denosumab\n\n## How often\n\nDenosumab is given every six months.\n\n"
        "## Storage\n\nDenosumab keeps a year. Denosumab boxes are often white. Nurses know denosumab each time."
    )
    _, retrieval, index = asked(tmp_path, {"a.md": page}, "How often is denosumab given?")

    def answered() -> tuple[Answer | None, int]:
        encoder = CountingEncoder()
        answer = Answerer(index, encoder).answer("How often is denosumab given?", retrieval.hits)
        return answer, len(encoder.passages)

    near = answered()
    monkeypatch.setattr(scored, "WITHIN_REACH", 10.0)
    every = answered()
    assert near[0] == every[0]
    assert near[1] < every[1]


def test_the_vector_that_was_searched_with_serves_the_answer_too(tmp_path: Path) -> None:
    question = "How often is denosumab given?"
    answer, retrieval, index = asked(tmp_path, {"a.md": INJECTIONS, "b.md": TABLETS}, question)
    assert answer is not None
    assert retrieval.vector is not None
    encoder = CountingEncoder()
    answerer = Answerer(index, encoder)
    assert answerer.answer(question, retrieval.hits, vector=retrieval.vector) == answer
    assert question not in encoder.questions
    assert answerer.answer(question, retrieval.hits) == answer
    assert question in encoder.questions


def test_a_quote_that_nothing_comes_near_needs_no_vector(tmp_path: Path) -> None:
    page = (
        "# Denosumab\n\n## How often\n\nDenosumab is given every six months.\n\n"
        "## Storage\n\nA fridge is cold. Boxes are white."
    )
    question = "How often is denosumab given?"
    answer, retrieval, index = asked(tmp_path, {"a.md": page}, question)
    assert answer is not None
    assert "every six months" in answer.text
    encoder = CountingEncoder()
    assert Answerer(index, encoder).answer(question, retrieval.hits, vector=retrieval.vector) == answer
    assert encoder.passages == []
