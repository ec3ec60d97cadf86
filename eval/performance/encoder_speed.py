"""The same passages through every arithmetic of the model in one run: passages per CPU-second, and how near."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.report.marked_section import markdown_table
from ingest.prepare_encoder import ARITHMETICS, prepare_encoder
from retriever.encoding.model_files import find_model
from retriever.encoding.sentence_model import load_sentence_transformer

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
