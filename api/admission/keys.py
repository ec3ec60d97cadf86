"""Access keys: who may call the service and for what. A file holds their digests, never the keys themselves."""

import fcntl
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from retriever.errors import FootnotedError
from retriever.store.durable import LocalDisk, replace_file, storage_failures

FILE_FORMAT = 1
MAX_FILE_BYTES = 1 << 20
PREFIX = "fn_"
_SECRET_BYTES = 32
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class KeysUnusable(FootnotedError, ValueError):
    """A file of keys cannot be read or changed as asked; the message says why and what to do."""


class KeyNameRefused(KeysUnusable):
    """No key can be made, or revoked, by the name that was given; the message says why and what to do."""


class Scope(StrEnum):
    """What a key may do: ask and read, or change the collection."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the name that its keeper gave it, what it may do, its digest (SHA-256, hexadecimal), its day."""

    name: str
    scopes: tuple[Scope, ...]
    sha256: str
    created: str


@dataclass(frozen=True, slots=True)
class _File:
    format: int
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys that are valid, all at once."""

    keys: tuple[Key, ...]

    def find(self, presented: bytes) -> Key | None:
        """The key whose secret this is. Takes the same time whichever key it is, or none."""
        digest = hashlib.sha256(presented).hexdigest()
        found = None
        for key in self.keys:
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def allows(self, scope: Scope) -> bool:
        """Whether any key at all has this scope."""
        return any(scope in key.scopes for key in self.keys)


def new_key(ring: KeyRing, name: str, scopes: Sequence[Scope], *, created: str) -> tuple[KeyRing, str]:
    """The ring with one more key, and that key's secret, which is kept nowhere. Raises KeyNameRefused."""
    if not _NAME.fullmatch(name):
        raise KeyNameRefused(
            "a key's name has 1 to 64 letters, digits, `.`, `_` or `-`, and begins with a letter or a digit"
        )
    if any(key.name == name for key in ring.keys):
        raise KeyNameRefused("there is a key of this name already; choose another name, or revoke that one first")
    # No list of guesses reaches 256 random bits, so a plain digest protects them; slow hashing would add nothing.
    secret = PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    digest = hashlib.sha256(secret.encode("ascii")).hexdigest()
    ordered = tuple(scope for scope in Scope if scope in scopes)
    return KeyRing((*ring.keys, Key(name, ordered, digest, created))), secret


def without_key(ring: KeyRing, name: str) -> KeyRing:
    """The ring without the key of this name. Raises KeyNameRefused where there is none."""
    kept = tuple(key for key in ring.keys if key.name != name)
    if len(kept) == len(ring.keys):
        raise KeyNameRefused("there is no key of this name; `footnoted keys list` shows the names")
    return KeyRing(kept)


def read_keys(path: Path) -> KeyRing:
    """The keys in a file. Raises KeysUnusable, also where the file is missing."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise KeysUnusable(
            f"the keys in {path} cannot be read ({error.strerror}); make the file with `footnoted keys add NAME`"
        ) from error
    if len(content) > MAX_FILE_BYTES:
        raise KeysUnusable(f"{path} is larger than a file of keys may be ({MAX_FILE_BYTES:,} bytes)")
    try:
        found = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KeysUnusable(f"{path} is not a file of keys; restore it, or make a new one") from error
    if found.format != FILE_FORMAT:
        raise KeysUnusable(f"{path} has another format than this version reads ({FILE_FORMAT})")
    names = {key.name for key in found.keys}
    sound = all(_NAME.fullmatch(key.name) and _DIGEST.fullmatch(key.sha256) and key.scopes for key in found.keys)
    if len(names) != len(found.keys) or not sound:
        raise KeysUnusable(f"{path} holds a key without a proper name, digest or scope, or a name twice")
    return KeyRing(found.keys)


def change_keys(path: Path, change: Callable[[KeyRing], KeyRing]) -> None:
    """Replaces the file by what `change` makes of its keys, in one step; a missing file is an empty one.

    One change at a time, whichever processes ask. Raises KeysUnusable and StorageFailed.
    """
    outcome, elsewhere = "the keys are as before", "choose another file with --keys"
    with storage_failures(path.parent, outcome=outcome, elsewhere=elsewhere), _one_at_a_time(path.parent):
        old = read_keys(path) if path.exists() else KeyRing(())
        _write(path, change(old))


def _write(path: Path, ring: KeyRing) -> None:
    content = msgspec.json.format(msgspec.json.encode(_File(FILE_FORMAT, ring.keys)), indent=1) + b"\n"
    staged = path.with_name(f".{path.name}.tmp")
    staged.unlink(missing_ok=True)
    try:
        staged.touch(mode=0o600)
        if path.exists():
            # A service that runs as another user has to be able to read the new file as it read the old one.
            known = path.stat()
            staged.chmod(known.st_mode & 0o777)
            os.chown(staged, known.st_uid, known.st_gid)
        replace_file(LocalDisk(), path, content, staged=staged)
    finally:
        staged.unlink(missing_ok=True)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
