"""The gate on real pages: a drawn sample of the National Cancer Institute's, ingested by the real model."""

import shutil
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
    ingest_into(folder, pages)
    return folder


def ingest_into(index_dir: Path, pages: Path) -> None:
    outcome = CliRunner().invoke(ingest, [str(pages), "--index", str(index_dir)])
    assert outcome.exit_code == 0, outcome.output


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
    assert "passage-hit@1 dropped by" in outcome.stderr


def test_figures_of_another_collection_are_not_compared(pages: Path, tmp_path: Path) -> None:
    one = min(pages.rglob("*-pdq.md"), key=lambda page: page.stat().st_size)
    folder = tmp_path / "pages" / one.parent.relative_to(pages)
    folder.mkdir(parents=True)
    shutil.copy(one, folder)
    ingest_into(tmp_path / "index", tmp_path / "pages")
    outcome = gated(tmp_path / "index", "--allow-missing")
    assert outcome.exit_code == 3
    assert "the gate was made on the collection" in outcome.stderr
