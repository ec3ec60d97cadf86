"""What the files of a generation hold, for the side that writes them and the side that reads them.

| file | holds |
|---|---|
| `documents.jsonl` | one `StoredDocument` a line, in order of document_id |
| `texts.bin` | the reading texts as UTF-8, one after the other in the same order |
| `source_map.npy` | int32 (n, 3): where a slice begins in the reading text, where in the source, its length |
| `passages.npy` | one row of `PASSAGE_DTYPE` a passage, by document and then by place in the text |
| `embedding_keys.bin` | 32 bytes a passage: the digest of the text that was embedded for it |
| `dense.faiss` | the vectors, row i being passage i, in FAISS's own format |
| `heading_keys.bin` | 32 bytes a heading prefix: the digest of its text |
| `heading_vectors.npy` | float32 (n, dimension): the vectors of the heading prefixes |
| `body.*`, `headings.*` | the two lexical fields: a passage's own text; its page's name and headings |
| `body.terms.bin` | the terms of every passage in their order, so that the next ingest need not count them again |

A generation that was published for the search by words, while the vectors are made, lacks `dense.faiss` and
`heading_vectors.npy`.
"""

import hashlib
import io
from dataclasses import dataclass
from math import prod
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from retriever.document import Document, SourceMap

DOCUMENTS, TEXTS, SOURCE_MAP = "documents.jsonl", "texts.bin", "source_map.npy"
PASSAGES, EMBEDDING_KEYS = "passages.npy", "embedding_keys.bin"
HEADING_KEYS, HEADING_VECTORS = "heading_keys.bin", "heading_vectors.npy"
BODY, HEADINGS, BODY_TERMS = "body", "headings", "body.terms.bin"
KEY_BYTES = 32
_SHORTEST_REFERENCE = 9
"""Code points of `[[1](#a)]`."""
_EMPHASIS = 2
_SHORTEST_CONTENTS = 256
"""Code points of a handful of links to headings of the same page."""
_BEFORE_REFERENCES = ".,;:!?)]”\"'"
_LONGEST_HEADER = 10 + 65_535
"""Of a .npy file of format 1."""

PASSAGE_DTYPE = np.dtype(
    [
        ("document", "<i4"),
        ("section", "<i4"),
        ("start_char", "<i4"),
        ("end_char", "<i4"),
        ("source_start_char", "<i4"),
        ("source_end_char", "<i4"),
        ("tokens", "<i4"),
        ("heading", "<i4"),  # the row of its heading prefix in `heading_vectors.npy`
        ("boilerplate", "u1"),  # how little it says of its own, in per cent: see retriever.boilerplate
        ("first_same", "<i4"),  # the first passage of the collection with exactly this text, maybe itself
    ]
)


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document and where its parts lie in the other files: bytes of text, slices of map, rows of passages."""

    document: Document
    text_start: int
    text_bytes: int
    map_start: int
    map_slices: int
    passage_start: int
    passage_count: int


def encode_document(stored: StoredDocument) -> bytes:
    """One line of `documents.jsonl`, line end included."""
    return msgspec.json.encode(stored, order="sorted") + b"\n"


def decode_documents(content: bytes | memoryview) -> list[StoredDocument]:
    """All lines of `documents.jsonl`."""
    return msgspec.json.Decoder(StoredDocument).decode_lines(content)


def map_rows(source_map: SourceMap) -> NDArray[np.int32]:
    """A source map as rows of `source_map.npy`, shape (slices, 3)."""
    columns = (source_map.reading_starts, source_map.source_starts, source_map.lengths)
    return np.array(columns, dtype=np.int32).reshape(3, -1).T


def map_of_rows(rows: NDArray[np.int32]) -> SourceMap:
    """The source map that rows of `source_map.npy` hold."""
    reading_starts, source_starts, lengths = (tuple(column) for column in rows.T.tolist())
    return SourceMap(reading_starts=reading_starts, source_starts=source_starts, lengths=lengths)


@dataclass(frozen=True, slots=True)
class Omissions:
    """The places of a reading text, in order, where its page may show more than it holds.

    `references`: behind marks of punctuation, where the page may show the number of a reference, and behind lines,
    where it may show a picture with its links.
    `blanks`, int32: a blank that is no blank in the source; mostly a line ends there or a no-break space stands
    there, now and then a narrow one, at which no word ends for a browser.
    `wide`, int32: those of them that are wider in the source; mostly a mark of emphasis or of a link stands there,
    now and then a no-break space beside the blank, and a browser tells two blanks from one.
    `contents_at`: the first place where so much is left out that it may be a table of contents, which holds the
    headings below it; None where there is none.
    """

    references: tuple[int, ...]
    blanks: NDArray[np.int32]
    wide: NDArray[np.int32]
    contents_at: int | None = None


def omissions(rows: NDArray[np.int32], text: str) -> Omissions:
    """What a document's page may show besides its reading text; `rows` are those of its source map.

    A reference stands behind a mark of punctuation, a picture behind a line, and both take more room in the source
    than marks of emphasis do; what else is left out there is taken for one too.
    """
    starts, ends = rows[1:, 0], (rows[:, 0] + rows[:, 2])[:-1]
    left_out = rows[1:, 1] - rows[:-1, 1] - rows[:-1, 2]
    # Marks of emphasis between a full stop and a letter are shown by Markdown readers, not taken for marks.
    is_reference = (left_out >= _SHORTEST_REFERENCE) | ((left_out >= _EMPHASIS) & (starts == ends))
    candidates = ends[is_reference].tolist()
    references = tuple(end for end in candidates if text[end - 1] in _BEFORE_REFERENCES or text[end] == "\n")
    much = ends[left_out >= _SHORTEST_CONTENTS]
    is_blank = starts > ends
    return Omissions(
        references=references,
        blanks=ends[is_blank],
        wide=ends[is_blank & (left_out > starts - ends)],
        contents_at=int(much[0]) if len(much) else None,
    )


def embedding_text(prefix: str, text: str) -> str:
    """What the encoder reads for a passage: the heading prefix on a line of its own, then the text."""
    return f"{prefix}\n{text}" if prefix else text


def embedding_key(text: str) -> bytes:
    """The digest by which a vector is found again."""
    return hashlib.sha256(text.encode()).digest()


def npy_bytes(array: NDArray[Any]) -> bytes:
    """An array as the bytes of a .npy file, no pickle."""
    written = io.BytesIO()
    np.save(written, array, allow_pickle=False)
    return written.getvalue()


def passage_rows(content: bytes | memoryview) -> NDArray[Any]:
    """The rows of `passages.npy`, of `PASSAGE_DTYPE`. Raises ValueError for another file."""
    rows = array_of_npy(content)
    if rows.dtype != PASSAGE_DTYPE:
        raise ValueError("the rows of the passages have other columns")
    return rows


def array_of_npy(content: bytes | memoryview) -> NDArray[Any]:
    """The array in the bytes of a .npy file, no pickle: a read-only view of these bytes, no copy.

    Raises ValueError where it is not such a file of format 1, the one that `npy_bytes` writes.
    """
    header = io.BytesIO(bytes(content[:_LONGEST_HEADER]))
    if np.lib.format.read_magic(header) != (1, 0):
        raise ValueError("these are not the bytes of a .npy file of format 1")
    shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(header)
    array: NDArray[Any] = np.frombuffer(content, dtype=dtype, offset=header.tell(), count=prod(shape))
    return array.reshape(shape, order="F" if is_fortran else "C")
