"""An open, verified generation in memory: documents, passages, reading texts and both searches."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from retriever.document import Document, SourceMap
from retriever.errors import IndexMismatch
from retriever.method_cache import remembering, weakly
from retriever.omissions import Omissions, omissions_of
from retriever.passage import Passage
from retriever.search.coarse import COARSE_FILES, Approximation
from retriever.search.dense import DenseIndex, DenseSearch
from retriever.search.lexical import KnownTerms, LexicalField, known_terms
from retriever.search.spelling import Spelling
from retriever.store import contents
from retriever.store.generation import Generation
from retriever.store.manifest import VECTORS, Manifest
from retriever.store.store import IndexStore

_READERS = 2
_TEXTS_KEPT = 32
"""Reading texts that stay decoded: one question comes back to the same few a dozen times."""
_PASSAGES_KEPT = 4_096
"""Passages that stay built: those of the commonest texts are found again and again."""
_LARGEST_FIRST = (VECTORS, contents.HEADING_VECTORS, contents.TEXTS, contents.DOCUMENTS)
_OF_WORDS = (contents.TEXTS, contents.DOCUMENTS)


class Index:
    """One generation, immutable. Everything it returns comes from that generation alone.

    Passages are known inside by their row: the place in the order of document_id and text. Where the manifest says
    that there are no vectors, `dense` and `heading_vectors` have no row.
    """

    def __init__(self, generation: Generation, *, dense_search: DenseSearch = DenseSearch.EXACT) -> None:
        """Reads and verifies every file. Raises IndexCorrupt, IndexMismatch.

        `dense_search` is not asked for where another process has prepared the search already.
        """
        self._generation = generation
        self.manifest: Manifest = generation.manifest
        # Reading and hashing let other threads run: the next files come while one is being taken apart.
        with (
            ThreadPoolExecutor(_READERS, thread_name_prefix="read-index") as readers,
            _laid_out_as_read_here(self.manifest),
        ):
            first = _LARGEST_FIRST if self.manifest.has_vectors else _OF_WORDS
            ahead = {name: readers.submit(generation.read, name) for name in first}

            def read(name: str) -> bytes | memoryview:
                return ahead.pop(name).result() if name in ahead else generation.read(name)

            self._stored = contents.decode_documents(read(contents.DOCUMENTS))
            self._texts = read(contents.TEXTS)
            self._source_map = contents.array_of_npy(read(contents.SOURCE_MAP))
            self.rows = contents.passage_rows(read(contents.PASSAGES))
            self.document_of_row: NDArray[np.int32] = np.ascontiguousarray(self.rows["document"])
            self.heading_of_row: NDArray[np.int32] = np.ascontiguousarray(self.rows["heading"])
            self.boilerplate: NDArray[np.uint8] = np.ascontiguousarray(self.rows["boilerplate"])
            self.first_same: NDArray[np.int32] = np.ascontiguousarray(self.rows["first_same"])
            self._keys = read(contents.EMBEDDING_KEYS)
            self._heading_keys = read(contents.HEADING_KEYS)
            dimension = self.manifest.encoder.dimension
            self.heading_vectors: NDArray[np.float32] = np.zeros((0, dimension), dtype=np.float32)
            if self.manifest.has_vectors:
                self.heading_vectors = contents.array_of_npy(read(contents.HEADING_VECTORS))
                self.dense = DenseIndex.from_bytes(
                    read(VECTORS),
                    dimension=dimension,
                    rows=self.manifest.passages,
                    coarse=generation.prepared(COARSE_FILES),
                    dense_search=dense_search,
                )
            else:
                self.dense = DenseIndex.build(self.heading_vectors)
            self.body = LexicalField.from_files(contents.BODY, read)
            self.headings = LexicalField.from_files(contents.HEADINGS, read)
            if contents.BODY_TERMS in self.manifest.files:
                generation.check(contents.BODY_TERMS)  # an ingest reads it, memory is not spent on it
        self.documents: Sequence[Document] = tuple(stored.document for stored in self._stored)
        """Sorted by document_id."""
        self._places = {document.document_id: place for place, document in enumerate(self.documents)}
        # Of the rows in the order of their texts those of one text lie from `_text_bounds[first]` to the next.
        self._by_text = np.argsort(self.first_same, kind="stable")
        self._text_bounds = np.zeros(len(self.rows) + 1, dtype=np.int64)
        np.cumsum(np.bincount(self.first_same, minlength=len(self.rows)), out=self._text_bounds[1:])
        self.spelling = Spelling(self.body, self.headings, weakly(self._whole_text))
        self._text = _decoding(self._texts)
        self._passage_of = remembering(self._read_passage, most=_PASSAGES_KEPT)

    @classmethod
    def open(cls, index_dir: Path) -> "Index":
        """The current generation under `index_dir`, every file verified. Raises IndexMissing, IndexRefused."""
        return IndexStore(index_dir).read(cls)

    @property
    def generation(self) -> str:
        """The generation's name."""
        return self.manifest.generation

    @property
    def fingerprint(self) -> str:
        """What the generation holds, in one digest."""
        return self.manifest.fingerprint

    @property
    def heading_prefixes(self) -> int:
        """How many different heading prefixes the passages have, whether or not their vectors are made."""
        return len(self._heading_keys) // contents.KEY_BYTES

    @property
    def approximation(self) -> Approximation | None:
        """What is known of how much the dense search misses; None where it misses nothing."""
        return self.dense.approximation

    def document(self, document_id: str) -> Document | None:
        """The document of that id."""
        place = self._places.get(document_id)
        return None if place is None else self.documents[place]

    def place_of(self, document_id: str) -> int:
        """Where a document that is in the index stands among `documents`."""
        return self._places[document_id]

    def reading_text(self, document_id: str) -> str:
        """The whole reading text of a document that is in the index."""
        stored = self._stored[self._places[document_id]]
        return self._text(stored.text_start, stored.text_bytes)

    def source_map(self, document_id: str) -> SourceMap:
        """Where the reading text of a document stood in its source file."""
        stored = self._stored[self._places[document_id]]
        return contents.map_of_rows(self._source_map[stored.map_start : stored.map_start + stored.map_slices])

    def omissions(self, document_id: str) -> Omissions:
        """Where a document's page may show more than its reading text holds; see `omissions_of`."""
        stored = self._stored[self._places[document_id]]
        rows = self._source_map[stored.map_start : stored.map_start + stored.map_slices]
        return omissions_of(rows, self._text(stored.text_start, stored.text_bytes))

    def passage_count(self, document_id: str) -> int:
        """How many passages a document has."""
        return self._stored[self._places[document_id]].passage_count

    def passages_of(self, document_id: str) -> Sequence[Passage]:
        """A document's passages in the order of the text."""
        stored = self._stored[self._places[document_id]]
        text = self._text(stored.text_start, stored.text_bytes)
        rows = range(stored.passage_start, stored.passage_start + stored.passage_count)
        return [
            self._passage(row, stored, text[self.rows["start_char"][row] : self.rows["end_char"][row]])
            for row in rows
        ]

    def passage(self, row: int) -> Passage:
        """The passage of that row."""
        return self._passage_of(row)

    def _read_passage(self, row: int) -> Passage:
        stored = self._stored[int(self.document_of_row[row])]
        first = int(self.first_same[row])
        if first != row:  # the commonest texts stand in dozens of documents, of which one is read
            return self._passage(row, stored, self.passage(first).text)
        _, _, start_char, end_char, *_ = self.rows[row].item()
        return self._passage(row, stored, self._text(stored.text_start, stored.text_bytes)[start_char:end_char])

    def row_of(self, passage: Passage) -> int:
        """The row of a passage of this index."""
        stored = self._stored[self._places[passage.document_id]]
        starts = self.rows["start_char"][stored.passage_start : stored.passage_start + stored.passage_count]
        return stored.passage_start + int(np.searchsorted(starts, passage.start_char))

    def _whole_text(self, row: int) -> str:
        passage = self.passage(row)
        document = self.documents[int(self.document_of_row[row])]
        return "\n".join((document.prefix_title, *passage.headings, passage.text))

    def copies(self, row: int) -> NDArray[np.int64]:
        """The rows of all passages of exactly the text of that one, itself too, ascending."""
        first = int(self.first_same[row])
        return self._by_text[self._text_bounds[first] : self._text_bounds[first + 1]]

    def embedding_key(self, row: int) -> bytes:
        """The digest of the text that was embedded for the passage of that row."""
        return _key(self._keys, row)

    def heading_key(self, heading: int) -> bytes:
        """The digest of the heading prefix of that row of `heading_vectors`."""
        return _key(self._heading_keys, heading)

    def known_vectors(self) -> dict[bytes, NDArray[np.float32]]:
        """Every vector of the generation, of passages and of headings, by the digest of its text."""
        known = {self.heading_key(row): vector for row, vector in enumerate(self.heading_vectors)}
        known |= {self.embedding_key(row): vector for row, vector in enumerate(self.dense.vectors)}
        return known

    def known_terms(self) -> KnownTerms | None:
        """The terms of every passage's own text; None where the generation has none that are ours.

        Raises IndexCorrupt, IndexMismatch.
        """
        if contents.BODY_TERMS not in self.manifest.files:
            return None
        with _laid_out_as_read_here(self.manifest):
            return known_terms(self._generation.read(contents.BODY_TERMS), self.body.numbers)

    def stored(self, document_id: str) -> contents.StoredDocument | None:
        """Where a document's parts lie, for an ingest that takes them over."""
        place = self._places.get(document_id)
        return None if place is None else self._stored[place]

    def _passage(self, row: int, stored: contents.StoredDocument, text: str) -> Passage:
        # One conversion of the whole row: the commonest texts stand in dozens of passages, each built here.
        _, section, start_char, end_char, source_start_char, source_end_char, tokens, *_ = self.rows[row].item()
        return Passage(
            document_id=stored.document.document_id,
            start_char=start_char,
            end_char=end_char,
            source_start_char=source_start_char,
            source_end_char=source_end_char,
            headings=stored.document.sections[section].headings,
            tokens=tokens,
            text=text,
        )


@contextmanager
def _laid_out_as_read_here(manifest: Manifest) -> Iterator[None]:
    """Turns what goes wrong with verified files of another form, or that lack one, into IndexMismatch."""
    try:
        yield
    except (ValueError, msgspec.MsgspecError) as error:
        raise IndexMismatch(
            f"{manifest.generation} was written by a version of this program that laid out its files differently "
            f"({error}); run `footnoted ingest` again, which makes it anew"
        ) from error


def _decoding(texts: bytes | memoryview) -> Callable[[int, int], str]:
    """What gives the text of so many bytes from a place on; it knows the bytes alone, so that an index that is not
    used any more leaves memory at once."""

    @lru_cache(maxsize=_TEXTS_KEPT)
    def text(start: int, size: int) -> str:
        return str(texts[start : start + size], "utf-8")

    return text


def _key(keys: bytes | memoryview, row: int) -> bytes:
    return bytes(keys[row * contents.KEY_BYTES : (row + 1) * contents.KEY_BYTES])
