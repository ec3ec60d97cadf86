"""A converted model that is altered in the cache or below an index is not taken for sound."""

import hashlib
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import msgspec
import pytest

from ingest.kept_model import discard, is_kept, keep, one_converter, placed
from retriever.encoder import Arithmetic
from retriever.encoding.converted_encoder import DESCRIPTION, ConvertedModel, read_description
from retriever.encoding.open_encoder import open_encoder
from retriever.errors import EncoderUnavailable, IndexCorrupt
from retriever.store.manifest import FileEntry
from tests.small_generations import PROVENANCE
from tests.waiting import PATIENCE_S

WEIGHTS = b"weights" * 100


@pytest.fixture
def cached(tmp_path: Path) -> Path:
    """A folder of the cache with a converted model, as a conversion leaves it."""
    files = {"model.bin": FileEntry(len(WEIGHTS), hashlib.sha256(WEIGHTS).hexdigest())}
    described = ConvertedModel(
        model="small", model_sha256="e" * 64, arithmetic=Arithmetic.OPENVINO_INT8, dimension=8, max_tokens=64,
        query_prompt="", passage_prompt="", made_with={}, files=files,
    )  # fmt: skip
    folder = tmp_path / "cache" / "encoders" / "key"
    made = tmp_path / "cache" / "made"
    for place in (folder, made):  # what lay there before gives way
        place.mkdir(parents=True)
    (made / DESCRIPTION).write_bytes(msgspec.json.encode(described))
    (made / "model.bin").write_bytes(WEIGHTS)
    keep(made, folder)
    return folder


def change(folder: Path) -> None:
    """Another number of tokens: still a well-formed description, and another encoder."""
    path = folder / DESCRIPTION
    path.write_bytes(path.read_bytes().replace(b'"max_tokens":64', b'"max_tokens":65'))


def test_every_altered_bit_of_a_description_in_the_cache_is_noticed(cached: Path) -> None:
    sound = (cached / DESCRIPTION).read_bytes()
    assert is_kept(cached)
    for bit in range(len(sound) * 8):
        altered = bytearray(sound)
        altered[bit // 8] ^= 1 << bit % 8
        (cached / DESCRIPTION).write_bytes(altered)
        assert not is_kept(cached)
    discard(cached)
    assert list(cached.parent.iterdir()) == []


def test_a_cache_from_before_descriptions_were_marked_is_taken(cached: Path) -> None:
    cached.with_suffix(".sha256").unlink()
    assert is_kept(cached)


def test_of_two_that_would_convert_one_model_the_second_waits_and_is_told(cached: Path) -> None:
    waits, entered = Event(), Event()

    def second() -> None:
        with one_converter(cached, say=lambda _: waits.set()):
            entered.set()

    with one_converter(cached, say=lambda _: None):
        thread = Thread(target=second)
        thread.start()
        assert waits.wait(PATIENCE_S)
        assert not entered.is_set()
    thread.join(PATIENCE_S)
    assert entered.is_set()


def test_an_altered_description_below_an_index_is_replaced_by_the_sound_one(cached: Path, tmp_path: Path) -> None:
    # Taken as it is, it would be the encoder of the next generation, which nothing could open.
    folder = placed(cached, tmp_path / "index")
    change(folder)
    assert placed(cached, tmp_path / "index") == folder
    assert read_description(folder) == read_description(cached)


def test_an_altered_file_of_the_cache_is_not_copied_to_an_index(cached: Path, tmp_path: Path) -> None:
    (cached / "model.bin").write_bytes(b"W" + WEIGHTS[1:])
    with pytest.raises(IndexCorrupt, match="key is altered; remove that folder"):
        placed(cached, tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_an_altered_description_below_an_index_is_named_when_it_is_opened(cached: Path, tmp_path: Path) -> None:
    folder = placed(cached, tmp_path)
    _, artifact = read_description(cached)
    change(folder)
    with pytest.raises(IndexCorrupt, match=f"{folder.name}/{DESCRIPTION} is altered"):
        open_encoder(replace(PROVENANCE.encoder, artifact_sha256=artifact), tmp_path)


def test_a_model_that_may_not_be_read_is_not_called_missing(cached: Path) -> None:
    (cached / DESCRIPTION).unlink()
    with pytest.raises(EncoderUnavailable, match="the converted encoder key is missing; run `footnoted ingest`"):
        read_description(cached)
    (cached / DESCRIPTION).mkdir()
    with pytest.raises(EncoderUnavailable, match="cannot be read: Is a directory; mend the cause"):
        read_description(cached)
