"""Writing to the collection: one change at a time, each durable and visible before it is answered, or undone."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from api.http.problems import Problem
from api.live_index import LiveIndex
from api.snapshot import Snapshot
from api.writing.document_folder import EXTENSIONS, DocumentFolder
from api.writing.ingest_process import Ingested, IngestProcess
from retriever.document import Document
from retriever.errors import IndexMissing
from retriever.index import Index
from retriever.store.lock import writer_lock
from retriever.store.store import IndexStore

WAITING_LIMIT = 16
"""Changes that are made, wait for their turn or come in at the same time."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class WrittenDocument:
    """A document as it is served now. `warnings` are codes and lines of its file."""

    snapshot: Snapshot
    document: Document
    is_new: bool
    outcome: str
    warnings: tuple[tuple[str, int | None], ...]


class CollectionWriter:
    """Writes files into the folder and has them ingested. Its methods run on the event loop."""

    def __init__(self, live: LiveIndex, *, documents_dir: Path, index_dir: Path, timeout_s: float) -> None:
        self._live = live
        self._index_dir = index_dir
        self._folder = DocumentFolder(documents_dir)
        self._process = IngestProcess(documents_dir=documents_dir, index_dir=index_dir, timeout_s=timeout_s)
        self._turn = asyncio.Lock()
        self._changes: set[asyncio.Task[Any]] = set()
        self._uploads = 0

    @contextmanager
    def uploading(self) -> Iterator[None]:
        """Keeps a place for a document while it comes in, for it is held in memory. Raises Problem 503."""
        if self._uploads + len(self._changes) >= WAITING_LIMIT:
            raise _too_many(Connection="close")
        self._uploads += 1
        try:
            yield
        finally:
            self._uploads -= 1

    async def put(self, document_id: str, extension: str, content: bytes) -> WrittenDocument:
        """The document of this id holds this content, new or not. Raises Problem, FootnotedError."""
        return await self._in_turn(lambda: self._put(document_id, extension, content))

    async def delete(self, document_id: str) -> Snapshot | None:
        """The document of this id is gone; None where there was none. Raises Problem, FootnotedError."""
        return await self._in_turn(lambda: self._delete(document_id))

    async def rollback(self, to: str | None) -> Snapshot:
        """An older generation serves; the files stay as they are. Raises Problem 404, FootnotedError."""
        return await self._in_turn(lambda: self._rollback(to))

    async def close(self) -> None:
        """Ends what is being changed, after it was undone."""
        self._process.stop()
        await asyncio.gather(*self._changes, return_exceptions=True)

    async def _in_turn(self, change: Callable[[], Awaitable[Result]]) -> Result:
        """The result of a change that is made after those before it, and made to the end if its caller goes."""
        if len(self._changes) >= WAITING_LIMIT:
            raise _too_many()

        async def wait_and_change() -> Result:
            async with self._turn:
                return await change()

        task = asyncio.create_task(wait_and_change())
        self._changes.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._changes.discard(task)
        if not task.cancelled():
            task.exception()  # or asyncio would log it once more, where nobody waited for the end

    async def _put(self, document_id: str, extension: str, content: bytes) -> WrittenDocument:
        index = self._served()
        known = None if index is None else index.document(document_id)
        present = self._present(document_id, known)
        name = self._name(document_id, extension, present)
        reason = await asyncio.to_thread(self._process.refusal_of, extension, content)
        if reason is not None:
            raise _not_taken(reason)
        # The new file before the old one goes: a disk that is full then has changed nothing.
        contents: dict[str, bytes | None] = {name: content, **{old: None for old in present if old != name}}
        ingested = await asyncio.to_thread(self._change, index, contents, name)
        snapshot = await self._visible(ingested.generation)
        documents = [each for each in snapshot.index.documents if each.source_path == name]
        if not documents:
            raise Problem(503, "write_failed", "the change was made and is not served; run `footnoted doctor`")
        return WrittenDocument(
            snapshot=snapshot,
            document=documents[0],
            is_new=not present,
            outcome=ingested.outcomes[name],
            warnings=ingested.warnings.get(name, ()),
        )

    async def _delete(self, document_id: str) -> Snapshot | None:
        index = self._served()
        known = None if index is None else index.document(document_id)
        present = self._present(document_id, known)
        if not present:
            return None
        ingested = await asyncio.to_thread(self._change, index, dict.fromkeys(present), None)
        return await self._visible(ingested.generation)

    async def _rollback(self, to: str | None) -> Snapshot:
        try:
            generation = await asyncio.to_thread(IndexStore(self._index_dir).rollback, to)
        except IndexMissing:
            detail = "there is no such generation, or none before this one; `footnoted index list` shows them"
            raise Problem(404, "generation_not_found", detail) from None
        return await self._visible(generation)

    def _change(self, index: Index | None, contents: Mapping[str, bytes | None], name: str | None) -> Ingested:
        """Changes the files and has them ingested; puts them back where that fails. Runs in a thread."""
        if index is not None:
            # Known at once, instead of after everything was read.
            with writer_lock(self._index_dir):
                pass
        before = self._folder.replace(contents)
        try:
            ingested = self._process.ingest(index, force=self._is_meant(index, contents))
        except BaseException:
            self._folder.replace(before)
            raise
        if name is not None and ingested.outcomes.get(name, "skipped") == "skipped":
            self._folder.replace(before)
            self._process.ingest(index, force=self._is_meant(index, before))
            raise _not_taken(ingested.reasons.get(name, "unreadable"))
        return ingested

    def _is_meant(self, index: Index | None, contents: Mapping[str, bytes | None]) -> bool:
        """Whether no document would be lost but those that this change removes.

        Then ingest need not guard against a folder that is suddenly half empty: in a collection of four, one
        is a quarter.
        """
        if index is None:
            return False
        paths = {document.source_path for document in index.documents} - set(contents)
        return all(self._folder.holds(path) for path in paths)

    def _present(self, document_id: str, known: Document | None) -> list[str]:
        """The files of this document: the one it was read from, else the one that was written under this id."""
        if known is None:
            names = self._folder.names_of(document_id)
            if len(names) > 1:
                detail = "several files have this name; use the document_id of one of them (GET /v1/documents)"
                raise Problem(409, "ambiguous", detail)
            return names
        name = self._folder.name_of(known)
        if name is None:
            detail = "this document does not come from the folder that this service may write"
            raise Problem(409, "not_in_folder", detail)
        return [name]

    def _name(self, document_id: str, extension: str, present: list[str]) -> str:
        """The file that a document gets: the one it has, or with another type the same name and another ending."""
        if not present:
            return self._folder.name_for(document_id, extension)
        if present[0].lower().endswith(_SAME[extension]):
            return present[0]
        name = f"{present[0].rpartition('.')[0]}{extension}"
        if self._folder.holds(name):
            detail = "another document has the file that this one would get with this type; delete it first"
            raise Problem(409, "name_taken", detail)
        return name

    def _served(self) -> Index | None:
        """The index that serves, None where none was published yet. Raises FootnotedError where one is refused."""
        try:
            return self._live.snapshot().index
        except IndexMissing:
            return None

    async def _visible(self, generation: str) -> Snapshot:
        """The snapshot of this generation, which answers questions from now on."""
        await self._live.refresh(retry=True)
        snapshot = self._live.snapshot()
        if snapshot.index.generation != generation and self._live.last_failure is not None:
            raise self._live.last_failure.error
        return snapshot


_SAME: Mapping[str, tuple[str, ...]] = {
    **{extension: (extension,) for extension in EXTENSIONS.values()},
    ".md": (".md", ".markdown", ".mdx"),
    ".txt": (".txt", ".text"),
    ".html": (".html", ".htm"),
}
"""The names that a file of each type may have already."""


def _too_many(**headers: str) -> Problem:
    detail = "too many changes are waiting; send one after the other"
    return Problem(503, "overloaded", detail, headers={"Retry-After": "5", **headers})


def _not_taken(reason: str) -> Problem:
    if reason == "unsupported_type":
        return Problem(415, "type_unsupported", "this version does not read documents of this type")
    if reason == "too_large":
        return Problem(413, "too_large", "the document is larger than ingest reads")
    detail = "the document cannot be taken in, and nothing was changed; `footnoted lint` on its file says more"
    return Problem(422, reason, detail)
