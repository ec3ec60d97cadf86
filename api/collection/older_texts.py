"""Reading texts of older generations, for citations that were given before the present one was published."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from retriever.errors import FootnotedError
from retriever.store import contents
from retriever.store.store import GenerationState, IndexStore

MAX_KEPT = 3
"""Generations whose texts stay in memory; an index keeps as many unless it is told otherwise."""
MAX_SEARCHED = 8


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts of one generation; `places` gives first byte and length by document_id and digest of the file."""

    places: Mapping[tuple[str, str], tuple[int, int]]
    content: memoryview


class OlderTexts:
    """Looks texts up in the newest generations below a directory. Safe to share between threads."""

    def __init__(self, index_dir: Path) -> None:
        self._store = IndexStore(index_dir)
        self._kept: OrderedDict[tuple[str, str], _Texts] = OrderedDict()
        self._lock = Lock()

    def __call__(self, document_id: str, sha256: str) -> str | None:
        """The reading text of the version of a document whose file has this digest; None where it is not at hand.

        What is read is verified; a generation that is damaged, or goes away meanwhile, is passed over.
        """
        with self._lock:
            for texts in self._newest():
                place = texts.places.get((document_id, sha256))
                if place is not None:
                    start, length = place
                    return str(texts.content[start : start + length], "utf-8")
        return None

    def _newest(self) -> Iterator[_Texts]:
        try:
            found = self._store.generations()
        except FootnotedError:
            return
        for info in [each for each in found if each.state is GenerationState.OK][:MAX_SEARCHED]:
            try:
                yield self._texts(info.name)
            except FootnotedError:
                continue

    def _texts(self, generation: str) -> _Texts:
        opened = self._store.open(generation)
        key = (generation, opened.manifest.manifest_sha256)
        if key not in self._kept:
            stored = contents.decode_documents(opened.read(contents.DOCUMENTS))
            self._kept[key] = _Texts(
                places={
                    (one.document.document_id, one.document.sha256): (one.text_start, one.text_bytes)
                    for one in stored
                },
                content=opened.read(contents.TEXTS),
            )
        self._kept.move_to_end(key)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        return self._kept[key]
