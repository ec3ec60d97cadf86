"""The keys that are valid now: their file is read again whenever it has changed, so that no restart is needed."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from api.admission.keys import KeyRing, KeysUnusable, read_keys

logger = logging.getLogger("footnoted.keys")

LOOK_EVERY_S = 0.02
"""For how long a look at the file's entry is good: a flood brings hundreds of requests a second."""

_Stamp = tuple[int, int, int] | None


class LiveKeys:
    """The keys of one file. A file that can no longer be used leaves the keys that were read last."""

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Reads the file. Raises KeysUnusable."""
        self._path = path
        self._clock = clock
        self._looked_s = clock()
        self._stamp = self._look()
        self._ring = read_keys(path)
        self._complaint: str | None = None

    def ring(self) -> KeyRing:
        """The keys that are valid, or were a moment ago: there is a look at the file's entry now and then."""
        now = self._clock()
        if now - self._looked_s < LOOK_EVERY_S:
            return self._ring
        stamp = self._look()
        if stamp != self._stamp:
            try:
                self._ring, self._stamp, self._complaint = read_keys(self._path), stamp, None
                logger.info("the keys have changed: %d are valid", len(self._ring.keys))
            except KeysUnusable as error:
                # Tried again at the next request: the cause may pass (too many open files), and a key that was
                # revoked must not stay valid for it.
                if str(error) != self._complaint:
                    logger.error("the keys that were read before stay valid: %s", error)
                self._complaint = str(error)
                return self._ring
        self._looked_s = now
        return self._ring

    def _look(self) -> _Stamp:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
