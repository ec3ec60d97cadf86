"""What the encoder reads for the passages of an index."""

from pathlib import Path

import numpy as np

from eval.errors import ComparisonRefused
from ingest.split import prefix_choices
from retriever.index import Index
from retriever.store.contents import embedding_key, embedding_text


def embedded_texts(index_dir: Path, count: int) -> list[str]:
    """What the encoder reads for that many passages, drawn evenly over the whole collection."""
    index = Index.open(index_dir)
    rows = np.linspace(0, len(index.rows) - 1, min(count, len(index.rows)), dtype=np.int64).tolist()
    if not rows:
        raise ComparisonRefused("the index holds no passages; ingest some pages first")
    return [embedded_text(index, row) for row in dict.fromkeys(rows)]


def embedded_text(index: Index, row: int) -> str:
    """What the encoder read for the passage of that row, to the letter.

    Raises ComparisonRefused where that cannot be told: the index is of a version that made other prefixes.
    """
    passage = index.passage(row)
    title = str(index.documents[int(index.document_of_row[row])].prefix_title)
    key = index.embedding_key(row)
    for prefix in (*prefix_choices(title, passage.headings), ""):
        text = embedding_text(prefix, passage.text)
        if embedding_key(text) == key:
            return text
    raise ComparisonRefused("the passages were embedded by another version; run `footnoted ingest --rebuild`")
