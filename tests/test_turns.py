"""Turns: who leaves, however that comes about, makes room for the next."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from retriever.turns import Turns
from tests.waiting import PATIENCE_S


def test_a_turn_that_fails_is_given_back() -> None:
    turns = Turns(1)
    with pytest.raises(ValueError, match="failed"), turns:
        raise ValueError("failed")
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: turns.__enter__()).result(PATIENCE_S) is None
