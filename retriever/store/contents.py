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
