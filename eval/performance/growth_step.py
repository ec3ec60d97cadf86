"""One size of the growth table, in a process of its own.

`python -m eval.performance.growth_step INDEX SIZE SEARCHES`.

Passages beyond those of the index are synthetic: vectors near real ones, texts of words drawn from real texts.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from eval.peers.run_peer import peak_rss_mb
from eval.systems.complete_index import open_complete
from retriever.search.dense import DenseIndex
from retriever.search.lexical import Counted, LexicalField

TOP_K = 100
SPREAD = 0.5
"""Length of the random part of a synthetic vector: as far from its model as a passage from its neighbour."""
_BLOCK = 50_000


def grown_vectors(real: NDArray[np.float32], size: int, random: np.random.Generator) -> NDArray[np.float32]:
    """`size` vectors of length one: the real ones, then synthetic ones around them."""
    vectors = np.empty((size, real.shape[1]), dtype=np.float32)
    known = min(size, len(real))
    vectors[:known] = real[:known]
    for start in range(known, size, _BLOCK):
        stop = min(start + _BLOCK, size)
        block = random.standard_normal((stop - start, real.shape[1]), dtype=np.float32)
        block *= SPREAD / real.shape[1] ** 0.5
        block += real[random.integers(0, len(real), stop - start)]
        vectors[start:stop] = block / np.linalg.norm(block, axis=1, keepdims=True)
    return vectors


def grown_terms(field: LexicalField, size: int, random: np.random.Generator) -> Counted:
    """`size` rows of terms: each as long as the real ones are on average, drawn as often as they stand in them."""
    terms = np.repeat(np.arange(len(field.numbers)), np.diff(field.bounds[: len(field.numbers) + 1]))
    length = max(1, terms.size // max(1, field.rows))
    return Counted(field.numbers, random.choice(terms, (size, length)).tolist())


def cpu_ms(work: Callable[[int], object], times: int) -> float:
    """The median CPU time of this thread for one call, in milliseconds; the first does not count."""
    work(0)
    spent = []
    for turn in range(times):
        before = time.thread_time()
        work(turn)
        spent.append((time.thread_time() - before) * 1000)
    return float(np.median(spent))


def measure(index_dir: Path, size: int, searches: int) -> dict[str, Any]:
    """CPU time to build and to search, and memory, at one size."""
    random = np.random.default_rng(size)
    index = open_complete(index_dir)
    real, field = index.dense.vectors.copy(), index.body
    noise = random.standard_normal((searches, real.shape[1]), dtype=np.float32) * np.float32(
        0.3 / real.shape[1] ** 0.5
    )
    questions = real[random.integers(0, min(size, len(real)), searches)] + noise
    words = list(field.numbers)
    asked = [" ".join(words[term] for term in random.integers(0, len(words), 5)) for _ in range(searches)]
    del index
    vectors, counted = grown_vectors(real, size, random), grown_terms(field, size, random)
    before = time.process_time()
    dense = DenseIndex.build(vectors)
    lexical = LexicalField.build(counted)
    built = time.process_time() - before
    flat = faiss.IndexFlatIP(real.shape[1])
    flat.add(vectors)
    cells = max(1, round(4 * size**0.5))
    inverted = faiss.index_factory(real.shape[1], f"IVF{cells},Flat", faiss.METRIC_INNER_PRODUCT)
    inverted.train(vectors[: cells * 64])
    inverted.add(vectors)
    inverted.nprobe = max(8, cells // 32)
    faiss.omp_set_num_threads(1)
    exact = [set(dense.search(each, top_k=TOP_K, allowed=None)[1].tolist()) for each in questions]
    near = [set(inverted.search(each.reshape(1, -1), TOP_K)[1][0].tolist()) for each in questions]
    return {
        "size": size,
        "real": min(size, len(real)),
        "build_cpu_ms_per_passage": 1000 * built / size,
        "dense_cpu_ms": cpu_ms(lambda turn: dense.search(questions[turn], top_k=TOP_K, allowed=None), searches),
        "flat_cpu_ms": cpu_ms(lambda turn: flat.search(questions[turn].reshape(1, -1), TOP_K), searches),
        "lexical_cpu_ms": cpu_ms(lambda turn: lexical.search(asked[turn]), searches),
        "ivf_cpu_ms": cpu_ms(lambda turn: inverted.search(questions[turn].reshape(1, -1), TOP_K), searches),
        "ivf_recall": float(np.mean([len(a & b) / len(a) for a, b in zip(exact, near, strict=True)])),
        "bytes_per_passage": dense.bytes_per_passage,
        "peak_rss_mb": peak_rss_mb(),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
