"""The encoder opened ahead: lent where it is the right one, and never in the way where it cannot be had."""

from pathlib import Path

from api.encoder_ahead import EncoderAhead
from api.snapshot import open_snapshot
from retriever.encoder import Encoder, EncoderIdentity
from tests.collections_on_disk import run_ingest, write_collection
from tests.hashing import IDENTITY, HashingEncoder


def test_a_snapshot_takes_the_encoder_that_is_open_already(tmp_path: Path) -> None:
    run_ingest(write_collection(tmp_path / "pages"), tmp_path / "index")
    asked_for: list[EncoderIdentity] = []

    def lend(identity: EncoderIdentity) -> Encoder:
        asked_for.append(identity)
        return HashingEncoder()

    snapshot = open_snapshot(tmp_path / "index", lender=lend)
    assert asked_for == [IDENTITY] == [snapshot.encoder.identity]


def test_where_nothing_is_published_nothing_is_lent_and_nothing_raised(tmp_path: Path) -> None:
    assert EncoderAhead(tmp_path).take(IDENTITY) is None


def test_a_model_that_was_not_converted_is_left_to_whoever_opens_the_index(tmp_path: Path) -> None:
    run_ingest(write_collection(tmp_path / "pages"), tmp_path / "index")
    assert EncoderAhead(tmp_path / "index").take(IDENTITY) is None
