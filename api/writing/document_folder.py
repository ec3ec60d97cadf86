"""The folder whose files the service may write. Names are made here, never taken from a request."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from api.http.problems import Problem
from retriever.document import Document
from retriever.store.durable import Disk, LocalDisk, make_folders, replace_file, storage_failures

EXTENSIONS: Mapping[str, str] = {
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/html": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
"""The types of a body that can be a document, and how a file of each is called."""

_PLAIN_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}")
_OUTCOME = "the folder is as it was"


class DocumentFolder:
    """The files below one folder. One process writes to it at a time, from one thread."""

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        self.root = root
        self._disk = LocalDisk() if disk is None else disk

    def name_for(self, document_id: str, extension: str) -> str:
        """The name of the file for a new document: its id where any file system can hold it, else one like it.

        Two ids never get the same name, also where a file system does not tell capitals from small letters.
        """
        if _PLAIN_ID.fullmatch(document_id):
            return f"{document_id}{extension}"
        slug = re.sub(r"[^a-z0-9]+", "-", document_id.lower()).strip("-")[:60]
        digest = hashlib.sha256(document_id.encode()).hexdigest()[:16]
        return f"{slug or 'document'}-{digest}{extension}"

    def names_of(self, document_id: str) -> list[str]:
        """The files that have the name of a document of this id, whatever their type."""
        names = (self.name_for(document_id, extension) for extension in EXTENSIONS.values())
        return [name for name in names if self.holds(name)]

    def name_of(self, document: Document) -> str | None:
        """The name, below the folder, of the file that a document of the index was read from; None if not here."""
        return document.source_path if self.holds(document.source_path) else None

    def holds(self, name: str) -> bool:
        """Whether there is something of this name, inside the folder."""
        path = self.root / name
        return path.is_file() and path.resolve().is_relative_to(self.root.resolve())

    def content_of(self, name: str) -> bytes | None:
        """The bytes of a file, None where there is none. Raises Problem 409 for a link or a folder."""
        path = self.root / name
        if path.is_symlink() or path.is_dir():
            raise Problem(409, "not_a_file", "a link or a folder has the name of the document's file")
        return path.read_bytes() if path.is_file() else None

    def replace(self, contents: Mapping[str, bytes | None]) -> Mapping[str, bytes | None]:
        """From now on these files hold these bytes, or are gone for None; durable when this returns.

        Gives what they held before, to be put back with the same call. Raises StorageFailed, Problem 409.
        """
        with storage_failures(self.root, outcome=_OUTCOME, elsewhere="choose another folder with --documents"):
            make_folders(self._disk, self.root.absolute())
            before = {name: self.content_of(name) for name in contents}
            for name, content in contents.items():
                self._write(self.root / name, content)
        return before

    def _write(self, path: Path, content: bytes | None) -> None:
        if content is None:
            if path.is_file():
                self._disk.remove_file(path)
                self._disk.sync_folder(path.parent)
            return
        # Hidden, so that an ingest that runs meanwhile does not take it for a document.
        replace_file(self._disk, path, content, staged=path.with_name(f".{path.name[:200]}.tmp"))
