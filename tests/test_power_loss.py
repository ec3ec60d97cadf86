"""Power loss at any moment of a publish, a rollback or a prune leaves one whole generation served, old or new."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

import pytest

from retriever.backup.archive import backup, restore
from retriever.errors import FootnotedError
from retriever.store.pointer import generation_number
from retriever.store.store import IndexStore
from tests.power_loss import DiskModel, Operation, RecordingDisk, Tree, tree_of, write_tree
from tests.small_generations import check_content, publish, served

INDEX = "data/index"
NOTHING = "nothing published"
BROKEN = "broken"


@dataclass(frozen=True)
class Recording:
    """What a scenario did to a disk, what was served before it, and what is served after it."""

    tree: Tree
    log: Sequence[Operation]
    before: str
    after: str


def first_publish(root: Path, disk: RecordingDisk) -> None:
    publish(root / INDEX, disk)


def publish_that_prunes(root: Path, disk: RecordingDisk) -> None:
    publish(root / INDEX, disk, keep=1)


def rollback(root: Path, disk: RecordingDisk) -> None:
    IndexStore(root / INDEX, disk).rollback("gen-000001")


def restore_a_backup(root: Path, disk: RecordingDisk) -> None:
    restore(root / INDEX, root.with_name("backup.tar"), self_check=check_content, disk=disk)


def prune(root: Path, disk: RecordingDisk) -> None:
    IndexStore(root / INDEX, disk).prune(1)


SCENARIOS: dict[str, tuple[int, Callable[[Path, RecordingDisk], None]]] = {
    "first publish": (0, first_publish),
    # One before it: with several, the sync of the first removal would make the pointer durable, by chance.
    "publish that prunes": (1, publish_that_prunes),
    "rollback": (2, rollback),
    "prune": (3, prune),
    "restore": (2, restore_a_backup),
}


@pytest.fixture(scope="module", params=SCENARIOS)
def recording(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    published, act = SCENARIOS[request.param]
    root = tmp_path_factory.mktemp("recorded")
    for _ in range(published):
        publish(root / INDEX)
    if request.param == "restore":  # the generation is in the backup alone
        backup(root / INDEX, root.with_name("backup.tar"))
        IndexStore(root / INDEX).rollback()
        rmtree(root / INDEX / "gen-000002")
    if published:
        left_behind = root / INDEX / "gen-000009.tmp"
        left_behind.mkdir()
        (left_behind / "dense.faiss").write_bytes(b"half")
    tree, before = tree_of(root), _verdict(root)
    disk = RecordingDisk(root)
    act(root, disk)
    return Recording(tree=tree, log=tuple(disk.log), before=before, after=served(root / INDEX))


class Reader:
    """What a reader finds in a tree; each different tree is made real and read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._found: dict[frozenset[tuple[str, bytes | None]], str] = {}

    def found(self, tree: Tree) -> str:
        """The generation served, NOTHING, or BROKEN."""
        key = frozenset(tree.items())
        if key not in self._found:
            root = self._folder / "crashed"
            write_tree(root, tree)
            self._found[key] = _verdict(root)
            rmtree(root)
        return self._found[key]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("reader"))


def _verdict(root: Path) -> str:
    """What is served; BROKEN also when anything bears a generation's name and is not whole."""
    index_dir = root / INDEX
    store = IndexStore(index_dir)
    try:
        name = NOTHING if store.current() is None else served(index_dir)
        for path in index_dir.iterdir() if index_dir.is_dir() else ():
            if generation_number(path.name) is not None:
                check_content(store.open(path.name))
    except (FootnotedError, ValueError):
        return BROKEN
    return name


def violations(recording: Recording, reader: Reader, log: Sequence[Operation]) -> Iterator[str]:
    """Where, after a loss of power, neither the old nor the new generation is served, whole."""
    model = DiskModel(recording.tree)
    for done in range(len(log) + 1):
        allowed = {recording.after} if done == len(log) else {recording.before, recording.after}
        for tree in model.crash_states(seed=done):
            found = reader.found(tree)
            if found not in allowed:
                yield f"after {done} operations ({log[done - 1] if done else 'none'}): {found}"
        if done < len(log):
            model.apply(log[done])


def test_the_log_holds_what_really_happened(recording: Recording, tmp_path: Path) -> None:
    model = DiskModel(recording.tree)
    for operation in recording.log:
        model.apply(operation)
    *_, everything_kept = model.crash_states(seed=0)
    write_tree(tmp_path / "kept", everything_kept)
    assert served(tmp_path / "kept" / INDEX) == recording.after


def test_after_power_loss_at_any_moment_the_old_or_the_new_generation_is_whole(
    recording: Recording, reader: Reader
) -> None:
    assert list(violations(recording, reader, recording.log)) == []


def test_no_sync_can_be_left_out(recording: Recording, reader: Reader) -> None:
    superfluous = []
    for position, operation in enumerate(recording.log):
        if operation.is_sync:
            without = [*recording.log[:position], *recording.log[position + 1 :]]
            if next(violations(recording, reader, without), None) is None:
                superfluous.append(operation)
    assert superfluous == []


def test_the_syncs_are_really_asked_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = RecordingDisk(tmp_path)
    synced: list[int] = []
    monkeypatch.setattr("os.fsync", synced.append)
    publish(tmp_path / INDEX, disk)
    assert len(synced) == sum(operation.is_sync for operation in disk.log)
