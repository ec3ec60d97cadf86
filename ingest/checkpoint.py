"""Vectors that an interrupted ingest had already made: appended as they come, read back by the next run.

A header line names the encoder; then each record is the key of the embedded text (32 bytes), its vector
(float32, little-endian) and a CRC-32 of both. A torn last record is dropped; a file of another encoder is
put aside as worthless.
"""

import json
import os
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from retriever.encoder import EncoderIdentity
from retriever.store.contents import KEY_BYTES
from retriever.store.durable import storage_failures

CHECKPOINT = "embeddings.partial"


class Checkpoint:
    """The open checkpoint of one index; the writer's lock must be held."""

    def __init__(self, index_dir: Path, encoder: EncoderIdentity) -> None:
        """Reads what is there and goes on behind it. Raises StorageFailed."""
        self._index_dir = index_dir
        self._path = index_dir / CHECKPOINT
        self._dimension = encoder.dimension
        header = json.dumps({"encoder": msgspec.to_builtins(encoder)}, sort_keys=True).encode() + b"\n"
        with storage_failures(index_dir):
            self.vectors, sound = self._read(header)
            self._file: BinaryIO = self._path.open("r+b" if sound else "wb")
            self._file.truncate(sound)
            self._file.seek(sound)
            if not sound:
                self._file.write(header)

    def __enter__(self) -> "Checkpoint":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError:  # to close is to write what is still in memory: it must not hide why the block ended
            if error is None:
                raise

    def append(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Keeps the vectors, shape (len(keys), dimension), safe from a power cut. Raises StorageFailed."""
        with storage_failures(self._index_dir):
            for key, vector in zip(keys, vectors, strict=True):
                record = key + vector.astype("<f4").tobytes()
                self._file.write(record + zlib.crc32(record).to_bytes(4, "little"))
            self._file.flush()
            os.fsync(self._file.fileno())

    def remove(self) -> None:
        """Deletes the file: what it held is published. A disk that refuses that leaves it to the next ingest."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _read(self, header: bytes) -> tuple[Mapping[bytes, NDArray[np.float32]], int]:
        """The vectors of the sound records by key, and how many bytes of the file are sound (0: none of it)."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return {}, 0
        if not content.startswith(header):
            return {}, 0
        size = KEY_BYTES + 4 * self._dimension + 4
        vectors: dict[bytes, NDArray[np.float32]] = {}
        position = len(header)
        while position + size <= len(content):
            record = content[position : position + size - 4]
            if zlib.crc32(record).to_bytes(4, "little") != content[position + size - 4 : position + size]:
                break
            vectors[record[:KEY_BYTES]] = np.frombuffer(record[KEY_BYTES:], dtype="<f4").astype(np.float32)
            position += size
        return vectors, position
