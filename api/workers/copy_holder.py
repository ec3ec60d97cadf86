"""The holder of the shared copy: made once for each generation, given to every worker that asks."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from api.workers.failures import failure_content
from api.workers.messages import Message, receive
from retriever.child_environment import child_environment
from retriever.errors import FootnotedError, IndexMissing, IndexRefused
from retriever.store.pointer import Pointer, read_pointer

CAN_SHARE = hasattr(os, "memfd_create")
"""Linux has memory that can be sealed; elsewhere each worker opens the index for itself."""
REFUSAL_KEPT_S = 5.0
"""A refusal is told to all workers from one reading of the files; after this they are read again."""


@dataclass(frozen=True, slots=True)
class _Kept:
    pointer: Pointer
    message: Message


@dataclass(frozen=True, slots=True)
class _Refusal:
    pointer: Pointer | None
    content: Mapping[str, Any]
    until: float


class CopyHolder:
    """Holds the copy of the newest generation that was sound. Safe to share between threads."""

    def __init__(self, index_dir: Path, *, dense_search: str = "exact") -> None:
        """`dense_search` is what the setting of that name says."""
        self._index_dir = index_dir
        self._dense_search = dense_search
        self._lock = Lock()
        self._kept: _Kept | None = None
        self._refusal: _Refusal | None = None
        self._copier: subprocess.Popen[bytes] | None = None

    def current(self) -> Message:
        """The copy of what is published now, or why there is none; the receiver closes the descriptor."""
        if not CAN_SHARE:
            return Message({"own": True})
        with self._lock:
            try:
                pointer = read_pointer(self._index_dir)
            except FootnotedError as error:
                return Message(failure_content(error))
            if self._kept is not None and self._kept.pointer == pointer:
                return _lent(self._kept.message)
            known = self._refusal
            if known is not None and known.pointer == pointer and time.monotonic() < known.until:
                return Message(known.content)
            made = self._copy()
            if made.descriptor is None:
                self._refusal = _Refusal(pointer, made.content, time.monotonic() + REFUSAL_KEPT_S)
                return made
            self._forget()
            self._kept = _Kept(Pointer(made.content["generation"], made.content["manifest_sha256"]), made)
            return _lent(made)

    def last_good(self) -> Message:
        """The copy that is held, whatever is published now; the receiver closes the descriptor."""
        with self._lock:
            if self._kept is None:
                return Message(
                    failure_content(IndexMissing("no generation has been opened yet; try again shortly"))
                )
            return _lent(self._kept.message)

    def close(self) -> None:
        """Ends a copy that is being made, and lets go of the one that is held."""
        copier = self._copier  # which another thread forgets once it has ended
        if copier is not None:
            copier.kill()
        with self._lock:
            self._forget()

    def _copy(self) -> Message:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._copier = subprocess.Popen(  # noqa: S603 - our own module, arguments as a list
                    [
                        *(sys.executable, "-m", "api.workers.copier", str(theirs.fileno())),
                        *(str(self._index_dir), self._dense_search),
                    ],
                    stdin=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    env=child_environment(),
                )
            made = receive(ours)
            self._copier.wait()
            self._copier = None
        if made is None:
            # It was killed, for want of memory for instance: what it had to say about it stands in the log.
            unforeseen = IndexRefused("copying it ended in an unforeseen way; run `footnoted doctor`")
            return Message(failure_content(unforeseen))
        return made

    def _forget(self) -> None:
        if self._kept is not None and self._kept.message.descriptor is not None:
            os.close(self._kept.message.descriptor)
        self._kept = None


def _lent(message: Message) -> Message:
    """The same message with a descriptor of its own: another thread may let go of the one that is held."""
    return Message(message.content, None if message.descriptor is None else os.dup(message.descriptor))
