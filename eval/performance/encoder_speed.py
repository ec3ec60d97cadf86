"""The same passages through every arithmetic of the model in one run: passages per CPU-second, and how near."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.errors import ComparisonRefused
from eval.performance.marked_section import markdown_table
from ingest.prepare_encoder import ARITHMETICS, prepare_encoder
from ingest.split import prefix_choices
from retriever.encoding.model_files import find_model
from retriever.encoding.sentence_model import load_sentence_transformer
from retriever.index import Index
from retriever.store.contents import embedding_key, embedding_text

REFERENCE = "sentence-transformers, its default call"
Encode = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class EncoderSpeed:
    """One way to compute the model; `ratio` compares its passages per CPU-second with the reference's."""

    name: str
    passages_per_cpu_s: float
    ratio: float
    cosine_mean: float
    cosine_min: float


def passages_of(index_dir: Path, count: int) -> list[str]:
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


def compare_encoders(
    texts: Sequence[str], *, model: str, repeats: int, say: Callable[[str], None]
) -> list[EncoderSpeed]:
    """Every arithmetic in turns, `repeats` rounds after one that does not count. The first is the reference.

    CPU time is that of the whole process, all threads. Raises EncoderUnavailable where one cannot be had.
    """
    reference = load_sentence_transformer(find_model(model))
    ways: dict[str, Encode] = {
        REFERENCE: lambda several: np.asarray(
            reference.encode(list(several), normalize_embeddings=True, show_progress_bar=False)
        )
    }
    for name in ARITHMETICS:
        if name != "torch-float32":
            ways[f"OpenVINO {name}"] = prepare_encoder(model, name, index_dir=None, say=say).encode_passages
    return measured(ways, texts, repeats=repeats)


def measured(ways: Mapping[str, Encode], texts: Sequence[str], *, repeats: int) -> list[EncoderSpeed]:
    """The first of the ways is what the others are compared with."""
    seconds = dict.fromkeys(ways, 0.0)
    vectors: dict[str, NDArray[np.float32]] = {}
    for round_number in range(repeats + 1):
        for name, encode in ways.items():
            before = time.process_time()
            vectors[name] = encode(texts)
            if round_number:
                seconds[name] += time.process_time() - before
    first = next(iter(ways))
    found = []
    for name in ways:
        cosines = np.einsum("ij,ij->i", vectors[name], vectors[first])
        found.append(
            EncoderSpeed(
                name=name,
                passages_per_cpu_s=repeats * len(texts) / max(seconds[name], 1e-9),
                ratio=seconds[first] / max(seconds[name], 1e-9),
                cosine_mean=float(cosines.mean()),
                cosine_min=float(cosines.min()),
            )
        )
    return found


def as_markdown(found: Sequence[EncoderSpeed], *, passages: int) -> str:
    """The figures as a table, with what they stand on."""
    rows = [
        [
            one.name, f"{one.passages_per_cpu_s:.1f}", f"{one.ratio:.2f}",
            f"{one.cosine_mean:.4f}", f"{one.cosine_min:.4f}",
        ]
        for one in found
    ]  # fmt: skip
    columns = ["encoder", "passages per CPU-second", "ratio", "cosine, mean", "cosine, least"]
    return f"{passages} passages of the index, in turns in one run.\n\n{markdown_table(columns, rows)}"
