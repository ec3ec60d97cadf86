"""Backup and restore: what comes back is what was published, and no archive can do anything else."""

import errno
import fcntl
import gzip
import hashlib
import io
import os
import re
import shutil
import signal
import tarfile
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from footnoted import main
from retriever.backup.archive import backup, restore
from retriever.encoder import Arithmetic
from retriever.encoding.converted_encoder import DESCRIPTION, ConvertedModel
from retriever.encoding.open_encoder import encoder_folder
from retriever.errors import (
    EncoderUnavailable,
    IndexCorrupt,
    IndexLocked,
    IndexMissing,
    IndexRefused,
    StorageFailed,
)
from retriever.index import Index
from retriever.store.durable import FAILPOINT_VARIABLE, FAILPOINTS
from retriever.store.generation import VerifiedGeneration
from retriever.store.manifest import FileEntry
from retriever.store.store import IndexStore
from tests.collections_on_disk import run_ingest, write_collection
from tests.small_generations import CREATED, PROVENANCE, check_content, fill, publish, served
from tests.waiting import PATIENCE_S

ESCAPED = "/var/tmp/footnoted-escaped"  # noqa: S108 - where a hostile archive wants to write
Member = tuple[tarfile.TarInfo, bytes]


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    """Three generations; the third is served."""
    for _ in range(3):
        publish(tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def archive(tmp_path: Path, index_dir: Path) -> Path:
    """A backup of the second generation."""
    backup(index_dir, tmp_path / "backup.tar", generation="gen-000002")
    return tmp_path / "backup.tar"


def members_of(archive: Path) -> list[Member]:
    with tarfile.open(archive) as opened:
        found = [(member, opened.extractfile(member)) for member in opened.getmembers()]
        return [(member, stream.read() if stream else b"") for member, stream in found]


def write_members(archive: Path, members: list[Member]) -> None:
    with tarfile.open(archive, "w", format=tarfile.PAX_FORMAT) as opened:
        for member, content in members:
            opened.addfile(member, io.BytesIO(content))


def bring_back(index_dir: Path, archive: Path) -> str:
    return restore(index_dir, archive, self_check=check_content)


def everything_below(path: Path) -> dict[str, bytes | None]:
    return {str(one): one.read_bytes() if one.is_file() else None for one in sorted(path.rglob("*"))}


def test_a_backup_restored_elsewhere_serves_the_same(tmp_path: Path, archive: Path) -> None:
    assert bring_back(tmp_path / "new" / "index", archive) == "gen-000002"
    assert served(tmp_path / "new" / "index") == "gen-000002"
    copied = everything_below(tmp_path / "new" / "index" / "gen-000002").values()
    assert list(copied) == list(everything_below(tmp_path / "index" / "gen-000002").values())


def test_restoring_what_is_there_moves_the_pointer_alone(index_dir: Path, archive: Path) -> None:
    assert bring_back(index_dir, archive) == served(index_dir) == "gen-000002"
    assert publish(index_dir) == "gen-000004"


def test_a_generation_that_was_removed_comes_back(index_dir: Path, archive: Path) -> None:
    shutil.rmtree(index_dir / "gen-000002")
    assert bring_back(index_dir, archive) == served(index_dir)


def test_a_damaged_generation_is_replaced(index_dir: Path, archive: Path) -> None:
    (index_dir / "gen-000002" / "dense.faiss").write_bytes(b"damaged")
    assert bring_back(index_dir, archive) == served(index_dir)
    assert list(index_dir.glob("*.tmp")) == []


def test_a_sound_generation_of_the_same_name_is_never_overwritten(tmp_path: Path, archive: Path) -> None:
    root = write_collection(tmp_path / "pages")
    run_ingest(root, tmp_path / "other")
    run_ingest(write_collection(root, {"new.md": "# New\n\nNew text.\n"}), tmp_path / "other")
    before = everything_below(tmp_path / "other")
    with pytest.raises(IndexCorrupt, match="has another gen-000002 than the backup, and it is sound"):
        bring_back(tmp_path / "other", archive)
    assert everything_below(tmp_path / "other") == before


def test_two_backups_of_one_generation_are_the_same_file(tmp_path: Path, index_dir: Path) -> None:
    for name in ("one", "two"):
        backup(index_dir, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_backup_never_replaces_a_file(index_dir: Path, archive: Path) -> None:
    before = archive.read_bytes()
    with pytest.raises(StorageFailed, match="exists; choose another name"):
        backup(index_dir, archive)
    assert archive.read_bytes() == before


def test_what_a_killed_backup_left_is_in_the_way_of_no_other(tmp_path: Path, index_dir: Path) -> None:
    (tmp_path / "nightly.tar.partial").write_bytes(b"cut off" * 10_000)

    backup(index_dir, tmp_path / "nightly.tar")
    backup(index_dir, tmp_path / "undisturbed.tar")

    assert (tmp_path / "nightly.tar").read_bytes() == (tmp_path / "undisturbed.tar").read_bytes()
    assert not (tmp_path / "nightly.tar.partial").exists()


def test_two_backups_never_write_one_file(tmp_path: Path, index_dir: Path) -> None:
    partial = tmp_path / "nightly.tar.partial"
    with partial.open("ab") as held:
        fcntl.flock(held.fileno(), fcntl.LOCK_EX)
        held.write(b"half of an archive")
        held.flush()

        with pytest.raises(StorageFailed, match="another process is writing"):
            backup(index_dir, tmp_path / "nightly.tar")

    assert partial.read_bytes() == b"half of an archive"


def test_a_damaged_generation_makes_no_backup(tmp_path: Path, index_dir: Path) -> None:
    (index_dir / "gen-000003" / "dense.faiss").write_bytes(b"x" * len(b"damaged"))
    with pytest.raises(IndexCorrupt, match=r"dense\.faiss"):
        backup(index_dir, tmp_path / "bad.tar")
    assert list(tmp_path.glob("bad.tar*")) == []


def test_where_nothing_is_published_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(IndexMissing):
        backup(tmp_path / "empty", tmp_path / "x.tar")


def test_a_restore_waits_for_no_writer(index_dir: Path, archive: Path) -> None:
    with IndexStore(index_dir).writer(), pytest.raises(IndexLocked):
        bring_back(index_dir, archive)


def test_a_generation_that_does_not_open_is_not_served(tmp_path: Path, archive: Path) -> None:
    def refuse(_: VerifiedGeneration) -> None:
        raise IndexCorrupt("it does not open")

    with pytest.raises(IndexCorrupt, match="does not open"):
        restore(tmp_path / "new", archive, self_check=refuse)
    assert IndexStore(tmp_path / "new").current() is None
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["writer.lock"]


@pytest.fixture
def converted(tmp_path: Path) -> Path:
    """An index of one generation that a converted model built; gives the model's folder."""
    weights = b"weights" * 100
    digest = hashlib.sha256(weights).hexdigest()
    described = ConvertedModel(
        model="small", model_sha256="e" * 64, arithmetic=Arithmetic.OPENVINO_INT8, dimension=8, max_tokens=64,
        query_prompt="", passage_prompt="", made_with={}, files={"model.bin": FileEntry(len(weights), digest)},
    )  # fmt: skip
    raw = msgspec.json.encode(described)
    artifact = hashlib.sha256(raw).hexdigest()
    folder = encoder_folder(tmp_path / "with-model", artifact)
    folder.mkdir(parents=True)
    (folder / DESCRIPTION).write_bytes(raw)
    (folder / "model.bin").write_bytes(weights)
    encoder = replace(PROVENANCE.encoder, arithmetic=Arithmetic.OPENVINO_INT8, artifact_sha256=artifact)
    with IndexStore(tmp_path / "with-model").writer() as writer:
        staging = writer.begin()
        fill(staging)
        writer.publish(staging, replace(PROVENANCE, encoder=encoder), created=CREATED, self_check=check_content)
    return folder


def test_a_backup_brings_the_converted_model_along(tmp_path: Path, converted: Path) -> None:
    backup(tmp_path / "with-model", tmp_path / "b.tar")
    bring_back(tmp_path / "new", tmp_path / "b.tar")
    came = tmp_path / "new" / "encoders" / converted.name
    assert {one.name: one.read_bytes() for one in came.iterdir()} == {
        one.name: one.read_bytes() for one in converted.iterdir()
    }
    assert [one.name for one in came.parent.iterdir()] == [converted.name]


def test_a_damaged_model_is_replaced_by_that_of_the_backup(tmp_path: Path, converted: Path) -> None:
    backup(tmp_path / "with-model", tmp_path / "b.tar")
    weights = (converted / "model.bin").read_bytes()
    (converted / "model.bin").write_bytes(b"damaged")
    bring_back(tmp_path / "with-model", tmp_path / "b.tar")
    assert (converted / "model.bin").read_bytes() == weights


def test_without_its_model_a_generation_makes_no_backup(tmp_path: Path, converted: Path) -> None:
    shutil.rmtree(converted)
    with pytest.raises(EncoderUnavailable):
        backup(tmp_path / "with-model", tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()


@pytest.mark.usefixtures("converted")
@pytest.mark.parametrize("member", [-1, -2])
@pytest.mark.parametrize("lost", [True, False])
def test_a_backup_without_its_whole_model_is_refused_and_nothing_is_written(
    tmp_path: Path, member: int, lost: bool
) -> None:
    backup(tmp_path / "with-model", tmp_path / "b.tar")
    members = members_of(tmp_path / "b.tar")
    assert members[member][0].name.startswith("gen-000001/encoder/")
    entry, content = members.pop(member)
    if not lost:
        members.append((entry, bytes([content[0] ^ 1]) + content[1:]))
    write_members(tmp_path / "b.tar", members)
    with pytest.raises(IndexCorrupt, match="not a whole backup: the converted encoder"):
        bring_back(tmp_path / "new", tmp_path / "b.tar")
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("converted")
@pytest.mark.parametrize("name", ["more.bin", "encoder.json"])
def test_a_file_that_is_larger_than_any_memory_is_refused_before_it_is_read(tmp_path: Path, name: str) -> None:
    backup(tmp_path / "with-model", tmp_path / "b.tar")
    members = [one for one in members_of(tmp_path / "b.tar") if not one[0].name.endswith(f"/{name}")]
    write_members(tmp_path / "b.tar", members)
    huge = tarfile.TarInfo(f"gen-000001/encoder/{name}")
    huge.size = 1 << 40
    with (tmp_path / "b.tar").open("r+b") as archive:
        archive.seek(sum(512 + -(-len(content) // 512) * 512 for _, content in members))
        archive.write(huge.tobuf(tarfile.GNU_FORMAT))
        archive.truncate(archive.tell() + huge.size + 1024)
    with pytest.raises(IndexCorrupt, match="not a whole backup: the converted encoder"):
        bring_back(tmp_path / "new", tmp_path / "b.tar")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("what", ["link", "pipe"])
def test_a_backup_is_not_led_elsewhere_by_what_has_its_unfinished_name(
    tmp_path: Path, index_dir: Path, what: str
) -> None:
    victim, partial = tmp_path / "victim", tmp_path / "b.tar.partial"
    victim.write_text("precious")
    partial.symlink_to(victim) if what == "link" else os.mkfifo(partial)
    with pytest.raises(StorageFailed, match="no backup was written"):
        backup(index_dir, tmp_path / "b.tar")
    assert victim.read_text() == "precious"
    assert not (tmp_path / "b.tar").exists()


def test_a_backup_that_cannot_be_written_is_to_be_put_elsewhere_not_the_index(
    tmp_path: Path, index_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(StorageFailed, match="or choose another place for the backup"):
        backup(index_dir, tmp_path / "b.tar")


def add(
    name: str, kind: bytes = tarfile.REGTYPE, *, link: str = "", size: int = 0
) -> Callable[[list[Member]], None]:
    def change(members: list[Member]) -> None:
        member = tarfile.TarInfo(name)
        member.type, member.linkname, member.size = kind, link, size
        members.append((member, b"x" * size))

    return change


def lose_a_file(members: list[Member]) -> None:
    del members[-1]


def name_a_file_twice(members: list[Member]) -> None:
    members.append(members[-1])


def change_a_byte(members: list[Member]) -> None:
    member, content = members[-1]
    members[-1] = (member, bytes([content[0] ^ 1]) + content[1:])


def change_the_manifest(members: list[Member]) -> None:
    member, content = members[0]
    members[0] = (member, content.replace(b'"documents":2', b'"documents":3'))


def put_the_manifest_last(members: list[Member]) -> None:
    members.append(members.pop(0))


def swap_two_contents(members: list[Member]) -> None:
    (one, a), (two, b) = members[-2:]
    one.size, two.size = len(b), len(a)
    members[-2:] = [(one, b), (two, a)]


def rename_the_generation(members: list[Member]) -> None:
    for member, _ in members:
        member.name = member.name.replace("gen-000002", "gen-000009")


def make_a_file_a_link(members: list[Member]) -> None:
    member, _ = members[-1]
    member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0
    members[-1] = (member, b"")


HOSTILE: dict[str, Callable[[list[Member]], None]] = {
    "a path upwards": add("gen-000002/../../escaped", size=3),
    "a path upwards at once": add("../escaped", size=3),
    "an absolute path": add(ESCAPED, size=3),
    "a backslash path": add("gen-000002/..\\..\\escaped", size=3),
    "a dot": add("gen-000002/./x", size=3),
    "a symbolic link": add("gen-000002/link", tarfile.SYMTYPE, link="/etc/passwd"),
    "a link in place of a file": make_a_file_a_link,
    "a hard link": add("gen-000002/link", tarfile.LNKTYPE, link="gen-000002/dense.faiss"),
    "a character device": add("gen-000002/device", tarfile.CHRTYPE),
    "a block device": add("gen-000002/device", tarfile.BLKTYPE),
    "a pipe": add("gen-000002/pipe", tarfile.FIFOTYPE),
    "a folder": add("gen-000002/folder", tarfile.DIRTYPE),
    "a contiguous file": add("gen-000002/file", tarfile.CONTTYPE),
    "another generation": add("gen-000003/dense.faiss", size=3),
    "the pointer": add("CURRENT", size=3),
    "a model of no generation here": add("gen-000002/encoder/model.bin", size=3),
    "an extra file": add("gen-000002/extra", size=3),
    "a file twice": name_a_file_twice,
    "a missing file": lose_a_file,
    "a changed byte": change_a_byte,
    "a changed manifest": change_the_manifest,
    "the manifest last": put_the_manifest_last,
    "two files swapped": swap_two_contents,
    "another name": rename_the_generation,
    "nothing": list.clear,
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_archive_is_refused_and_nothing_is_written(tmp_path: Path, archive: Path, what: str) -> None:
    members = members_of(archive)
    HOSTILE[what](members)
    write_members(archive, members)
    index_dir = tmp_path / "place" / "index"
    publish(index_dir)
    before = everything_below(tmp_path)
    with pytest.raises(IndexRefused):
        bring_back(index_dir, archive)
    assert everything_below(tmp_path) == before
    assert not Path(ESCAPED).exists()


def test_a_sparse_file_that_declares_more_than_there_is_is_refused(tmp_path: Path, archive: Path) -> None:
    members = members_of(archive)
    member, _ = members[-1]
    member.pax_headers = {
        "GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": member.name,
        "GNU.sparse.realsize": str(1 << 40),
    }  # fmt: skip
    members[-1] = (member, members[-1][1])
    write_members(archive, members)
    with pytest.raises(IndexRefused):
        bring_back(tmp_path / "new", archive)


def test_a_compressed_archive_is_refused_before_it_is_unpacked(tmp_path: Path, archive: Path) -> None:
    archive.write_bytes(gzip.compress(bytes(50_000_000)))
    with pytest.raises(IndexCorrupt, match="is not a backup"):
        bring_back(tmp_path / "new", archive)


def test_every_cut_and_every_flipped_bit_is_refused_or_without_meaning(tmp_path: Path, archive: Path) -> None:
    content = archive.read_bytes()
    good = {path.name for path in (tmp_path / "index").iterdir()}
    for place in range(0, len(content), 211):
        for changed in (
            content[:place],
            content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :],
        ):
            archive.write_bytes(changed)
            shutil.rmtree(tmp_path / "new", ignore_errors=True)
            try:
                bring_back(tmp_path / "new", archive)
            except IndexRefused:
                assert IndexStore(tmp_path / "new").current() is None if (tmp_path / "new").exists() else True
            else:
                assert served(tmp_path / "new") == "gen-000002"
    assert {path.name for path in (tmp_path / "index").iterdir()} == good


def test_a_file_that_is_not_there_or_no_archive_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="cannot be read: No such file"):
        bring_back(tmp_path / "new", tmp_path / "absent.tar")
    (tmp_path / "text.tar").write_text("no archive")
    with pytest.raises(IndexCorrupt, match="is not a backup"):
        bring_back(tmp_path / "new", tmp_path / "text.tar")


def restore_at_failpoint(index_dir: Path, archive: Path, failpoint: str) -> None:
    os.environ[FAILPOINT_VARIABLE] = failpoint
    bring_back(index_dir, archive)


@pytest.mark.parametrize("name", sorted(name for name in FAILPOINTS if name.startswith("restore.")))
def test_a_kill_at_every_failpoint_of_a_restore_leaves_the_old_or_the_new(
    tmp_path: Path, archive: Path, name: str
) -> None:
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.small_generations"])
    codes = []
    for passes in (1, 3, 99):
        index_dir = tmp_path / f"new{passes}"
        publish(index_dir)
        process = context.Process(target=restore_at_failpoint, args=(index_dir, archive, f"{name}:{passes}:kill"))
        process.start()
        process.join(PATIENCE_S)
        codes.append(process.exitcode)
        assert served(index_dir) in {"gen-000001", "gen-000002"}
        assert bring_back(index_dir, archive) == served(index_dir)
        assert list(index_dir.glob("*.tmp")) == []
    assert codes[0] == -signal.SIGKILL
    assert codes[-1] == 0


@pytest.mark.parametrize("name", ["restore.write", "restore.sync", "restore.rename"])
def test_a_full_disk_during_a_restore_says_how_much_is_needed_and_leaves_no_rest(
    tmp_path: Path, archive: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path / "new")
    monkeypatch.setenv(FAILPOINT_VARIABLE, f"{name}:1:enospc")
    with pytest.raises(StorageFailed, match=r"No space left on device \([\d,]+ bytes free\)") as told:
        bring_back(tmp_path / "new", archive)
    assert name == "restore.rename" or re.search(r"the backup needs \d+ bytes", str(told.value))
    assert served(tmp_path / "new") == "gen-000001"
    assert [path.name for path in (tmp_path / "new").glob("gen-*")] == ["gen-000001"]


def test_the_commands_bring_a_real_index_back(tmp_path: Path) -> None:
    run_ingest(write_collection(tmp_path / "pages"), tmp_path / "index")
    archive, new = tmp_path / "b.tar", tmp_path / "new"
    made = CliRunner().invoke(main, ["index", "backup", str(archive), "--index", str(tmp_path / "index")])
    assert made.exit_code == 0, made.output
    assert made.output == f"gen-000001 is in {archive} ({archive.stat().st_size:,} bytes).\n"
    again = CliRunner().invoke(main, ["index", "restore", str(archive), "--index", str(new), "--json"])
    assert again.exit_code == 0, again.output
    assert Index.open(new).fingerprint == Index.open(tmp_path / "index").fingerprint
    archive.write_bytes(archive.read_bytes()[:-9_000])
    refused = CliRunner().invoke(main, ["index", "restore", str(archive), "--index", str(tmp_path / "x")])
    assert refused.exit_code == 3
    assert "is not a backup" in refused.output
