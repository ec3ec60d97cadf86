"""A model of power loss: what may stand on a disk after a crash, given the operations before it.

A file system promises only this. The bytes of a file are durable once the file was synced, an entry of a folder
(a name made, renamed or removed) once the folder was synced. Of everything later, any part may survive and any
part may be lost, in any order: a file may keep its old bytes, hold half of the new ones, or zeros; each change
of a folder's entries may have happened or not. A rename within one folder happens wholly or not at all.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Literal

from retriever.store.durable import LocalDisk

Tree = Mapping[str, "bytes | None"]
"""Paths below the root; None is a folder."""

ALL_COMBINATIONS = 256
"""Up to so many crash states of one moment are all tried; above, every extreme one and as many random ones."""

Kind = Literal["make_folder", "write", "sync_file", "sync_folder", "rename", "replace", "remove"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One file operation; paths are below the root of the recording."""

    kind: Kind
    path: str
    target: str = ""
    content: bytes = b""

    @property
    def is_sync(self) -> bool:
        """Whether its loss is what a mutation tries."""
        return self.kind in ("sync_file", "sync_folder")


class RecordingDisk(LocalDisk):
    """A disk that does everything really, and keeps the log of it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.log: list[Operation] = []

    def _note(self, kind: Kind, path: Path, target: Path | None = None, content: bytes = b"") -> None:
        below = "" if target is None else self._below(target)
        self.log.append(Operation(kind=kind, path=self._below(path), target=below, content=content))

    def _below(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def make_folder(self, path: Path) -> None:
        super().make_folder(path)
        self._note("make_folder", path)

    def write(self, path: Path, content: bytes) -> None:
        super().write(path, content)
        self._note("write", path, content=content)

    def sync_file(self, path: Path) -> None:
        super().sync_file(path)
        self._note("sync_file", path)

    def sync_folder(self, path: Path) -> None:
        super().sync_folder(path)
        self._note("sync_folder", path)

    def rename(self, source: Path, target: Path) -> None:
        super().rename(source, target)
        self._note("rename", source, target)

    def replace(self, source: Path, target: Path) -> None:
        super().replace(source, target)
        self._note("replace", source, target)

    def remove_file(self, path: Path) -> None:
        super().remove_file(path)
        self._note("remove", path)

    def remove_folder(self, path: Path) -> None:
        super().remove_folder(path)
        self._note("remove", path)


@dataclass(slots=True, eq=False)
class File:
    """What is on the disk for certain, and what a process sees."""

    durable: bytes
    seen: bytes

    def survivals(self) -> list[bytes]:
        """The bytes that may be found after a crash."""
        if self.durable == self.seen:
            return [self.seen]
        candidates = [self.durable, self.seen[: len(self.seen) // 2], bytes(len(self.seen)), self.seen]
        return list(dict.fromkeys(candidates))


Entries = dict[str, "File | Folder | None"]
"""The changes of names that belong together; None is a name removed."""


@dataclass(slots=True, eq=False)
class Folder:
    """Its entries on the disk for certain, and the changes since the last sync."""

    durable: Entries = field(default_factory=dict)
    changes: list[Entries] = field(default_factory=list)

    def seen(self, survived: Sequence[bool] | None = None) -> dict[str, "File | Folder"]:
        """The entries when these changes survived; all of them when it is not said."""
        entries = dict(self.durable)
        for position, change in enumerate(self.changes):
            if survived is None or survived[position]:
                entries.update(change)
        return {name: node for name, node in entries.items() if node is not None}


class DiskModel:
    """A file system in memory that knows what is durable."""

    def __init__(self, tree: Tree) -> None:
        self._root = Folder()
        for path, content in sorted(tree.items()):
            folder, name = self._parent(path)
            folder.durable[name] = Folder() if content is None else File(durable=content, seen=content)

    def apply(self, operation: Operation) -> None:
        """Does one operation. Raises KeyError or TypeError when the log is not one that a disk could give."""
        folder, name = self._parent(operation.path)
        if operation.kind == "make_folder":
            folder.changes.append({name: Folder()})
        elif operation.kind == "write":
            node = folder.seen().get(name)
            if isinstance(node, File):
                node.seen = operation.content
            else:
                folder.changes.append({name: File(durable=b"", seen=operation.content)})
        elif operation.kind == "sync_file":
            file = folder.seen()[name]
            assert isinstance(file, File)
            file.durable = file.seen
        elif operation.kind == "sync_folder":
            synced = self._folder(operation.path)
            synced.durable, synced.changes = dict(synced.seen()), []
        elif operation.kind == "remove":
            folder.changes.append({name: None})
        else:
            target_folder, target = self._parent(operation.target)
            assert target_folder is folder, "a rename between folders is not atomic in this model"
            folder.changes.append({name: None, target: folder.seen()[name]})

    def crash_states(self, seed: int) -> Iterator[Tree]:
        """Trees that may be found if the power fails now."""
        nodes = list(_reachable(self._root))
        choices: list[int] = []
        for node in nodes:
            choices += [len(node.survivals())] if isinstance(node, File) else [2] * len(node.changes)
        for combination in _combinations(choices, seed):
            picks = iter(combination)
            bytes_of: dict[int, bytes] = {}
            entries_of: dict[int, dict[str, File | Folder]] = {}
            for node in nodes:
                if isinstance(node, File):
                    bytes_of[id(node)] = node.survivals()[next(picks)]
                else:
                    entries_of[id(node)] = node.seen([next(picks) == 1 for _ in node.changes])
            yield dict(_flat(self._root, "", bytes_of, entries_of))

    def _folder(self, path: str) -> Folder:
        folder = self._root
        for part in Path(path).parts:
            node = folder.seen()[part]
            assert isinstance(node, Folder)
            folder = node
        return folder

    def _parent(self, path: str) -> tuple[Folder, str]:
        return self._folder(Path(path).parent.as_posix()), Path(path).name


def tree_of(root: Path) -> Tree:
    """The tree that stands below a real folder."""
    return {
        path.relative_to(root).as_posix(): None if path.is_dir() else path.read_bytes() for path in root.rglob("*")
    }


def write_tree(root: Path, tree: Tree) -> None:
    """Makes a tree real."""
    root.mkdir()
    for path, content in sorted(tree.items()):
        if content is None:
            (root / path).mkdir()
        else:
            (root / path).write_bytes(content)


def _reachable(folder: Folder) -> Iterator[File | Folder]:
    """Every node that some crash state can show, each once."""
    waiting: list[File | Folder] = [folder]
    met: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in met:
            continue
        met.add(id(node))
        yield node
        if isinstance(node, Folder):
            for entries in (node.durable, *node.changes):
                waiting += [child for child in entries.values() if child is not None]


def _combinations(choices: Sequence[int], seed: int) -> Iterator[tuple[int, ...]]:
    number = 1
    for options in choices:
        number *= options
    if number <= ALL_COMBINATIONS:
        yield from product(*(range(options) for options in choices))
        return
    lost, kept = [0] * len(choices), [options - 1 for options in choices]
    yield tuple(lost)
    yield tuple(kept)
    for position, options in enumerate(choices):
        for pick in range(options):
            for others in (lost, kept):
                yield (*others[:position], pick, *others[position + 1 :])
    chance = random.Random(seed)  # noqa: S311
    for _ in range(ALL_COMBINATIONS):
        yield tuple(chance.randrange(options) for options in choices)


def _flat(
    folder: Folder,
    prefix: str,
    bytes_of: Mapping[int, bytes],
    entries_of: Mapping[int, Mapping[str, File | Folder]],
) -> Iterator[tuple[str, bytes | None]]:
    for name, node in entries_of[id(folder)].items():
        if isinstance(node, File):
            yield prefix + name, bytes_of[id(node)]
        else:
            yield prefix + name, None
            yield from _flat(node, f"{prefix}{name}/", bytes_of, entries_of)
