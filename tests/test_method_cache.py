"""Remembering: what a method said is kept, and what it belongs to is not kept in memory by that."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from api.snapshot import make_snapshot
from retriever.abstention.answerability import Assessor
from retriever.abstention.calibration import load_calibration
from retriever.method_cache import remembering, weakly
from retriever.questions.routing import default_rules
from tests.hashed_collection import ingested, retriever_of
from tests.hashing import HashingEncoder


class Counting:
    """Says how often it was asked."""

    asked = 0

    def number(self, _word: str) -> int:
        self.asked += 1
        return self.asked


@pytest.fixture
def _without_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_a_result_is_remembered_until_too_many_others_came() -> None:
    counting = Counting()
    number = remembering(counting.number, most=1)
    assert [number("a"), number("a"), number("b"), number("a")] == [1, 1, 2, 3]


def test_what_a_method_belongs_to_is_not_kept_and_the_method_then_says_so() -> None:
    counting = Counting()
    number = weakly(counting.number)
    assert number("a") == 1
    del counting
    with pytest.raises(ReferenceError):
        number("a")


@pytest.mark.usefixtures("_without_collector")
def test_an_index_that_is_not_used_any_more_leaves_memory_at_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    index_dir = ingested(tmp_path_factory, {"one.md": "# Calcium\n\nCalcium is a mineral.\n"})
    retriever = retriever_of(index_dir)
    judge = Assessor(retriever.index, load_calibration(index_dir, retriever.index))
    snapshot = make_snapshot(retriever.index, HashingEncoder(), retriever, judge, rules=default_rules())
    index = weakref.ref(snapshot.index)
    del retriever, judge, snapshot
    assert index() is None
