"""The store's reader side: opening, listing, rolling back, pruning."""

import os
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retriever.errors import IndexCorrupt, IndexLocked, IndexMissing, StorageFailed
from retriever.store.durable import LocalDisk
from retriever.store.pointer import read_pointer
from retriever.store.store import GenerationState, IndexStore, VerifiedGeneration
from tests.small_generations import (
    CREATED,
    FILES,
    PROVENANCE,
    check_content,
    content_of,
    fill,
    publish,
    publish_with,
    served,
)

NOBODY = 65_534


@contextmanager
def unprivileged() -> Iterator[None]:
    """The block runs without the rights of the superuser, who may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user can enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def altered(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_the_last_published_generation_is_served(index_dir: Path) -> None:
    assert IndexStore(index_dir).current() == "gen-000002"
    assert served(index_dir) == "gen-000002"


def test_a_file_is_read_as_it_was_written(index_dir: Path) -> None:
    opened = IndexStore(index_dir).open()
    assert {file: opened.read(file) for file in opened.manifest.files} == {
        file: content_of("gen-000002", file) for file in FILES
    }


def test_a_file_that_is_not_in_the_manifest_cannot_be_asked_for(index_dir: Path) -> None:
    with pytest.raises(ValueError, match="has no file"):
        IndexStore(index_dir).open().read("../CURRENT")


def test_an_older_generation_can_be_opened_by_name(index_dir: Path) -> None:
    assert IndexStore(index_dir).open("gen-000001").read("dense.faiss") == content_of("gen-000001", "dense.faiss")


@pytest.mark.parametrize(
    "name", ["gen-000009", "../index/gen-000001", "gen-1", "gen-0000001", "gen-000001.tmp", ""]
)
def test_a_generation_that_is_not_there_is_missing(index_dir: Path, name: str) -> None:
    with pytest.raises(IndexMissing, match="footnoted index list"):
        IndexStore(index_dir).open(name)


def test_an_open_generation_stays_whole_while_others_are_published(index_dir: Path) -> None:
    opened = IndexStore(index_dir).open()
    publish(index_dir)
    assert opened.read("dense.faiss") == content_of("gen-000002", "dense.faiss")


@pytest.mark.parametrize("place", ["missing", "empty"])
def test_without_a_published_generation_the_next_step_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "empty").mkdir()
    store = IndexStore(tmp_path / place)
    assert store.current() is None
    with pytest.raises(IndexMissing, match="footnoted ingest PATH --index"):
        store.open()


def test_a_file_in_place_of_the_index_is_not_an_empty_index(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("not a directory")
    with pytest.raises(IndexMissing, match="not a directory"):
        IndexStore(tmp_path / "index").open()
    with pytest.raises(IndexMissing):
        IndexStore(tmp_path / "index").generations()
    with pytest.raises(StorageFailed, match="--index"), IndexStore(tmp_path / "index").writer():
        pass


def test_generations_are_listed_newest_first(index_dir: Path) -> None:
    newest, oldest = IndexStore(index_dir).generations()
    assert (newest.name, newest.current, newest.state) == ("gen-000002", True, GenerationState.OK)
    assert (oldest.name, oldest.current, oldest.state) == ("gen-000001", False, GenerationState.OK)
    assert (newest.documents, newest.passages, newest.created) == (2, 5, "2026-01-31T12:00:00Z")
    on_disk = [path for path in (index_dir / "gen-000002").rglob("*") if path.is_file()]
    assert newest.bytes == sum(path.stat().st_size for path in on_disk)


def test_the_order_is_of_numbers_not_of_letters(index_dir: Path) -> None:
    for old, new in (("gen-000002", "gen-999999"), ("gen-000001", "gen-000010")):
        (index_dir / old).rename(index_dir / new)
    publish(index_dir)
    assert [info.name for info in IndexStore(index_dir).generations()] == [
        "gen-1000000",
        "gen-999999",
        "gen-000010",
    ]


def test_a_quick_listing_checks_sizes_and_a_verifying_one_the_bytes(index_dir: Path) -> None:
    altered(index_dir / "gen-000001" / "dense.faiss")
    store = IndexStore(index_dir)
    assert [info.state for info in store.generations()] == ["ok", "ok"]
    assert [info.state for info in store.generations(verify=True)] == ["ok", "refused"]
    reason = store.generations(verify=True)[1].reason
    assert reason is not None
    assert "gen-000001/dense.faiss is altered" in reason


def test_rollback_serves_the_generation_before(index_dir: Path) -> None:
    assert IndexStore(index_dir).rollback() == "gen-000001"
    assert served(index_dir) == "gen-000001"


def test_rollback_to_a_newer_generation_goes_forward_again(index_dir: Path) -> None:
    IndexStore(index_dir).rollback()
    assert IndexStore(index_dir).rollback("gen-000002") == "gen-000002"
    assert served(index_dir) == "gen-000002"


def test_rollback_without_an_older_generation_changes_nothing(index_dir: Path) -> None:
    IndexStore(index_dir).rollback()
    with pytest.raises(IndexMissing, match="no older generation"):
        IndexStore(index_dir).rollback()
    assert served(index_dir) == "gen-000001"


def test_rollback_to_an_altered_generation_changes_nothing(index_dir: Path) -> None:
    altered(index_dir / "gen-000001" / "deep" / "er" / "texts.txt")
    with pytest.raises(IndexCorrupt, match=r"gen-000001/deep/er/texts\.txt is altered"):
        IndexStore(index_dir).rollback()
    assert served(index_dir) == "gen-000002"


def test_rollback_mends_a_damaged_pointer(index_dir: Path) -> None:
    (index_dir / "CURRENT").write_bytes(b"")
    assert IndexStore(index_dir).rollback() == "gen-000002"
    assert served(index_dir) == "gen-000002"


def test_a_pointer_that_cannot_be_opened_for_want_of_files_is_not_taken_for_damaged(index_dir: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(StorageFailed, match="mend the cause"):
            read_pointer(index_dir)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_new_generation_mends_a_damaged_pointer(index_dir: Path) -> None:
    (index_dir / "CURRENT").write_bytes(b"\0" * 75)
    assert publish(index_dir) == "gen-000003"
    assert served(index_dir) == "gen-000003"


@pytest.mark.parametrize("move", [lambda store: store.rollback(), lambda store: store.prune(1)])
def test_rollback_and_prune_are_refused_while_a_writer_is_at_work(
    index_dir: Path, move: Callable[[IndexStore], object]
) -> None:
    store = IndexStore(index_dir)
    with store.writer(), pytest.raises(IndexLocked, match=f"process {os.getpid()} on "):
        move(store)
    assert [info.name for info in store.generations() if info.current] == ["gen-000002"]


def test_one_writer_publishes_one_generation_after_another(index_dir: Path) -> None:
    with IndexStore(index_dir).writer() as writer:
        assert [publish_with(writer), publish_with(writer)] == ["gen-000003", "gen-000004"]
    assert served(index_dir) == "gen-000004"


def test_a_file_that_changes_while_it_is_published_is_refused(index_dir: Path) -> None:
    class StillWriting(LocalDisk):
        def sync_file(self, path: Path) -> None:
            super().sync_file(path)
            if path.name == "MANIFEST.json":
                altered(path.with_name("dense.faiss"))

    with IndexStore(index_dir, StillWriting()).writer() as writer:
        staging = writer.begin()
        fill(staging)
        with pytest.raises(IndexCorrupt, match=r"gen-000003/dense\.faiss is altered"):
            writer.publish(staging, PROVENANCE, created=CREATED, self_check=lambda _: None)
    assert served(index_dir) == "gen-000002"


def test_a_number_is_never_given_twice(index_dir: Path) -> None:
    shutil.rmtree(index_dir / "gen-000002")
    assert publish(index_dir) == "gen-000003"
    (index_dir / "gen-000007.tmp").mkdir()
    assert publish(index_dir) == "gen-000008"


def test_publishing_keeps_the_newest_three(index_dir: Path) -> None:
    for _ in range(3):
        publish(index_dir)
    assert [info.name for info in IndexStore(index_dir).generations()] == [
        "gen-000005",
        "gen-000004",
        "gen-000003",
    ]


def test_prune_never_removes_what_is_served(index_dir: Path) -> None:
    publish(index_dir)
    IndexStore(index_dir).rollback("gen-000001")
    assert IndexStore(index_dir).prune(1) == ["gen-000002"]
    assert served(index_dir) == "gen-000001"
    assert [info.name for info in IndexStore(index_dir).generations()] == ["gen-000003", "gen-000001"]


def test_prune_removes_what_was_abandoned_and_leaves_what_is_not_ours(index_dir: Path) -> None:
    (index_dir / "gen-000005.tmp" / "deep").mkdir(parents=True)
    (index_dir / "gen-000005.tmp" / "deep" / "half").write_bytes(b"x")
    (index_dir / "gen-000005.tmp" / "out").symlink_to(index_dir / "encoders")
    (index_dir / "encoders" / "int8").mkdir(parents=True)
    (index_dir / "encoders" / "int8" / "model.bin").write_bytes(b"model")
    (index_dir / "embeddings.partial").write_bytes(b"vectors")
    assert IndexStore(index_dir).prune(3) == ["gen-000005.tmp"]
    assert (index_dir / "encoders" / "int8" / "model.bin").read_bytes() == b"model"
    assert (index_dir / "embeddings.partial").read_bytes() == b"vectors"


def test_prune_with_a_damaged_pointer_removes_nothing(index_dir: Path) -> None:
    (index_dir / "CURRENT").write_bytes(b"gen-000001")
    with pytest.raises(IndexCorrupt, match="CURRENT is altered"):
        IndexStore(index_dir).prune(1)
    assert len(IndexStore(index_dir).generations()) == 2


def test_at_least_one_generation_is_kept(index_dir: Path) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        IndexStore(index_dir).prune(0)


def test_a_generation_that_fails_its_own_check_is_never_served(index_dir: Path) -> None:
    def refuse(_: VerifiedGeneration) -> None:
        raise IndexCorrupt("a vector does not find itself")

    with IndexStore(index_dir).writer() as writer:
        staging = writer.begin()
        fill(staging)
        with pytest.raises(IndexCorrupt, match="does not find itself"):
            writer.publish(staging, PROVENANCE, created=CREATED, self_check=refuse)
    assert served(index_dir) == "gen-000002"
    assert sorted(path.name for path in index_dir.glob("gen-*")) == ["gen-000001", "gen-000002"]


def test_the_check_sees_the_sealed_generation_before_anybody_else(index_dir: Path) -> None:
    seen: list[tuple[str, str | None]] = []

    def look(generation: VerifiedGeneration) -> None:
        seen.append((generation.manifest.generation, IndexStore(index_dir).current()))

    with IndexStore(index_dir).writer() as writer:
        staging = writer.begin()
        fill(staging)
        writer.publish(staging, PROVENANCE, created=CREATED, self_check=look)
    assert seen == [("gen-000003", "gen-000002")]


def test_what_is_begun_and_not_published_is_removed(index_dir: Path) -> None:
    def interrupted() -> None:
        with IndexStore(index_dir).writer() as writer:
            fill(writer.begin())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(index_dir.glob("*.tmp")) == []


def test_a_writer_writes_one_generation_at_a_time(index_dir: Path) -> None:
    with IndexStore(index_dir).writer() as writer:
        writer.begin()
        with pytest.raises(ValueError, match="written already"):
            writer.begin()


def test_only_what_was_begun_can_be_published(index_dir: Path) -> None:
    with IndexStore(index_dir).writer() as writer, pytest.raises(ValueError, match="`begin` returned"):
        writer.publish(index_dir / "gen-000001", PROVENANCE, created=CREATED, self_check=lambda _: None)
    assert served(index_dir) == "gen-000002"


def test_an_index_that_may_not_be_written_is_read_and_a_writer_is_told_why(open_folder: Path) -> None:
    index_dir = open_folder / "index"
    publish(index_dir)
    (index_dir / "writer.lock").unlink()
    index_dir.chmod(0o555)
    with unprivileged():
        assert served(index_dir) == "gen-000001"
        with pytest.raises(StorageFailed, match=rf"{index_dir} cannot be written: Permission denied"):
            publish(index_dir)
        with pytest.raises(StorageFailed, match="Permission denied"):
            IndexStore(index_dir).rollback("gen-000001")


def test_a_file_that_may_not_be_read_is_named(open_folder: Path) -> None:
    publish(open_folder / "index")
    (open_folder / "index" / "gen-000001" / "dense.faiss").chmod(0)
    with unprivileged(), pytest.raises(StorageFailed, match=r"gen-000001/dense\.faiss cannot be read"):
        served(open_folder / "index")


def test_generations_are_ordered_by_number_whatever_the_clock_says(tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    for number, year in enumerate((2036, 1970, 2025)):
        with IndexStore(index_dir).writer() as writer:
            staging = writer.begin()
            fill(staging)
            made = datetime(year, 1, 1, tzinfo=UTC)
            name = writer.publish(staging, PROVENANCE, created=made, self_check=check_content)
        os.utime(index_dir / name, (1_000_000 - number, 1_000_000 - number))
    names = [found.name for found in IndexStore(index_dir).generations()]
    assert names == ["gen-000003", "gen-000002", "gen-000001"]
    assert IndexStore(index_dir).rollback() == "gen-000002"
    assert publish(index_dir) == "gen-000004"


def test_what_is_written_does_not_go_where_a_link_leads(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "CURRENT.tmp").symlink_to(victim)
    with pytest.raises(OSError, match="symbolic link"):
        LocalDisk().write(tmp_path / "CURRENT.tmp", b"new")
    assert victim.read_text() == "precious"
