"""What a pair reader's logit counts: fitted to open questions, and said by a command."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from api.commands.checks import check_pair_reader
from eval.errors import ComparisonRefused
from eval.eval_command import command
from eval.pair_reader.second_look import OpenQuestion, fit
from retriever.reading import pair_reader
from retriever.reading.pair_reader import PairReader


def drawn(*, slope: float, zero: float, count: int = 4_000) -> list[OpenQuestion]:
    """Open questions that are answerable as often as slope and zero say."""
    chance = np.random.default_rng(5)
    logits, read = chance.normal(size=count), chance.normal(zero, 3, size=count)
    yes = chance.random(count) < 1 / (1 + np.exp(-(logits + slope * (read - zero))))
    return [
        OpenQuestion("drawn", bool(one), float(logit), float(value), may_raise=True)
        for one, logit, value in zip(yes, logits, read, strict=True)
    ]


def test_slope_and_zero_are_found_again() -> None:
    found = fit(drawn(slope=0.4, zero=-3.0))
    assert abs(found.slope - 0.4) < 0.05
    assert abs(found.zero + 3.0) < 0.6
    assert found.after < found.before
    assert found.after <= found.present
    assert found.questions == 4_000


def test_what_may_not_raise_is_not_taken_for_more_probable() -> None:
    sure = [replace(one, may_raise=False, read=30.0, answerable=False) for one in drawn(slope=0.4, zero=-3.0)]
    assert fit([*drawn(slope=0.4, zero=-3.0), *sure]).slope > 0.2


def test_questions_of_one_kind_alone_fit_nothing() -> None:
    with pytest.raises(ComparisonRefused, match="both kinds"):
        fit([replace(one, answerable=True) for one in drawn(slope=0.4, zero=-3.0, count=20)])


@pytest.mark.parametrize("source", ["index", "=eval/everyday", "index="])
def test_a_source_is_an_index_and_a_dataset(source: str) -> None:
    outcome = CliRunner().invoke(command, ["pair-reader", "weigh", source])
    assert outcome.exit_code == 2
    assert "INDEX=DATASET" in outcome.stderr


def test_doctor_reads_a_pair_and_says_where_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_pair_reader().ok
    monkeypatch.setattr(pair_reader, "own_pair_reader", lambda: PairReader(tmp_path))
    found = check_pair_reader()
    assert not found.ok
    assert "install the program anew" in found.detail
