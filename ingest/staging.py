"""The files of a generation while they are written: documents one by one, then the words, then the vectors."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from ingest.split import SplitPassage
from retriever.document import Document, SourceMap
from retriever.index import Index
from retriever.questions.title_fit import page_name
from retriever.ranking.boilerplate import boilerplate, emptiness
from retriever.search.dense import DenseIndex
from retriever.search.lexical import Counted, KnownTerms, LexicalField, TermCounter, count_terms, terms_file
from retriever.store import contents
from retriever.store.contents import StoredDocument, embedding_key, embedding_text
from retriever.store.durable import storage_failures
from retriever.store.generation import VerifiedGeneration
from retriever.store.manifest import VECTORS


class Staging:
    """Documents in order of their ids, with their texts on the disk and only their passages' columns in memory."""

    def __init__(self, folder: Path, known: KnownTerms | None, *, count_at_once: bool = False) -> None:
        """`known` holds the terms of the previous generation's passages, by its rows.

        Terms are counted when the words are written, and never where nothing changed; `count_at_once` is for who
        knows that they will be: each document's are counted while another process reads the next.
        """
        self.folder = folder
        self._known = known
        self._count_at_once = count_at_once
        self._counter = TermCounter(known.vocabulary if known else ())
        self._terms: list[list[int]] = []
        """Of the passages that were counted so far, the first ones."""
        self._empty: list[int] = []
        """How little each of these says, see `emptiness`."""
        self._known_rows: list[int | None] = []
        self.stored: list[StoredDocument] = []
        self.keys: list[bytes] = []
        """The embedding key of every passage."""
        self.headings: dict[bytes, int] = {}
        """The embedding key of every heading prefix, and its row."""
        self._prefixes: list[str] = []
        self._heading_prefixes: list[str] = []
        self._columns: list[NDArray[np.void]] = []
        self._maps: list[NDArray[np.int32]] = []
        self._map_slices = 0
        self._text_bytes = 0
        self._first_of_text: dict[bytes, int] = {}
        with storage_failures(folder.parent):
            self._texts: BinaryIO = (folder / contents.TEXTS).open("w+b")

    def __enter__(self) -> "Staging":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._texts.close()
        except OSError:  # to close is to write what is still in memory: it must not hide why the block ended
            if error is None:
                raise

    @property
    def passages(self) -> int:
        """How many passages there are so far."""
        return len(self.keys)

    def add(self, document: Document, text: str, source_map: SourceMap, passages: Sequence[SplitPassage]) -> None:
        """Takes in a document that was read and split anew."""
        columns = np.zeros(len(passages), dtype=contents.PASSAGE_DTYPE)
        keys = []
        for place, passage in enumerate(passages):
            source_start, source_end = source_map.source_span(passage.start_char, passage.end_char)
            heading = self._heading(embedding_key(passage.prefix), passage.prefix)
            columns[place] = (
                len(self.stored), passage.section, passage.start_char, passage.end_char,
                source_start, source_end, passage.tokens, heading, 0, 0,
            )  # fmt: skip
            keys.append(embedding_key(embedding_text(passage.prefix, text[passage.start_char : passage.end_char])))
        prefixes = [passage.prefix for passage in passages]
        known_rows: list[int | None] = [None] * len(keys)
        self._append(document, text, contents.map_rows(source_map), columns, keys, prefixes, known_rows)

    def take_over(self, document: Document, previous: Index) -> None:
        """Takes in a document from the previous generation as it stands there."""
        stored = previous.stored(document.document_id)
        if stored is None:
            raise ValueError("the previous generation has no such document")
        rows = range(stored.passage_start, stored.passage_start + stored.passage_count)
        columns = previous.rows[rows.start : rows.stop].copy()
        columns["document"] = len(self.stored)
        columns["heading"] = [self._heading(previous.heading_key(int(row)), "") for row in columns["heading"]]
        self._append(
            document,
            previous.reading_text(document.document_id),
            contents.map_rows(previous.source_map(document.document_id)),
            columns,
            [previous.embedding_key(row) for row in rows],
            [""] * len(rows),
            rows,
        )

    def least_bytes(self, dimension: int) -> int:
        """What the finished generation takes on the disk at least, with vectors of that dimension."""
        vectors = len(self.keys) + len(self.headings)
        columns = len(self.keys) * contents.PASSAGE_DTYPE.itemsize
        return self._text_bytes + vectors * (contents.KEY_BYTES + 4 * dimension) + columns + 12 * self._map_slices

    def texts_to_embed(self, rows: Sequence[int]) -> list[str]:
        """What the encoder reads for these passages, which were added by `add`; rows ascend.

        Raises StorageFailed.
        """
        with storage_failures(self.folder.parent):  # what is read back is written out first
            return [embedding_text(self._prefixes[row], text) for row, text in self._passage_texts(rows)]

    def headings_to_embed(self, rows: Sequence[int]) -> list[str]:
        """What the encoder reads for these heading prefixes, which came with `add`."""
        return [self._heading_prefixes[row] for row in rows]

    def write_words(self) -> None:
        """Writes all but the vectors: documents, passages, both lexical fields. Raises StorageFailed."""
        with storage_failures(self.folder.parent, needed_bytes=self.least_bytes(0)):
            self._texts.flush()
            with (self.folder / contents.DOCUMENTS).open("wb") as file:
                file.writelines(contents.encode_document(stored) for stored in self.stored)
            rows = np.concatenate([np.zeros(0, dtype=contents.PASSAGE_DTYPE), *self._columns])
            maps = np.concatenate([np.zeros((0, 3), dtype=np.int32), *self._maps])
            for row, text in self._passage_texts(range(len(self._terms), self.passages)):
                self._count(rows[row], row, text)
            body, self._terms = Counted(self._counter.vocabulary, self._terms), []
            rows["boilerplate"] = np.maximum(boilerplate(body.rows, rows["document"]), self._empty)
            self._write(contents.BODY_TERMS, terms_file(body))
            self._write(contents.PASSAGES, contents.npy_bytes(rows))
            self._write(contents.SOURCE_MAP, contents.npy_bytes(maps))
            self._write(contents.EMBEDDING_KEYS, b"".join(self.keys))
            self._write(contents.HEADING_KEYS, b"".join(self.headings))
            for name, counted in (
                (contents.BODY, body),
                (contents.HEADINGS, self._count_headings(rows)),
            ):
                for file_name, content in LexicalField.build(counted).files(name).items():
                    self._write(file_name, content)

    def write_vectors(self, vectors: NDArray[np.float32], heading_vectors: NDArray[np.float32]) -> None:
        """Writes the vectors, row i for passage i and for heading prefix i. Raises StorageFailed."""
        with storage_failures(self.folder.parent, needed_bytes=self.least_bytes(vectors.shape[1])):
            self._write(contents.HEADING_VECTORS, contents.npy_bytes(heading_vectors))
            DenseIndex.build(vectors).write(self.folder / VECTORS)

    def go_on_in(self, folder: Path, published: VerifiedGeneration) -> None:
        """Goes on in another, empty folder, with copies of what was `published` out of the present one.

        Each file has its digest when it is copied. Raises IndexCorrupt, StorageFailed.
        """
        self._texts.close()
        with storage_failures(folder.parent):
            for name in published.manifest.files:
                (folder / name).write_bytes(published.read(name))
            self._texts = (folder / contents.TEXTS).open("rb")
        self.folder = folder

    def _heading(self, key: bytes, prefix: str) -> int:
        """The row of a heading prefix; an empty text belongs to a key that the previous generation knows."""
        if key not in self.headings:
            self.headings[key] = len(self.headings)
            self._heading_prefixes.append(prefix)
        return self.headings[key]

    def _append(
        self,
        document: Document,
        text: str,
        map_rows: NDArray[np.int32],
        columns: NDArray[np.void],
        keys: Sequence[bytes],
        prefixes: Sequence[str],
        known_rows: Sequence[int | None],
    ) -> None:
        encoded = text.encode()
        stored = StoredDocument(
            document=document,
            text_start=self._text_bytes,
            text_bytes=len(encoded),
            map_start=self._map_slices,
            map_slices=len(map_rows),
            passage_start=self.passages,
            passage_count=len(columns),
        )
        for place, (start, end) in enumerate(zip(columns["start_char"], columns["end_char"], strict=True)):
            same = embedding_key(text[start:end])
            columns["first_same"][place] = self._first_of_text.setdefault(same, self.passages + place)
        with storage_failures(self.folder.parent):
            self._texts.write(encoded)
        self._text_bytes += len(encoded)
        self._map_slices += len(map_rows)
        self.stored.append(stored)
        self._maps.append(map_rows)
        self._columns.append(columns)
        self.keys.extend(keys)
        self._prefixes.extend(prefixes)
        self._known_rows.extend(known_rows)
        if self._count_at_once:
            for row, passage in enumerate(columns, stored.passage_start):
                self._count(passage, row, text[passage["start_char"] : passage["end_char"]])

    def _passage_texts(self, rows: Sequence[int]) -> Iterator[tuple[int, str]]:
        """The texts of these passages, rows ascending, each document read back from the disk once."""
        self._texts.flush()
        waiting = iter(rows)
        row = next(waiting, None)
        for stored, columns in zip(self.stored, self._columns, strict=True):
            end = stored.passage_start + stored.passage_count
            if row is None or row >= end:
                continue
            self._texts.seek(stored.text_start)
            text = self._texts.read(stored.text_bytes).decode()
            while row is not None and row < end:
                columns_of_row = columns[row - stored.passage_start]
                yield row, text[columns_of_row["start_char"] : columns_of_row["end_char"]]
                row = next(waiting, None)

    def _count(self, columns: np.void, row: int, text: str) -> None:
        """Takes the next passage apart, or its terms over where they are known."""
        self._empty.append(emptiness(text, self._headings_of(columns)))
        known, known_row = self._known, self._known_rows[row]
        counted = self._counter.count(text if known is None or known_row is None else known.of(known_row))
        self._terms.append(counted)

    def _count_headings(self, rows: NDArray[np.void]) -> Counted:
        """The terms of every passage's page name and headings; a section's are taken apart once for all of its."""
        sections: dict[tuple[int, int], int] = {}
        place_of_row = [
            sections.setdefault(section, len(sections))
            for section in zip(rows["document"].tolist(), rows["section"].tolist(), strict=True)
        ]
        counted = count_terms(self._heading_text(document, section) for document, section in sections)
        return Counted(counted.vocabulary, [counted.rows[place] for place in place_of_row])

    def _heading_text(self, document: int, section: int) -> str:
        found = self.stored[document].document
        return "\n".join((page_name(found.metadata), *found.sections[section].headings))

    def _headings_of(self, columns: np.void) -> tuple[str, ...]:
        headings: tuple[str, ...] = self.stored[columns["document"]].document.sections[columns["section"]].headings
        return headings

    def _write(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)
