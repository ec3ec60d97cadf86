"""The live index: which snapshot serves now, and the watch that replaces it when another one is published."""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.garbage import spare_what_lasts
from api.snapshot import Snapshot, SnapshotOpener
from retriever.abstention.calibration import CALIBRATION_FILE
from retriever.errors import FootnotedError, IndexMissing, IndexRefused
from retriever.store.pointer import Pointer, read_pointer

logger = logging.getLogger("footnoted.index")


@dataclass(frozen=True, slots=True)
class Published:
    """What stands in the index directory: the pointer, and which calibration lies beside it (size and time)."""

    pointer: Pointer
    calibration: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class ReloadFailure:
    """Why the last attempt to open what is published failed, and when (UTC)."""

    error: FootnotedError
    at: datetime


class LiveIndex:
    """Holds one reference to the snapshot that serves. A bad new generation never replaces a good old one.

    All methods run on the event loop; the opening itself runs in a thread of its own, one at a time.
    """

    def __init__(
        self,
        index_dir: Path,
        opener: SnapshotOpener,
        *,
        reload_interval_s: float,
        retry_interval_s: float,
        last_good: SnapshotOpener | None = None,
    ) -> None:
        """`last_good` opens what other processes serve, for one that starts when what is published is refused."""
        self._index_dir = index_dir
        self._opener = opener
        self._last_good = last_good
        self._reload_interval_s = reload_interval_s
        self._retry_interval_s = retry_interval_s
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="open-index")
        self._snapshot: Snapshot | None = None
        self._published: Published | None = None
        self._refused: Published | None = None
        self._retry_at = 0.0
        self._refreshing = asyncio.Lock()
        self.last_failure: ReloadFailure | None = None

    def snapshot(self) -> Snapshot:
        """The snapshot to use for the whole of a request. Raises FootnotedError, saying why there is none."""
        if self._snapshot is not None:
            return self._snapshot
        if self.last_failure is not None:
            raise self.last_failure.error
        raise IndexMissing("the index has not been opened yet; try again shortly")

    async def watch(self) -> None:
        """Looks at the pointer again and again, until it is cancelled."""
        while True:
            await asyncio.sleep(self._reload_interval_s)
            await self.refresh()

    async def refresh(self, *, retry: bool = False) -> None:
        """Opens what is published now, if it is not what serves; keeps the old snapshot when that fails.

        `retry` also tries again what was refused a moment ago.
        """
        async with self._refreshing:
            if retry:
                self._refused = None
            await self._refresh()

    async def _refresh(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            published = await loop.run_in_executor(self._thread, self._look)
        except FootnotedError as error:
            self._remember(error, refused=None)
            return
        if self._snapshot is not None and published == self._published:
            self.last_failure = None
            return
        if published == self._refused and time.monotonic() < self._retry_at:
            return
        try:
            snapshot = await loop.run_in_executor(self._thread, self._open, self._opener)
        except FootnotedError as error:
            await self._open_last_good()
            self._remember(error, refused=published)
            return
        self._snapshot, self._published = snapshot, published
        self._refused, self.last_failure = None, None
        await loop.run_in_executor(self._thread, spare_what_lasts)
        logger.info("serving %s (%s)", snapshot.index.generation, snapshot.index.fingerprint)

    async def _open_last_good(self) -> None:
        """Serves what others serve, where nothing serves here: one process must not refuse what they answer."""
        if self._snapshot is None and self._last_good is not None:
            with suppress(FootnotedError):
                self._snapshot = await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._open, self._last_good
                )

    def close(self) -> None:
        """Ends the opening thread, waiting for an opening that is under way."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _look(self) -> Published:
        pointer = read_pointer(self._index_dir)
        if pointer is None:
            raise IndexMissing("nothing is published yet; run `footnoted ingest PATH --index DIR`")
        try:
            found = (self._index_dir / CALIBRATION_FILE).stat()
        except OSError:
            # What keeps it from being read is said by what opens it.
            return Published(pointer, None)
        return Published(pointer, (found.st_size, found.st_mtime_ns))

    def _open(self, opener: SnapshotOpener) -> Snapshot:
        try:
            return opener(self._index_dir, self._snapshot)
        except FootnotedError:
            raise
        except MemoryError as error:
            raise IndexRefused(
                "there is not enough memory to open it; let this process have about twice what the index takes"
            ) from error
        except Exception as error:
            # Anything else would end the watch, and with it every later reload, without a sign.
            raise IndexRefused("opening it failed in an unforeseen way; run `footnoted doctor`") from error

    def _remember(self, error: FootnotedError, *, refused: Published | None) -> None:
        known = self.last_failure
        if known is None or str(known.error) != str(error):
            serving = "nothing" if self._snapshot is None else self._snapshot.index.generation
            # What the system answered stands in the message; of anything else a person needs the place.
            cause = None if isinstance(error.__cause__, OSError) else error.__cause__
            logger.warning("cannot open what is published (serving %s): %s", serving, error, exc_info=cause)
            self.last_failure = ReloadFailure(error=error, at=datetime.now(UTC))
        if refused is not None:
            # Opening reads and hashes everything, so what was refused is tried again only now and then.
            self._retry_at = time.monotonic() + self._retry_interval_s
            self._refused = refused
