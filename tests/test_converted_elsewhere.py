"""Where nothing can convert a model, a conversion that was brought along serves, and its absence is explained."""

import shutil
import sys
from pathlib import Path

import pytest

from ingest.prepare_encoder import prepare_encoder
from retriever.encoding.model_files import BUNDLED_MODEL, cache_dir
from retriever.errors import EncoderUnavailable, StorageFailed


@pytest.fixture
def nothing_converts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # as on a machine without it


@pytest.mark.usefixtures("nothing_converts")
@pytest.mark.parametrize("arithmetic", ["float32", None])
def test_without_converters_and_without_a_conversion_the_remedy_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arithmetic: str | None
) -> None:
    monkeypatch.setenv("FOOTNOTED_CACHE", str(tmp_path))
    with pytest.raises(EncoderUnavailable, match="ingest where they are installed"):
        prepare_encoder(BUNDLED_MODEL, arithmetic, index_dir=None, say=lambda _: None)


def test_where_the_converted_model_cannot_be_kept_the_variable_to_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("FOOTNOTED_CACHE", str(tmp_path / "file"))
    with pytest.raises(StorageFailed, match="FOOTNOTED_CACHE"):
        prepare_encoder(BUNDLED_MODEL, "float32", index_dir=None, say=lambda _: None)


def test_an_index_that_cannot_be_written_is_refused_before_anything_is_converted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("FOOTNOTED_CACHE", str(tmp_path / "cache"))
    said: list[str] = []
    with pytest.raises(StorageFailed, match=r"file cannot be written: "):
        prepare_encoder(BUNDLED_MODEL, "float32", index_dir=tmp_path / "file", say=said.append)
    assert said == []


@pytest.mark.model
def test_a_conversion_that_other_versions_made_is_the_same_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = prepare_encoder(BUNDLED_MODEL, "float32", index_dir=None, say=lambda _: None)
    for number, folder in enumerate(sorted((cache_dir() / "encoders").glob("*/encoder.json"))):
        shutil.copytree(folder.parent, tmp_path / "encoders" / f"made-elsewhere-{number}")
    monkeypatch.setenv("FOOTNOTED_CACHE", str(tmp_path))
    monkeypatch.setitem(sys.modules, "torch", None)
    taken = prepare_encoder(BUNDLED_MODEL, "float32", index_dir=None, say=lambda _: None)
    assert taken.identity.model_sha256 == made.identity.model_sha256
    assert taken.identity.arithmetic == made.identity.arithmetic
