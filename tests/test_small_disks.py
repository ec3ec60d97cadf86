"""Disks that are really full: nothing is lost, and one line says how much room is wanting."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest.commands.ingest import command as ingest
from ingest.disk_space import refuse_full_disk
from retriever.errors import StorageFailed
from tests.collections_on_disk import write_collection
from tests.small_disks import NoSmallDisk, full_disk_rounds, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    try:
        with small_disk(tmp_path / "disk", 2) as folder:
            yield folder
    except NoSmallDisk as error:
        pytest.skip(str(error))


def test_a_full_disk_leaves_what_was_served_and_says_what_is_wanting(tmp_path: Path) -> None:
    try:
        assert full_disk_rounds(tmp_path, 2, rounds=8) == []
    except NoSmallDisk as error:
        pytest.skip(str(error))


def test_a_generation_that_cannot_fit_is_refused_before_anything_is_embedded(disk: Path) -> None:
    staging = disk / "gen-000001.tmp"
    staging.mkdir()
    (staging / "texts.bin").write_bytes(bytes(1_000_000))
    refuse_full_disk(staging, 1_900_000)
    with pytest.raises(StorageFailed, match=r"\(at least 9,000,000 bytes needed, 1,\d+,\d+ bytes free\)"):
        refuse_full_disk(staging, 9_000_000)


@pytest.mark.model
def test_the_command_says_in_one_line_that_the_model_does_not_fit(disk: Path, tmp_path: Path) -> None:
    pages = write_collection(tmp_path / "pages")
    outcome = CliRunner().invoke(ingest, [str(pages), "--index", str(disk / "index")])
    assert outcome.exit_code == 3
    assert "No space left on device (at least 23," in outcome.stderr
    assert len(outcome.stderr.strip().splitlines()) == 1
    assert list((disk / "index").rglob("*.bin")) == []
