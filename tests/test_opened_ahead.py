"""What is opened ahead: lent where it is the right one, once, and never in the way where it cannot be had."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from api.opened_ahead import OpenedAhead
from api.snapshot import open_snapshot
from retriever.encoder import EncoderIdentity
from retriever.errors import IndexCorrupt
from retriever.index import Index
from retriever.store.manifest import VECTORS, Manifest
from retriever.store.store import IndexStore
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import IDENTITY, HashingEncoder


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    run_ingest(write_collection(tmp_path / "pages"), tmp_path / "index")
    return tmp_path / "index"


@dataclass
class NotingLender:
    """Lends an encoder, and the index that it is given; notes what was asked for."""

    lent: Index
    asked_for: list[EncoderIdentity | Manifest] = field(default_factory=list)

    def encoder(self, identity: EncoderIdentity) -> HashingEncoder:
        self.asked_for.append(identity)
        return HashingEncoder()

    def index(self, manifest: Manifest) -> Index:
        self.asked_for.append(manifest)
        return self.lent


def test_a_snapshot_takes_what_is_open_already(index_dir: Path) -> None:
    lender = NotingLender(Index.open(index_dir))
    snapshot = open_snapshot(index_dir, lender=lender)
    assert snapshot.index is lender.lent
    assert sorted(lender.asked_for, key=str) == sorted([IDENTITY, lender.lent.manifest], key=str)
    assert snapshot.encoder.identity == IDENTITY


def test_the_index_that_is_published_is_lent_once(index_dir: Path) -> None:
    manifest = IndexStore(index_dir).open().manifest
    ahead = OpenedAhead(index_dir)
    index = ahead.index(manifest)
    assert index is not None
    assert index.manifest == manifest
    assert ahead.index(manifest) is None


def test_an_index_that_was_replaced_meanwhile_is_not_lent(index_dir: Path) -> None:
    manifest = IndexStore(index_dir).open().manifest
    assert OpenedAhead(index_dir).index(replace(manifest, manifest_sha256="0" * 64)) is None


def test_a_damaged_index_is_not_lent_and_who_opens_it_then_says_why(index_dir: Path) -> None:
    generation = IndexStore(index_dir).open()
    vectors = generation.path / VECTORS
    vectors.write_bytes(bytes(len(vectors.read_bytes())))
    ahead = OpenedAhead(index_dir)
    with pytest.raises(IndexCorrupt, match=VECTORS):
        open_snapshot(index_dir, lender=ahead)


def test_where_nothing_is_published_nothing_is_lent_and_nothing_raised(index_dir: Path, tmp_path: Path) -> None:
    manifest = IndexStore(index_dir).open().manifest
    ahead = OpenedAhead(tmp_path)
    assert ahead.encoder(IDENTITY) is None
    assert ahead.index(manifest) is None


def test_a_model_that_was_not_converted_is_left_to_whoever_opens_the_index(index_dir: Path) -> None:
    assert OpenedAhead(index_dir).encoder(IDENTITY) is None
