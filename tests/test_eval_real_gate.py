"""The gate on real pages: a drawn sample of the National Cancer Institute's, ingested by the real model."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eval.eval_command import command
from ingest.commands.ingest import command as ingest
from tests.real_sample import arguments, dataset, unpack_sample

GATE = Path(__file__).parents[1] / "eval" / "gates" / "nci-sample.json"

pytestmark = [pytest.mark.model, pytest.mark.slow]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory, pages: Path) -> Path:
    folder = tmp_path_factory.mktemp("index")
    outcome = CliRunner().invoke(ingest, [str(pages), "--index", str(folder)])
    assert outcome.exit_code == 0, outcome.output
    return folder


def gated(index_dir: Path, *more: str | Path) -> Result:
    """The drawn questions, asked and held against the committed figures."""
    asked = [dataset(), "--index", index_dir, *arguments(), "--gate", GATE, *more]
    return CliRunner().invoke(command, [str(one) for one in asked])


def test_the_committed_gate_on_real_pages_passes(index_dir: Path, pages: Path) -> None:
    outcome = gated(index_dir, "--corpus", pages)
    assert (outcome.exit_code, "gate: passed, 11 measures" in outcome.stderr) == (0, True), outcome.stderr


def test_a_ranking_by_meaning_alone_does_not_pass(index_dir: Path) -> None:
    outcome = gated(index_dir, "--mode", "dense")
    assert outcome.exit_code == 1
    assert "gate: passage-hit@1 " in outcome.stderr
