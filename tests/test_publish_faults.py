"""A killed, failing or concurrent writer: what was published stays served, and the next writer just works."""

import ast
import errno
import os
import re
import shutil
import signal
import stat
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from types import SimpleNamespace

import pytest

from retriever.errors import IndexCorrupt, IndexLocked, StorageFailed
from retriever.store import durable
from retriever.store.durable import FAILPOINT_VARIABLE, FAILPOINTS, LocalDisk, make_folders, storage_failures
from retriever.store.store import IndexStore, VerifiedGeneration
from tests.failing_writes import small_files_only, used_up_quota
from tests.fault_rounds import compete
from tests.forked import ended, fresh_processes
from tests.small_generations import check_content, publish, publish_at_failpoint, publish_forever, served

OF_PUBLISHING = sorted(name for name in FAILPOINTS if not name.startswith("restore."))


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts fresh processes quickly: each is forked off one that has imported the store and done nothing."""
    return fresh_processes()


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    """One published generation, what a killed writer left behind, and files of other modules."""
    index_dir = tmp_path / "index"
    publish(index_dir)
    (index_dir / "gen-000007.tmp" / "deep").mkdir(parents=True)
    (index_dir / "gen-000007.tmp" / "deep" / "half").write_bytes(b"half")
    (index_dir / "embeddings.partial").write_bytes(b"not ours")
    return index_dir


def assert_sound(index_dir: Path, allowed: set[str]) -> None:
    """One of the allowed generations is served, whole; publishing works without any help and leaves no rest."""
    found = served(index_dir)
    assert found in allowed
    assert len(list(index_dir.glob("*.tmp"))) <= 2, "more than one abandoned folder and one pointer"
    new = publish(index_dir)
    assert served(index_dir) == new
    assert new > found
    assert list(index_dir.glob("*.tmp")) == []
    assert (
        not (index_dir / "embeddings.partial").exists()
        or (index_dir / "embeddings.partial").read_bytes() == b"not ours"
    )


@pytest.mark.parametrize("name", OF_PUBLISHING)
def test_a_kill_at_every_failpoint_leaves_the_old_or_the_new(
    processes: ForkServerContext, tmp_path: Path, name: str
) -> None:
    codes = []
    for passes in range(1, 30):
        index_dir = tmp_path / str(passes)
        publish(index_dir)
        (index_dir / "gen-000007.tmp").mkdir()
        process = processes.Process(target=publish_at_failpoint, args=(index_dir, f"{name}:{passes}:kill"))
        process.start()
        codes.append(ended(process))
        assert_sound(index_dir, {"gen-000001", "gen-000008"})
        if codes[-1] == 0:
            break
    assert codes == [-signal.SIGKILL] * (len(codes) - 1) + [0]
    assert len(codes) > 1, "the publish path never passes this point"


@pytest.mark.parametrize("action", ["eio", "enospc", "edquot"])
@pytest.mark.parametrize("name", OF_PUBLISHING)
def test_a_failing_disk_at_every_failpoint_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, action: str
) -> None:
    failures = 0
    for passes in range(1, 30):
        index_dir = tmp_path / str(passes)
        publish(index_dir)
        (index_dir / "gen-000007.tmp").mkdir()
        monkeypatch.setenv(FAILPOINT_VARIABLE, f"{name}:{passes}:{action}")
        try:
            publish(index_dir, keep=1)
        except StorageFailed as error:
            failures += 1
            told = str(error)
        else:
            break
        finally:
            monkeypatch.delenv(FAILPOINT_VARIABLE)
        assert told.startswith(f"{index_dir} cannot be written: ")
        assert "\n" not in told
        now = served(index_dir)
        # Once the pointer has moved, the message says so instead of promising that nothing changed.
        assert ("what was published before is untouched" in told) == (now == "gen-000001")
        assert now == "gen-000001" or now in told
        assert_sound(index_dir, {"gen-000001", "gen-000008"})
    assert failures == passes - 1 >= 1


def test_nothing_of_a_failed_publish_is_left(index_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("publish.sync_file", "publish.sync_folder", "publish.sync_rename", "pointer.replace"):
        monkeypatch.setenv(FAILPOINT_VARIABLE, f"{name}:1:enospc")
        with pytest.raises(StorageFailed, match=r"No space left on device \([\d,]+ bytes free\)"):
            publish(index_dir)
        assert [path.name for path in index_dir.glob("gen-*")] == ["gen-000001"]


class DiskThatFails(LocalDisk):
    """A disk whose n-th write, rename or sync fails, and all that follow: an error does not go away by itself."""

    def __init__(self, code: int, after: int) -> None:
        self._code = code
        self._left = after

    def _spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise OSError(self._code, os.strerror(self._code))

    def make_folder(self, path: Path) -> None:
        self._spend()
        super().make_folder(path)

    def write(self, path: Path, content: bytes) -> None:
        if self._left == 0:
            super().write(path, content[: len(content) // 2])
        self._spend()
        super().write(path, content)

    def sync_file(self, path: Path) -> None:
        self._spend()
        super().sync_file(path)

    def sync_folder(self, path: Path) -> None:
        self._spend()
        super().sync_folder(path)

    def rename(self, source: Path, target: Path) -> None:
        self._spend()
        super().rename(source, target)

    def replace(self, source: Path, target: Path) -> None:
        self._spend()
        super().replace(source, target)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.EROFS])
def test_a_disk_that_fails_for_good_at_any_operation_serves_one_whole_generation(
    tmp_path: Path, code: int
) -> None:
    for after in range(60):
        index_dir = tmp_path / str(after)
        publish(index_dir)
        disk = DiskThatFails(code, after)
        try:
            # The files of the generation are written by the index, which reports its own failures the same way.
            with storage_failures(index_dir):
                publish(index_dir, disk, keep=1)
        except StorageFailed as error:
            told = str(error)
        else:
            assert after > 10
            return
        assert told.startswith(f"{index_dir} cannot be written: {os.strerror(code)}")
        assert_sound(index_dir, {"gen-000001", "gen-000002"})
    pytest.fail("the publish never completed")


@pytest.mark.parametrize("code", [errno.EINVAL, errno.EBADF])
def test_a_file_system_that_syncs_no_folders_is_published_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    sync = os.fsync

    def files_alone(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(code, os.strerror(code))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", files_alone)
    publish(tmp_path)
    assert_sound(tmp_path, {"gen-000001"})


def test_a_folder_that_the_disk_fails_to_sync_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        LocalDisk().sync_folder(tmp_path)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (errno.ENOLCK, "the file server gives no locks: let it, or choose another place with --index"),
        (errno.ESTALE, "mount it anew, or choose another place with --index"),
        (errno.ENAMETOOLONG, "the path is too long: choose another place with --index"),
    ],
)
def test_a_file_server_that_refuses_is_told_with_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, advice: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(StorageFailed, match=re.escape(advice)):
        publish(tmp_path)


def test_where_no_further_file_has_room_that_is_said_and_not_only_the_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(files: int, left: int) -> str:
        monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_files=files, f_favail=left))
        with pytest.raises(StorageFailed) as caught, storage_failures(tmp_path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return str(caught.value)

    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5_000_000))
    assert "(5,000,000 bytes free, room for 3 more files)" in told(1_000, 3)
    assert "(5,000,000 bytes free)" in told(1_000_000, 999_999)
    assert "(5,000,000 bytes free)" in told(0, 0)


@pytest.mark.parametrize("refused", [used_up_quota, small_files_only])
def test_an_ingest_that_may_not_write_says_why_and_serves_one_whole_generation(
    processes: ForkServerContext, tmp_path: Path, refused: Callable[[Path, Callable[[list[str]], None]], None]
) -> None:
    reports = processes.SimpleQueue()
    process = processes.Process(target=refused, args=(tmp_path, reports.put))
    process.start()
    assert ended(process) == 0
    assert reports.get() == []


def test_the_failpoints_are_those_of_the_source() -> None:
    called = set()
    for path in Path(durable.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "failpoint":
                (argument,) = node.args
                called.add(ast.literal_eval(argument))
    assert called == FAILPOINTS


def test_only_one_module_syncs_renames_and_replaces() -> None:
    elsewhere = []
    for path in Path(durable.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and (node.value.id, node.attr) in {("os", "fsync"), ("os", "rename"), ("os", "replace")}
                and path.name != "durable.py"
            ):
                elsewhere.append(path.name)
    assert elsewhere == []


@pytest.mark.parametrize(
    "text", ["publish.rename", "no.such.point:1:kill", "publish.rename:x:kill", "pointer.sync:1:nap"]
)
def test_a_failpoint_that_cannot_be_read_stops_the_program(
    index_dir: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv(FAILPOINT_VARIABLE, text)
    with pytest.raises(ValueError, match=FAILPOINT_VARIABLE):
        publish(index_dir)


@pytest.fixture
def writer_at_work(processes: ForkServerContext, index_dir: Path) -> Iterator[ForkServerProcess]:
    """A process that holds the writer's lock."""
    start, finish, reports = processes.Barrier(1), processes.Barrier(2), processes.SimpleQueue()
    process = processes.Process(target=compete, args=(index_dir, start.wait, finish.wait, reports.put))
    process.start()
    reports.get()
    yield process
    process.kill()
    process.join()
    process.close()


def test_the_lock_of_a_killed_writer_needs_no_removal(index_dir: Path, writer_at_work: ForkServerProcess) -> None:
    with pytest.raises(IndexLocked, match=f"process {writer_at_work.pid} on "):
        publish(index_dir)
    writer_at_work.kill()
    writer_at_work.join()
    assert publish(index_dir) == "gen-000008"


def test_readers_need_no_lock(index_dir: Path, writer_at_work: ForkServerProcess) -> None:
    assert writer_at_work.is_alive()
    assert served(index_dir) == "gen-000001"


def test_a_reader_beside_a_busy_writer_always_finds_a_whole_generation(
    processes: ForkServerContext, index_dir: Path
) -> None:
    process = processes.Process(target=publish_forever, args=(index_dir, 2))
    process.start()
    numbers: list[int] = []
    while len(numbers) < 500 or numbers[-1] == numbers[0]:  # a busy machine may publish late
        assert process.is_alive()
        numbers.append(int(served(index_dir).removeprefix("gen-")))
    process.kill()
    assert ended(process) == -signal.SIGKILL
    assert numbers == sorted(numbers)


def test_opening_beside_a_writer_that_keeps_only_the_newest_always_succeeds(
    processes: ForkServerContext, index_dir: Path
) -> None:
    process = processes.Process(target=publish_forever, args=(index_dir, 1))
    process.start()
    opened, names = 0, set[str]()
    while opened < 2_000 or len(names) <= 10:  # a busy machine may publish late
        assert process.is_alive()
        names.add(IndexStore(index_dir).open().manifest.generation)
        opened += 1
    process.kill()
    assert ended(process) == -signal.SIGKILL


def test_what_is_replaced_and_removed_while_it_is_read_is_read_of_the_newer_one(index_dir: Path) -> None:
    seen = []

    def slowly(opened: VerifiedGeneration) -> str:
        seen.append(opened.manifest.generation)
        if len(seen) < 3:
            publish(index_dir, keep=1)
        check_content(opened)
        return opened.manifest.generation

    assert IndexStore(index_dir).read(slowly) == "gen-000009"
    assert seen == ["gen-000001", "gen-000008", "gen-000009"]


def test_what_is_altered_in_the_current_generation_is_refused(index_dir: Path) -> None:
    altered = index_dir / "gen-000001" / "passages.jsonl"
    altered.write_bytes(altered.read_bytes()[::-1])
    with pytest.raises(IndexCorrupt, match=r"passages\.jsonl is altered"):
        IndexStore(index_dir).read(check_content)


def test_a_folder_made_by_another_process_at_the_same_moment_is_taken(tmp_path: Path) -> None:
    class Overtaken(LocalDisk):
        def make_folder(self, path: Path) -> None:
            super().make_folder(path)
            super().make_folder(path)

    make_folders(Overtaken(), tmp_path / "data" / "index")
    assert (tmp_path / "data" / "index").is_dir()


def test_a_rename_never_replaces(tmp_path: Path) -> None:
    for name in ("gen-000001.tmp", "gen-000001"):
        (tmp_path / name).mkdir()
    with pytest.raises(FileExistsError):
        LocalDisk().rename(tmp_path / "gen-000001.tmp", tmp_path / "gen-000001")
