"""One verified copy of a generation in memory that several processes read, where the system can seal memory.

The copy is a file without a name. Once it is sealed nobody can change it or cut it short, so a mapping of it
cannot fail later, as one of the published files could. It is gone when the last process that has it open has
ended.
"""

import fcntl
import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass

from retriever.errors import StorageFailed
from retriever.search.dense import DenseIndex, DenseSearch
from retriever.store import contents
from retriever.store.generation import ALIGNMENT, VerifiedGeneration
from retriever.store.manifest import MANIFEST_FILE, VECTORS, Manifest, decode_manifest, encode_manifest

_NOT_SERVED = frozenset({contents.BODY_TERMS})

Place = tuple[int, int]
"""Where a file lies in the copy: its first byte and its size."""


@dataclass(frozen=True, slots=True)
class SharedCopy:
    """A sealed copy: an open descriptor, which its holder closes, and the place of each file by its name."""

    descriptor: int
    generation: str
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class SharedGeneration:
    """A generation that another process has verified and copied; it returns views of the shared memory."""

    manifest: Manifest
    _content: memoryview
    _places: Mapping[str, Place]

    def read(self, file: str) -> memoryview:
        """The whole of one file. Raises ValueError where the copy does not hold it."""
        if file not in self._places:
            raise ValueError(f"the copy of {self.manifest.generation} has no file {file!r}")
        start, size = self._places[file]
        return self._content[start : start + size]

    def check(self, file: str) -> None:
        """Nothing is left to check: every file was verified before the copy was sealed."""

    def prepared(self, names: tuple[str, ...]) -> dict[str, memoryview] | None:
        """What was worked out of the generation when it was copied; None where that was not needed."""
        return {name: self.read(name) for name in names} if set(names) <= set(self._places) else None


def copy_generation(
    generation: VerifiedGeneration, *, dense_search: DenseSearch = DenseSearch.EXACT
) -> SharedCopy:
    """A sealed copy of a generation, every file verified, with what dense search works out of the vectors.

    Raises IndexCorrupt, IndexMismatch, and StorageFailed where there is no memory for it.
    """
    descriptor = os.memfd_create("footnoted-index", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        places: dict[str, Place] = {}
        _append(descriptor, places, MANIFEST_FILE, encode_manifest(generation.manifest))
        for file in sorted(generation.manifest.files):
            if file in _NOT_SERVED:
                generation.check(file)
            else:
                _append(descriptor, places, file, generation.read(file))
        copied = SharedCopy(descriptor, generation.manifest.generation, places)
        for name, content in _worked_out(_mapped(copied), dense_search).items():
            _append(descriptor, places, name, content)
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    except OSError as error:
        os.close(descriptor)
        raise StorageFailed(
            f"there is no memory for a shared copy of {generation.manifest.generation} ({error.strerror}); "
            "free some, or serve with --workers 1"
        ) from error
    except BaseException:
        os.close(descriptor)
        raise
    return copied


def open_copy(copy: SharedCopy) -> SharedGeneration:
    """The generation in a copy; its descriptor may be closed afterwards. Raises ValueError for one not sealed."""
    if not fcntl.fcntl(copy.descriptor, fcntl.F_GET_SEALS) & fcntl.F_SEAL_WRITE:
        raise ValueError("the shared copy of the index is not sealed")
    return _mapped(copy)


def _mapped(copy: SharedCopy) -> SharedGeneration:
    # Private and only read, so its pages are those of the copy: before Linux 6.7 sealed memory cannot be mapped
    # as shared.
    content = memoryview(mmap.mmap(copy.descriptor, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ))
    start, size = copy.places[MANIFEST_FILE]
    manifest = decode_manifest(bytes(content[start : start + size]), generation=copy.generation)
    return SharedGeneration(manifest, content, dict(copy.places))


def _append(descriptor: int, places: dict[str, Place], name: str, content: bytes | memoryview) -> None:
    """Writes a file so that it ends at a multiple of ALIGNMENT: numbers stand at the end of those with some."""
    end = os.fstat(descriptor).st_size
    start = end + -(end + len(content)) % ALIGNMENT
    written = 0
    with memoryview(content) as view:
        while written < len(view):
            written += os.pwrite(descriptor, view[written:], start + written)
    places[name] = (start, len(content))


def _worked_out(generation: SharedGeneration, dense_search: DenseSearch) -> dict[str, bytes]:
    if VECTORS not in generation.manifest.files:
        return {}
    dense = DenseIndex.from_bytes(
        generation.read(VECTORS),
        dimension=generation.manifest.encoder.dimension,
        rows=generation.manifest.passages,
        dense_search=dense_search,
    )
    return dense.coarse_files()
